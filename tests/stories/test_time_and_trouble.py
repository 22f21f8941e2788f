"""Time that runs out, and a database in trouble: everybody is told the truth, and nothing is lost or half done."""

import sqlite3
from datetime import timedelta
from pathlib import Path

from core.approvals import records as approvals
from core.approvals.request import Status
from core.clock import ManualClock
from core.runbooks import records as runs
from tests.stores import START
from tests.stories.house import audited, fast_forward, running, settings
from tests.stories.seats import seats
from tests.stories.world import write_world


async def test_a_request_that_nobody_answers_expires_by_itself(tmp_path: Path) -> None:
    config = write_world(tmp_path, channels=("local",))
    config.write_text(config.read_text().replace("timeout: 12h", "timeout: 1s"))
    async with (
        running(settings(tmp_path, config=config)) as house,
        seats(house.url, "dev", "ana") as (dev, ana),
    ):
        await dev.says("restart checkout in production")
        await dev.sees("AP-1 expired: not enough people answered in time. Nothing was run.")
        card = await ana.sees("Expired: restart-service")
        assert ["Details"] == [control["label"] for control in card["controls"]]
        await dev.sees("restart-service of checkout in production: cancelled")
        assert (await house.store.read(approvals.get, "AP-1")).status is Status.EXPIRED


async def test_reminders_come_at_half_and_nine_tenths_and_call_who_is_missing(tmp_path: Path) -> None:
    clock = ManualClock(START)
    config = write_world(tmp_path, channels=("local",))
    async with (
        running(settings(tmp_path, config=config), clock) as house,
        seats(house.url, "dev", "ana") as (dev, ana),
    ):
        await dev.says("restart checkout in production")
        await ana.presses(await ana.sees("Approval needed"), "Approve")
        await ana.sees("Ana Ruiz approved AP-1")
        await fast_forward(house, hours=6)
        await dev.sees("@Chi Okafor", "AP-1 waits, 6 h 0 min left.")
        await fast_forward(house, hours=5)
        await dev.sees("AP-1 waits, 1 h 0 min left.")
        await fast_forward(house, hours=2)
        await dev.sees("AP-1 expired")
        assert dev.count("AP-1 waits") == 2


async def test_a_restart_between_request_and_decision_changes_nothing(tmp_path: Path) -> None:
    given = settings(tmp_path, config=write_world(tmp_path, channels=("local",)))
    async with running(given) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.says("restart checkout in production")
        await ana.presses(await ana.sees("Approval needed"), "Approve")
        await ana.sees("You approved AP-1.")
    async with running(given) as house, seats(house.url, "dev", "chi") as (dev, chi):
        await chi.presses(await chi.sees("Approval needed"), "Approve")
        await dev.sees("Approved and done")
        assert dev.count("Ana Ruiz approved AP-1") == 1
        assert str((await house.store.read(runs.get, "RUN-1")).state) == "COMPLETED"
        await audited(house)


async def test_a_locked_database_says_so_in_the_chat_and_the_same_words_work_later(tmp_path: Path) -> None:
    given = settings(tmp_path, config=write_world(tmp_path, channels=("local",)))
    async with running(given) as house, seats(house.url, "dev") as (dev,):
        other = sqlite3.connect(tmp_path / "wardroom.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = await dev.says("/runbook list", key="list")
        assert refused["ok"] is False
        assert "The database is locked by another program." in refused["error"]
        other.execute("ROLLBACK")
        other.close()
        assert (await dev.says("/runbook list", key="list"))["ok"] is True
        await dev.sees("restart-service")


async def test_a_database_that_is_gone_for_a_while_loses_nothing_that_was_to_be_said(tmp_path: Path) -> None:
    given = settings(tmp_path, config=write_world(tmp_path, channels=("local",)))
    async with running(given) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.says("restart checkout in production")
        card = await ana.sees("Approval needed")
        hidden = tmp_path / "elsewhere"
        hidden.mkdir()
        for file in tmp_path.glob("wardroom.db*"):
            file.rename(hidden / file.name)
        refused = await ana.presses(card, "Approve", key="yes")
        assert "The database file is gone." in refused["error"]
        await house.beat()
        assert not house.health()["database"].ok
        for file in hidden.glob("wardroom.db*"):
            file.rename(tmp_path / file.name)
        await ana.presses(card, "Approve", key="yes")
        await dev.sees("Ana Ruiz approved AP-1")
        await house.beat()
        assert house.health()["database"].ok
        await audited(house)


async def test_an_approval_that_lapses_is_told_and_nothing_runs(tmp_path: Path) -> None:
    clock = ManualClock(START)
    given = settings(tmp_path, config=write_world(tmp_path, channels=("local",)))
    async with running(given, clock) as house, seats(house.url, "dev") as (dev,):
        await dev.says("restart checkout in production")
        await dev.sees("Approval needed")
        await fast_forward(house, hours=13)
        await dev.sees("AP-1 expired")
        late = await dev.says("/approvals withdraw AP-1")
        assert late["ok"] is True
        await dev.sees("AP-1 is expired since", "it can no longer be withdrawn")
        assert clock.now() - START == timedelta(hours=13)
