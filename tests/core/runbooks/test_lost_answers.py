"""A connection that is lost in the middle of a commit: what was done is known in the end, and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.errors import Unavailable
from core.runbooks.engine import Engine
from core.runbooks.units import runs
from core.store import events
from tests.cable import Cable, through_a_cable
from tests.core.runbooks.house import ANA, TWO, House, book, open_house

WORKER = "worker-of-this-test"
ONCE = TWO.replace("ACTION", "once").replace("action: do", "action: once")


@pytest.fixture
async def wired(postgres_url: str) -> AsyncIterator[tuple[House, Cable]]:
    async with through_a_cable(postgres_url) as (url, cable), open_house(url) as house:
        yield house, cable


async def _go_on(house: House, engine: Engine) -> None:
    for _ in range(3):
        await engine.look()
        await engine.idle()


async def test_a_step_whose_taking_was_not_heard_of_is_taken_again_and_asks_nobody(
    wired: tuple[House, Cable],
) -> None:
    house, cable = wired
    await house.start(book(ONCE))
    engine = house.engine(WORKER)
    cable.cut(WORKER)
    with pytest.raises(Unavailable, match="nobody can tell whether it was done"):
        await engine.look()
    assert {"a": "RUNNING", "b": "WAITING"} == await house.states()
    await _go_on(house, engine)
    assert ["a", "b"] == [step for step, _ in house.hands.done]
    assert "COMPLETED" == str((await house.get()).state)
    kinds = [event["kind"] for event in await house.store.read(events.history, "RUN-1")]
    assert 1 == kinds.count("step.put_back")


async def test_a_step_that_ended_unheard_is_not_done_again_and_the_next_one_is_begun(
    wired: tuple[House, Cable],
) -> None:
    house, cable = wired
    await house.start(book(ONCE))
    engine = house.engine(WORKER)
    house.hands.behave = lambda step, _: cable.cut(WORKER) if step == "a" else None
    await engine.look()
    await engine.idle()
    assert (1, {"a": "SUCCEEDED", "b": "RUNNING"}) == (cable.lost, await house.states())
    await _go_on(house, engine)
    assert ["a", "b"] == [step for step, _ in house.hands.done]
    assert "COMPLETED" == str((await house.get()).state)


async def test_what_runs_here_is_left_alone_when_an_answer_was_lost(wired: tuple[House, Cable]) -> None:
    house, cable = wired
    steps = "".join(f"  - {{id: s{number}, action: once}}\n" for number in range(3))
    await house.start(book(f"name: wide\nsteps:\n{steps}"))
    engine = house.engine(WORKER)

    ended = asyncio.Event()

    async def behave(step: str) -> None:
        if step == "s0":
            cable.cut(WORKER)
        else:
            await ended.wait()

    house.hands.behave = lambda step, _: behave(step)
    await engine.look()
    while not cable.lost:
        await asyncio.sleep(0)
    await engine.look()
    assert {"s0": "SUCCEEDED", "s1": "RUNNING", "s2": "RUNNING"} == await house.states()
    ended.set()
    await engine.idle()
    await _go_on(house, engine)
    assert ["s0", "s1", "s2"] == sorted(step for step, _ in house.hands.done)


async def test_a_cancelled_run_does_not_begin_what_was_never_heard_of(wired: tuple[House, Cable]) -> None:
    house, cable = wired
    await house.start(book(ONCE))
    engine = house.engine(WORKER)
    cable.cut(WORKER)
    with pytest.raises(Unavailable):
        await engine.look()
    await house.store.transact(runs.cancel, house.world, "RUN-1", ANA)
    await _go_on(house, engine)
    assert ([], "CANCELLED") == (house.hands.done, str((await house.get()).state))
