"""However many decide, and however often the news of it arrives, what was approved runs once."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from core.approvals import records as approval_records
from core.approvals.config import Policy
from core.runbooks.units import runs
from core.store import events
from core.store.engine import Unit
from tests.core.runbooks.house import DEV as ASKER
from tests.core.runbooks.house import House, book, open_house
from tests.race.crowd import CROWD, decide_all
from tests.stores import ENGINES, sqlite_url

ALWAYS = Policy.model_validate(
    {"name": "always", "applies_to": "runbook", "ask": [{"role": "sre"}], "approvals": 2, "severity": "HIGH"}
)
STEPS = [f"s{number}" for number in range(6)]
TEXT = "name: once\nsteps:\n" + "".join(f"  - {{id: {step}, action: do}}\n" for step in STEPS)


@pytest.mark.parametrize("engine", ENGINES)
async def test_fifty_decisions_and_ten_messengers_start_one_run(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str
) -> None:
    url = sqlite_url(tmp_path) if engine == "sqlite" else request.getfixturevalue("postgres_url")
    async with AsyncExitStack() as stack:
        # Two houses on one PostgreSQL; a SQLite file has one writer, and so one house.
        count = 1 if engine == "sqlite" else 2
        houses = [await stack.enter_async_context(open_house(url, ALWAYS)) for _ in range(count)]
        for house in houses:
            house.world = replace(house.world, people=CROWD | {"dev": ASKER})
        first, last = houses[0], houses[-1]
        run = await first.start(book(TEXT))
        asked = await first.store.read(approval_records.get, run.request)
        told = await asyncio.gather(
            decide_all(first.store, asked, range(25), mixed=False, use=False),
            decide_all(last.store, asked, range(25, 50), mixed=False, use=False),
        )
        assert 2 == sum(one["changed"] for group in told for one in group)
        await asyncio.gather(*(_news(houses[number % count], run.request) for number in range(10)))
        await asyncio.gather(first.go(first.engine("one")), last.go(last.engine("two")))
        kinds = [event["kind"] for event in await first.store.read(events.history, run.id, 1000)]
        assert 1 == kinds.count("execution.started")
        assert STEPS == sorted(step for house in houses for step, _ in house.hands.done)
        assert "COMPLETED" == str((await first.get(run.id)).state)


async def _news(house: House, request: str) -> None:
    def react(unit: Unit) -> None:
        runs.on_approval_closed(unit, house.world, request, {"status": "APPROVED"})

    await house.store.transact(react)
