"""A running house with a policy that asks for a second factor, and people with browsers of their own."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import pyotp

from bot.app import House
from core.approvals import records
from core.approvals.request import Request
from core.clock import ManualClock
from core.people.passes import one_time
from core.people.passes import units as passes
from core.people.passes.one_time import Errand, Purpose
from tests.stores import START
from tests.stories.house import KEY, running, settings
from tests.stories.seats import Seat, seats
from tests.stories.world import write_world

_HIDDEN = re.compile(r'name="(k|form|step)" value="([^"]*)"')


@dataclass
class Browser:
    """One browser: cookies of its own, the page that it shows, and what its form would send."""

    http: aiohttp.ClientSession
    root: str
    at: str = ""
    status: int = 0
    text: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    async def opens(self, path: str, **more: Any) -> int:
        """Open a page, following redirects as browsers do."""
        url = path if "://" in path else self.root + path
        async with self.http.get(url, headers={"Accept": "text/html"}, **more) as page:
            return await self._show(page)

    async def sends(
        self, path: str = "", /, origin: str = "", site: str = "same-origin", **fields: str
    ) -> int:
        """Send the form of the page that is shown."""
        headers = {"Origin": origin or self.root, "Sec-Fetch-Site": site, "Accept": "text/html"}
        url = self.root + (path or self.at.partition("?")[0])
        async with self.http.post(url, data={**self.hidden, **fields}, headers=headers) as page:
            return await self._show(page)

    async def _show(self, page: aiohttp.ClientResponse) -> int:
        self.status, self.text, self.headers = page.status, await page.text(), dict(page.headers)
        self.at = page.url.raw_path_qs if str(page.url).startswith(self.root) else str(page.url)
        self.hidden = dict(_HIDDEN.findall(self.text))
        return self.status

    @property
    def words(self) -> str:
        """What one reads."""
        return unescape(" ".join(re.sub(r"<[^>]*>", " ", self.text).split()))


class Street:
    """The house, and whoever comes to it."""

    def __init__(self, house: House, clock: ManualClock) -> None:
        self.house = house
        self.clock = clock
        self.store = house.store
        self._sessions: list[aiohttp.ClientSession] = []

    def browser(self) -> Browser:
        """Another browser."""
        jar = aiohttp.CookieJar(unsafe=True)
        self._sessions.append(aiohttp.ClientSession(cookie_jar=jar))
        return Browser(self._sessions[-1], self.house.url)

    async def link(self, who: str, purpose: Purpose, errand: Errand = one_time.NOTHING_MORE) -> str:
        """A one-time link as its person is given it."""
        person = self.house.world.people[who]
        made = await self.store.transact(passes.make, person, purpose, errand)
        return one_time.path_of(KEY, made)

    async def signed_in(self, who: str) -> Browser:
        """A browser in which this person has used a link from the chat."""
        browser = self.browser()
        await browser.opens(await self.link(who, "signin"))
        assert 200 == await browser.sends()
        return browser

    async def enrolled(self, who: str) -> tuple[str, list[str]]:
        """Set up a second factor as a person does; its secret and recovery codes, a minute later."""
        browser = self.browser()
        await browser.opens(await self.link(who, "enrol"))
        await browser.sends()
        secret = re.search(r"Secret: <code>(\w+)</code>", browser.text)
        assert secret is not None, browser.words
        assert 200 == await browser.sends(code=self.code(secret.group(1))), browser.words
        self.clock.advance(timedelta(minutes=1))
        return secret.group(1), re.findall(r"<li><code>([\w-]+)</code>", browser.text)

    def code(self, secret: str) -> str:
        """What the authenticator shows now."""
        return pyotp.TOTP(secret).at(self.clock.now())

    async def request(self, number: str = "AP-1") -> Request:
        """The request as it stands."""
        return await self.store.read(records.get, number)

    async def close(self) -> None:
        """Close every browser."""
        for session in self._sessions:
            await session.close()


def link_in(message: dict[str, Any], label: str) -> str:
    """Where the button of a message leads."""
    control = next(one for one in message["controls"] if one["label"].startswith(label))
    return str(control["url"])


@asynccontextmanager
async def street(
    folder: Path, *people: str, more: str = "", clock: ManualClock | None = None, **given: Any
) -> AsyncIterator[tuple[Street, tuple[Seat, ...]]]:
    """A house whose one policy asks for a second factor, and these people at the local workspace."""
    config = write_world(folder, channels=("local",))
    text = config.read_text().replace("    timeout: 12h\n", "    timeout: 12h\n    second_factor: true\n")
    text = text.replace("runbook.*, approval.*]", "runbook.*, approval.*, approval.break_glass]")
    for name in ("ana", "bo"):
        text = text.replace(f"local: {name}", f"local: {name}, oidc: {name}-at-acme, email: {name}@acme.test")
    config.write_text(text + more)
    clock = clock or ManualClock(START)
    async with running(settings(folder, config=config, demo=False, **given), clock) as house:
        place = Street(house, clock)
        try:
            async with seats(house.url, *people) as seated:
                yield place, seated
        finally:
            await place.close()
