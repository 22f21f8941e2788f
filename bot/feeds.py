"""Reads the calendars that schedules name: fetched within limits, understood in a thread of its own, kept in one commit."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import aiohttp
import structlog

from bot.fence import PORTS, Fence, Outside
from bot.unreached import why
from bot.workers import pause
from core.errors import ConfigError, Invalid
from core.oncall.calendars import units
from core.oncall.calendars.gate import LARGEST
from core.oncall.calendars.reading import read
from core.oncall.calendars.units import Named
from core.oncall.schedule import Feed
from core.people.person import Person
from core.store.engine import Store
from core.world import World

log = structlog.get_logger("wardroom.calendars")
_PATIENCE = 20.0
_REDIRECTS = 3
_OK = 200
_MOVED = frozenset({301, 302, 303, 307, 308})
_AT_ONCE = 4
_AGAIN = 30.0  # seconds between two looks at what is due
Secret = Callable[[str], str]


class Feeds:
    """Keeps the copies of all calendars fresh; of several processes each one is read by one."""

    def __init__(self, store: Store, world: World, folder: Path, secret: Secret) -> None:
        self._store = store
        self._world = world
        self._folder = folder
        self._secret = secret
        self._stopping = asyncio.Event()
        self._looking = asyncio.Lock()

    async def run(self) -> None:
        """Read whatever is due, again and again, until it is stopped."""
        await self._store.transact(units.tidy, self._world)
        has_feeds = bool(units.feeds(self._world.schedules.values()))
        while not self._stopping.is_set():
            await self.look()
            await pause(self._stopping, _AGAIN if has_feeds else None)

    def stop(self) -> None:
        """Read no more."""
        self._stopping.set()

    async def look(self) -> int:
        """Read every calendar that is due, after whoever looks now; how many that were."""
        async with self._looking:
            due = await self._store.transact(units.take, self._world)
            room = asyncio.Semaphore(_AT_ONCE)
            await asyncio.gather(*(self._one(feed, room) for feed in due))
        return len(due)

    async def _one(self, feed: Feed, room: asyncio.Semaphore) -> None:
        async with room:
            try:
                found = await self.named(feed)
            except Invalid as error:
                log.warning("a calendar cannot be read", schedule=feed.schedule, why=error.what)
                await self._store.transact(units.fail, self._world, feed, error.what)
                return
        await self._store.transact(units.keep, self._world, feed, found)

    async def named(self, feed: Feed) -> Named:
        """What a calendar says now.

        Raises:
            Invalid: it cannot be fetched, or is none; the words say why.
        """
        body = await fetched(feed, self._folder, self._secret)
        return await understood(feed, self._world.people, body, self._store.clock.now())


async def understood(feed: Feed, people: Mapping[str, Person], body: bytes, now: datetime) -> Named:
    """Whom a calendar names from about now on.

    Raises:
        Invalid: it is none, or asks for more than is read.
    """
    events = await asyncio.to_thread(read, body, units.span(now), feed.zone)
    return units.named(feed, people, events)


async def fetched(feed: Feed, folder: Path, secret: Secret) -> bytes:
    """The calendar's bytes, from its file or its address.

    Raises:
        Invalid: it is not there, too large, or does not answer in time.
    """
    if feed.source and "://" not in feed.source:
        return await asyncio.to_thread(_from_file, folder / feed.source)
    try:
        address = feed.source or secret(feed.variable)
    except ConfigError as error:
        raise Invalid(error.problems[0].what, error.problems[0].mend) from None
    if not address:
        raise Invalid(f"{feed.variable} is not set.", "Put the address of the calendar into it.")
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _from_address(address)
    except TimeoutError:
        raise Invalid(f"There was no answer within {_PATIENCE:.0f} s.", "Look at the address.") from None
    except Outside as error:
        raise Invalid(str(error), "Name an address that may be called.") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        cause = error.__cause__
        # The address may be a secret, and the words of the library name it.
        what = str(cause) if isinstance(cause, Outside) else f"It cannot be reached: {why(error)}."
        raise Invalid(what, "Look at the address.") from None


def _from_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise Invalid(
            f"{path.name} cannot be read: {error.strerror}.", "The file is looked for beside wardroom.yaml."
        ) from None


async def _from_address(address: str) -> bytes:
    url = address
    # Whoever wrote the address trusts its host; where it leads on to is a stranger.
    parts = urlsplit(url)
    fence = Fence([f"{parts.hostname}:{parts.port or PORTS.get(parts.scheme, 0)}"], trusts_names=True)
    connector = aiohttp.TCPConnector(resolver=fence, use_dns_cache=False)
    async with aiohttp.ClientSession(
        connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        for _ in range(_REDIRECTS + 1):
            fence.check(url)
            async with session.get(url, allow_redirects=False, headers={"Accept": "text/calendar"}) as answer:
                if answer.status in _MOVED and "Location" in answer.headers:
                    url = urljoin(url, answer.headers["Location"])
                    continue
                if answer.status != _OK:
                    raise Invalid(f"It answers with status {answer.status}.", "Look at the address.")
                return await _body(answer)
    raise Invalid(f"It leads on more than {_REDIRECTS} times.", "Write the address that it ends at.")


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    parts: list[bytes] = []
    while more := await answer.content.read(LARGEST + 1 - sum(map(len, parts))):
        parts.append(more)
    return b"".join(parts)
