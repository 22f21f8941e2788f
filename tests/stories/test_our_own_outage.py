"""Wardroom is down while people should decide: they get the time back, and card and thread say why."""

from datetime import timedelta
from pathlib import Path

from core.approvals import records as approvals
from core.approvals.request import Status
from core.clock import ManualClock
from tests.stores import START
from tests.stories.house import audited, fast_forward, running, settings
from tests.stories.seats import seats
from tests.stories.world import write_world


async def test_a_request_whose_time_ran_out_while_we_were_down_is_given_the_time_back(tmp_path: Path) -> None:
    clock = ManualClock(START)
    given = settings(tmp_path, config=write_world(tmp_path, channels=("local",)))
    async with running(given, clock) as house, seats(house.url, "dev") as (dev,):
        await dev.says("restart checkout in production")
        await dev.sees("Approval needed")
    clock.advance(timedelta(hours=20))
    async with running(given, clock) as house, seats(house.url, "dev", "ana") as (dev, ana):
        await dev.sees("AP-1 can be decided until", "nobody could reach Wardroom for 20 h 0 min of its time.")
        await ana.presses(await ana.sees("People got 20 h 0 min more"), "Approve")
        await ana.sees("You approved AP-1.")
        await fast_forward(house, hours=13)
        await dev.sees("AP-1 expired")
        assert (await house.store.read(approvals.get, "AP-1")).status is Status.EXPIRED
        await audited(house)
