"""Somebody opens their own page while they are called: it stands there first, and is answered there."""

from pathlib import Path

from core.clock import ManualClock
from tests.stores import START
from tests.stories.house import running, settings
from tests.stories.seats import seats


async def test_what_calls_somebody_stands_first_on_their_own_page(tmp_path: Path) -> None:
    async with (
        running(settings(tmp_path), ManualClock(START)) as house,
        seats(house.url, "ana", "bo") as (ana, bo),
    ):
        await ana.says("/incident page bo the database is slow")
        await bo.sees("PG-1", "Nobody has answered yet")
        await bo.says("/wardroom mine")
        mine = await bo.sees("Hello Bo", "PG-1 calls you: the database is slow")
        await bo.presses(mine, "I take PG-1")
        await bo.sees("PG-1 is yours: ")
