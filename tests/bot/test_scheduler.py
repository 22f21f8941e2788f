"""The alarm clock for deadlines: it wakes for each, however close together they are. And upkeep, which never runs beside itself."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.scheduler import Scheduler
from bot.telemetry import Metrics
from core.clock import SystemClock
from core.store import deadlines
from core.store.engine import Unit
from core.world import World
from tests.stores import opened, sqlite_url

_COUNT = 120


async def test_a_moment_that_comes_while_another_is_served_is_not_slept_through(tmp_path: Path) -> None:
    clock = SystemClock()
    served: list[str] = []
    all_of_them = asyncio.Event()

    def serve(_unit: Unit, _world: World, ref: str) -> None:
        served.append(ref)
        if len(served) == _COUNT:
            loop.call_soon_threadsafe(all_of_them.set)

    def lay(unit: Unit) -> None:
        for number in range(_COUNT):
            deadlines.set(unit, "test.due", str(number), start + timedelta(milliseconds=4 * number))

    loop = asyncio.get_running_loop()
    async with opened(sqlite_url(tmp_path), clock) as store:
        scheduler = Scheduler(store, World("test"), clock, {"test.due": serve}, Metrics())
        await scheduler.start()
        start = clock.now() + timedelta(milliseconds=100)
        await store.transact(lay)
        await asyncio.wait_for(all_of_them.wait(), 20)
        await scheduler.stop()
    assert [str(number) for number in range(_COUNT)] == served


async def test_upkeep_that_takes_long_is_told_once_and_ends_without_an_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    begun, missed = 0, 0
    late = asyncio.Event()

    async def slow() -> None:
        nonlocal begun
        begun += 1
        await asyncio.Event().wait()

    async def broken() -> None:
        nonlocal missed
        missed += 1
        if missed == 12:
            late.set()
        raise ValueError("broken")

    async with opened(sqlite_url(tmp_path), SystemClock()) as store:
        scheduler = Scheduler(store, World("test"), SystemClock(), {}, Metrics())
        scheduler.every(0.01, slow, "slow")
        scheduler.every(0.01, broken, "broken")
        with capture_logs() as told, caplog.at_level(logging.WARNING):
            await scheduler.start()
            await asyncio.wait_for(late.wait(), 20)
            await scheduler.stop()
    assert 1 == begun
    assert [("upkeep takes long", "slow")] == [
        (one["event"], one["work"]) for one in told if one["log_level"] == "warning"
    ]
    assert {("upkeep failed", "broken")} == {
        (one["event"], one["work"]) for one in told if one["log_level"] == "error"
    }
    assert [] == [one.message for one in caplog.records if one.name.startswith("apscheduler")]
