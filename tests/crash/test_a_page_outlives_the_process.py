"""Somebody is paged at night, and the process is killed at the commits of it: nobody is called twice, and nobody is left out."""

import asyncio
import multiprocessing
import os
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from bot.demo.seed import free_port
from core.clock import ManualClock
from core.notify import records as notices
from core.paging import records
from core.store import audit, events
from core.store.engine import Unit
from tests.crash.life import When
from tests.crash.paged import CONTACT, Outside, given, live
from tests.platforms.slack import FakeSlack
from tests.platforms.slack_rooms import BOT
from tests.platforms.smtp import MailServer
from tests.platforms.twilio import Twilio
from tests.stores import ENGINES, START, opened, prepare, sqlite_url
from tests.stories.night import AT_NIGHT, ESCALATION, SCHEDULES, world_of

pytestmark = pytest.mark.crash

SHARDS = 2
# A life takes more than a second, so a run tries every fifth commit; 1 tries them all.
EVERY = int(os.environ.get("WARDROOM_TEST_KILL_EVERY", "5"))
_LIMIT = 90.0
_LINK = re.compile(r"https?://\S+")
# Whoever is killed at the sixth minute, when Bo answers, is back before the step after his is due at the tenth.
_DOWN = timedelta(minutes=3)
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.crash.paged", "bot.slack.adapter", "aiosmtplib"])


@dataclass
class Street:
    """What is outside of the house, and the rows that every process of it finds."""

    folder: Path
    url: str
    port: int
    slack: FakeSlack
    mail: MailServer
    phones: Twilio

    def passes(self, span: timedelta) -> None:
        """Time goes on while no process is alive."""
        kept = self.folder / "minutes"
        before = float(kept.read_text()) if kept.exists() else 0.0
        kept.write_text(str(before + span / timedelta(minutes=1)))

    async def life(self, at: int, when: When) -> int | None:
        """A process, from its start until it ends or is killed."""
        outside = Outside(self.slack.api_url, self.mail.url(), self.phones.url)
        how = given(self.folder, self.url, self.port, outside)
        process: ForkServerProcess = _FORKS.Process(target=live, args=(self.folder, how, at, when))
        process.start()
        await asyncio.to_thread(process.join, _LIMIT)
        if process.exitcode is None:
            process.kill()
            raise AssertionError("the house neither ended nor died")
        return process.exitcode

    def heard(self) -> Counter[tuple[str, str, str]]:
        """What people got, and how often. Of a mail with the same Message-ID a mailbox shows one."""
        chats = [("slack", one.channel, _steady(one.text)) for one in self.slack.said if one.user == BOT]
        texts = [("sms", one["to"], _steady(one["body"])) for one in self.phones.messages]
        mails = {
            str(one["Message-ID"]): ("email", str(one["To"]), str(one["Subject"])) for one in self.mail.mail
        }
        return Counter([*chats, *texts, *mails.values()])

    async def kept(self) -> dict[str, Any]:
        """What the store holds at the end, with the times at which it happened."""
        async with opened(self.url, ManualClock(START)) as store:
            found = await store.read(_kept)
            await store.transact(audit.seal)
            assert (await store.read(audit.verify)).findings == ()
        return found


def _steady(words: str) -> str:
    """Without addresses of the house, and without the order in which the ways of one call were taken."""
    return _LINK.sub("", words).replace("text message ✓, e-mail ✓", "e-mail ✓, text message ✓")


def _kept(unit: Unit) -> dict[str, Any]:
    page = records.get(unit, "PG-1")
    told = notices.about(unit, "PG-1")
    return {
        "pages": [one.id for one in records.lately(unit)],
        "page": (page.state, page.owner, page.taken, page.at),
        "calls": [(one.person, one.round, one.step, one.at, one.rung) for one in records.calls(unit, page)],
        "told": sorted(
            (one.person, one.way, one.cause.partition(":")[0], one.state, one.created) for one in told
        ),
        "log": [(one["kind"], one["at"]) for one in events.history(unit, "PG-1")],
    }


@asynccontextmanager
async def street(folder: Path, url: str = "") -> AsyncIterator[Street]:
    folder.mkdir(parents=True, exist_ok=True)
    world_of(folder, str, f"{SCHEDULES}{ESCALATION}{CONTACT}")
    prepare(folder)
    slack, mail, phones = FakeSlack(), MailServer(), Twilio()
    for server in (slack, mail, phones):
        await server.start()
    try:
        yield Street(folder, url or sqlite_url(folder), free_port(), slack, mail, phones)
    finally:
        for server in (slack, mail, phones):
            await server.stop()


async def undisturbed(folder: Path) -> tuple[int, Counter[tuple[str, str, str]], dict[str, Any]]:
    """How many commits a night without trouble has, and what comes of it."""
    async with street(folder) as one:
        assert 0 == await one.life(0, "never")
        return int((folder / "commits").read_text()), one.heard(), await one.kept()


async def test_undisturbed_ana_is_called_by_all_her_ways_and_then_bo_who_answers(tmp_path: Path) -> None:
    commits, heard, kept = await undisturbed(tmp_path)
    assert commits > 20
    assert ["ana", "bo"] == [person for person, *_ in kept["calls"]]
    assert "bo" == kept["page"][1]
    assert {1} == set(heard.values()), heard


@pytest.mark.parametrize("shard", range(SHARDS))
async def test_killed_at_any_commit_everybody_hears_the_same_at_the_same_time(
    tmp_path: Path, shard: int
) -> None:
    commits, heard, kept = await undisturbed(tmp_path / "undisturbed")
    for number in range(1 + shard * EVERY, commits + 1, SHARDS * EVERY):
        # What was durable after a commit is what was durable before the next one.
        async with street(tmp_path / str(number)) as one:
            first = await one.life(number, "before")
            # Commits are shared, so that a night may take a few fewer than the one that was counted.
            assert first in (-signal.SIGKILL, 0)
            if first:
                assert 0 == await one.life(0, "never")
            told = f"killed before commit {number} of {commits}"
            assert heard == one.heard(), told
            assert kept == await one.kept(), told


# A file is killed at every fifth commit above as well; on PostgreSQL these are all, so they are spread over the whole night.
POINTS = {"sqlite": (5, 14, 25, 38), "postgres": tuple(range(5, 46, 6))}


@pytest.mark.parametrize(("engine", "number"), [(one, at) for one in ENGINES for at in POINTS[one]])
async def test_a_process_that_is_back_after_some_minutes_catches_up_and_calls_nobody_twice(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str, number: int
) -> None:
    url = "" if engine == "sqlite" else request.getfixturevalue("postgres_url")
    async with street(tmp_path, url) as one:
        first = await one.life(number, "before")
        assert first in (-signal.SIGKILL, 0)
        if first:
            one.passes(_DOWN)
            assert 0 == await one.life(0, "never")
        kept, heard = await one.kept(), one.heard()
    assert ["ana", "bo"] == [person for person, *_ in kept["calls"]]
    assert (["PG-1"], "bo") == (kept["pages"], kept["page"][1])
    assert {1} == set(heard.values()), heard
    times = {person: at for person, _, _, at, _ in kept["calls"]}
    # Bo is called when his step is due, or when the house is back, should that be later.
    assert AT_NIGHT + timedelta(minutes=5) <= times["bo"] <= AT_NIGHT + timedelta(minutes=8)
