"""The watchdog: looks by itself whether pages really go on, and says so past everything that may be stuck.

It asks the pages' own rows, not the due times; it wakes by itself, not by the scheduler; and it speaks to the chats and
the mail server at once, not through the outbox. So whatever of these has stopped, somebody hears of it.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import datetime

import structlog

from bot.channels.channel import Outlet
from bot.platform import Health, Platform, SendError
from bot.telemetry import Metrics
from bot.workers import pause
from core.errors import Unavailable
from core.ids import new_id
from core.notify import records as notices
from core.notify import routing
from core.notify.notice import Letter
from core.paging import records
from core.paging import units as paging
from core.paging.page import Page
from core.place import Place
from core.store.engine import Store
from core.world import World
from handlers.cards.card import say

log = structlog.get_logger("wardroom.watchdog")


class Watchdog:
    """Looks until it is stopped. Of several processes the leader raises the alarm, and after twice the time any."""

    def __init__(
        self,
        store: Store,
        world: World,
        platforms: Mapping[str, Platform],
        outlets: Mapping[str, Outlet],
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._world = world
        self._platforms = platforms
        self._outlets = outlets
        self._metrics = metrics
        self._rules = world.paging.watchdog
        self._stopping = asyncio.Event()
        self._looked: datetime | None = None
        self._late: dict[str, str] = {}
        self.leader = True

    async def run(self) -> None:
        """Look again and again."""
        while not await pause(self._stopping, self._rules.every.total_seconds()):
            try:
                await self.look()
            except Unavailable as error:
                log.warning("the watchdog cannot look", why=error.what)
            except Exception:
                log.exception("the watchdog failed")
                self._metrics.failures.labels("watchdog").inc()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    async def look(self) -> None:
        """Find pages that should have gone on, let them, and raise the alarm once for each.

        Raises:
            Unavailable: the database does not answer.
        """
        now, grace = self._store.clock.now(), self._rules.late
        late = {page.id: page for page in await self._store.read(records.overdue, now - grace)}
        stuck = await self._store.read(notices.untried, f"{paging.PREFIX}-", now - grace)
        said = {name: _late(page, now) for name, page in late.items()}
        said |= {name: f"messages of {name} do not leave" for name in stuck if name not in said}
        self._looked = now
        self._metrics.paging.late.set(len(said))
        self._metrics.paging.looked.set(now.timestamp())
        news = {name: words for name, words in said.items() if name not in self._late}
        for name in late:
            await self._store.transact(paging.nudge, name)
        tells = self.leader or any(page.due and now - page.due >= 2 * grace for page in late.values())
        if news and tells:
            await self._alarm("; ".join(news.values()))
        self._late = said if tells else {}

    def health(self) -> Health:
        """Whether it looks, and whether what it watches goes on."""
        if self._late:
            return Health(ok=False, detail="; ".join(self._late.values()), last_event=self._looked)
        now = self._store.clock.now()
        if self._looked is not None and now - self._looked > self._rules.blind:
            return Health(ok=False, detail="the watchdog does not look", last_event=self._looked)
        return Health(ok=True, detail="on time", last_event=self._looked)

    async def _alarm(self, what: str) -> None:
        log.error("pages are late", what=what)
        words = f"⚠ Watchdog: {what}. I try to let it go on. Look at /readyz and the log, and call people yourself."
        named = self._world.notices.alarm
        channel = self._world.channels.get(named or next(iter(routing.first_chat(self._world.channels)), ""))
        told = [self._post(place, words) for place in routing.alarm(self._world.channels, named)]
        if channel is not None:
            told += [
                self._send(route, dict(channel.outlets.get(route.way, {})), words)
                for route in routing.own_routes(channel)
            ]
        results = await asyncio.gather(*told)
        if not any(results):
            log.error("nobody could be told by the watchdog", what=what)

    async def _post(self, place: Place, words: str) -> bool:
        platform = self._platforms.get(place.platform)
        if platform is None:
            return False
        return await self._reaches(platform.post(place, say(words), new_id(self._store.clock.now())))

    async def _send(self, route: routing.Route, options: dict[str, object], words: str) -> bool:
        outlet, now = self._outlets.get(route.way), self._store.clock.now()
        if outlet is None:
            return False
        letter = Letter(
            new_id(now),
            route.channel,
            route.way,
            route.target,
            "watchdog",
            "watchdog",
            words,
            {},
            now,
            options,
        )
        return await self._reaches(outlet.send(letter))

    async def _reaches(self, asked: Awaitable[str]) -> bool:
        try:
            async with asyncio.timeout(self._rules.patience.total_seconds()):
                await asked
        except (SendError, TimeoutError) as error:
            log.warning("the watchdog was not heard", why=str(error))
            return False
        return True


def _late(page: Page, now: datetime) -> str:
    minutes = int((now - page.due).total_seconds() // 60) if page.due else 0
    return f"{page.id} should have gone on {minutes} min ago, and nobody has answered it"
