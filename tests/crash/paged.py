"""A night in which somebody is paged, lived by a real process that may be killed at any of its commits, and lived on by the next."""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import sqlalchemy as sa
from pydantic import SecretStr

from bot.app import House, build
from bot.settings import Settings
from bot.telemetry import set_up_logs
from bot.web.hooks.phone import signature
from core.clock import ManualClock
from core.paging import records
from core.paging import units as paging
from core.paging.units import Wish
from core.store import deadlines
from core.store.engine import Unit
from tests.crash.life import When, count_commits
from tests.platforms.slack import SIGNING_SECRET
from tests.platforms.slack_api import APP_TOKEN, BOT_TOKEN
from tests.platforms.twilio import SID, TOKEN
from tests.stories.house import fast_forward, settings
from tests.stories.night import AT_NIGHT, PHONES

CONTACT = "paging: {contact: {high: [slack, sms 2m, email 2m]}}\n"
_LIMIT = 40.0


@dataclass(frozen=True)
class Outside:
    """Where the chat, the mail server and the telephones are, which outlive every process of the house."""

    slack: str
    mail: str
    phones: str


def given(folder: Path, url: str, port: int, outside: Outside) -> Settings:
    """The settings of a house that keeps its rows at `url`; its own address stays the same over its lives."""
    return settings(
        folder,
        config=folder / "world" / "wardroom.yaml",
        database_url=SecretStr(url),
        http_port=port,
        local=False,
        demo=False,
        slack_bot_token=SecretStr(BOT_TOKEN),
        slack_app_token=SecretStr(APP_TOKEN),
        slack_signing_secret=SecretStr(SIGNING_SECRET),
        slack_api_url=outside.slack,
        smtp_url=SecretStr(outside.mail),
        twilio_account_sid=SID,
        twilio_auth_token=SecretStr(TOKEN),
        twilio_api_url=outside.phones,
    )


def live(folder: Path, how: Settings, at: int, when: When) -> None:
    """Live until the night is over, or be killed at the commit number `at` since the page was to begin."""
    set_up_logs("json", level=50)
    night = _Night(folder, how)
    commits = count_commits(at, when, lambda: night.armed)
    if how.database_url.get_secret_value().startswith("postgres"):
        _count_there(commits, at, lambda: night.armed)
    asyncio.run(night.live())
    (folder / "commits").write_text(str(commits[0]))


def _count_there(count: list[int], at: int, counts: Callable[[], bool]) -> None:
    """Count the commits on PostgreSQL, and die before the one with this number."""
    commit = sa.engine.base.Transaction.commit

    def committing(self: sa.engine.base.Transaction) -> None:
        count[0] += counts()
        if count[0] == at and counts():
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self)

    sa.engine.base.Transaction.commit = committing  # type: ignore[method-assign]


class _Night:
    """What happens at which minute. What was done before a life began is done again, with the same keys."""

    def __init__(self, folder: Path, how: Settings) -> None:
        self.armed = False
        self._how = how
        self._time = folder / "minutes"
        passed = float(self._time.read_text()) if self._time.exists() else 0.0
        self._clock = ManualClock(AT_NIGHT + timedelta(minutes=passed))
        self._passed = passed

    async def live(self) -> None:
        """The whole of it."""
        house = build(self._how, clock=self._clock)
        await house.start()
        # What the house writes when it starts is no part of the night, and may come before the page or after.
        await _settles(house)
        self.armed = True
        for minute, act in ((0, _start), (2, _nothing), (5, _nothing), (6, _answer), (30, _nothing)):
            await self._until(house, minute)
            await act(house)
            await _settles(house)
        self.armed = False
        await house.stop()

    async def _until(self, house: House, minute: float) -> None:
        """Let time pass. It goes on while no process is alive, so it is kept outside of the house."""
        await _settles(house)
        if minute > self._passed:
            self._time.write_text(str(minute))
            await fast_forward(house, minutes=minute - self._passed)
            self._passed = minute


async def _start(house: House) -> None:
    world = house.world
    wish = Wish("checkout is down", world.escalations["platform"], world.people["dev"])

    def begin(unit: Unit) -> None:
        if not records.lately(unit):
            paging.start(unit, world, wish)

    await house.store.transact(begin)


async def _answer(house: House) -> None:
    """Bo answers by text message; the telephone company delivers it again until it is taken."""
    where, said = f"{house.url}/hooks/twilio", {"From": PHONES["bo"], "Body": "ack", "MessageSid": "SMack"}
    signed = {"X-Twilio-Signature": signature(TOKEN, where, said)}
    async with aiohttp.ClientSession() as http, http.post(where, data=said, headers=signed) as answer:
        assert answer.status == 200, await answer.text()


async def _nothing(_: House) -> None:
    """Nobody does anything."""


async def _settles(house: House) -> None:
    async with asyncio.timeout(_LIMIT):
        quiet = 0
        while quiet < 3:
            await house.scheduler.run_due()
            await (
                house.sender.reconcile()
            )  # which the house itself does every other second by the machine's clock
            quiet = quiet + 1 if await _is_quiet(house) else 0
            await asyncio.sleep(0.01)


async def _is_quiet(house: House) -> bool:
    earliest = await house.store.read(deadlines.earliest)
    is_due = earliest is not None and earliest <= house.clock.now()
    return not is_due and not house.inbox._tasks and await house.sender.drained()
