"""Whatever people pause and resume in whatever order, of a run inside a run inside a run: nothing is stuck in the end."""

from contextlib import suppress
from dataclasses import replace
from random import Random

import pytest

from core.approvals import records as approvals
from core.approvals.request import Choice
from core.errors import Conflict, NotFound
from core.runbooks.states import ExecutionState
from tests.core.runbooks.house import ANA, House, book
from tests.core.runbooks.inside import ASKS, pause, resume

_RUNS = ("RUN-1", "RUN-2", "RUN-3")
_MIDDLE = """
name: middle
steps:
  - {id: m, runbook: {name: inner, params: {tag: deep}}}
  - {id: n, needs: [m], action: do}
"""
_OUTER = """
name: outer
steps:
  - {id: o, runbook: {name: middle}}
  - {id: p, needs: [o], action: do}
"""


async def states(house: House) -> list[ExecutionState]:
    found = []
    for run in _RUNS:
        with suppress(NotFound):
            found.append((await house.get(run)).state)
    return found


async def answer(house: House) -> None:
    with suppress(NotFound):
        if (await house.store.read(approvals.get, "AP-1")).is_pending:
            await house.vote("AP-1", ANA, Choice.APPROVE)


async def one_thing(house: House, chance: Random, by_hand: set[str]) -> None:
    """Somebody does something, or time passes; `by_hand` are the runs that a person let go themselves."""
    run = chance.choice(_RUNS)
    match chance.choice(("pause", "pause", "resume", "look", "react", "answer")):
        case "pause":
            with suppress(Conflict, NotFound):
                await pause(house, run)
                by_hand.discard(run)
        case "resume":
            with suppress(Conflict, NotFound):
                await resume(house, run)
                by_hand.add(run)
        case "look":
            engine = house.engine()
            await engine.look()
            await engine.idle()
        case "react":
            await house.react()
        case _:
            if chance.random() < 0.3:
                await answer(house)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_paused_and_resumed_nothing_is_stuck_in_the_end(house: House, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - orders must be repeatable, not secret
    house.world = replace(house.world, runbooks={"inner": book(ASKS), "middle": book(_MIDDLE)})
    await house.start(book(_OUTER))
    by_hand: set[str] = set()
    for _ in range(25):
        await one_thing(house, chance, by_hand)
        await house.react()
        seen = await states(house)
        # What was paused holds all that it called, but for what somebody let go by hand.
        below = zip(_RUNS[1:], seen[1:], strict=False)
        for above, (run, state) in zip(seen, below, strict=False):
            if above is ExecutionState.PAUSED and run not in by_hand:
                assert state is ExecutionState.PAUSED or state.is_final, (run, seen)
    for run in _RUNS:
        with suppress(Conflict, NotFound):
            await resume(house, run)
        await house.go()
    await answer(house)
    await house.go()
    assert [ExecutionState.COMPLETED] * 3 == await states(house)
    assert len(house.hands.done) == 4
