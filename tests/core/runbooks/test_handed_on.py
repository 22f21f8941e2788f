"""The run as it was committed goes from the unit that took a step to the one that ends it: it must be the same run."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.errors import VersionConflict
from core.runbooks import records
from core.runbooks.progress import units as progress
from core.runbooks.units import pausing, work
from core.store.engine import Unit
from tests.core.runbooks.house import ANA, NOON, TWO, House, book

ROOM = work.Room("one", timedelta(seconds=30), steps=8)
WIDE = """
name: wide
timeout: 1h
params: {tag: {type: string, default: x}}
steps:
  - {id: a, action: do, with: {say: "${{ params.tag }}"}, outputs: {all: "${{ result }}"}}
  - id: every
    needs: [a]
    for_each: {items: [one, two, three], as: one, parallel: 3}
    action: do
    with: {of: "${{ one }}"}
    outputs: {line: "${{ result.line }}"}
  - {id: b, needs: [every], when: 'steps.a.outputs.all.numbers[1] == 2', action: do}
  - {id: c, needs: [b], action: do, with: {at: "${{ steps.a.outputs.all.at }}"}}
"""
ODD = {"numbers": (1, 2), "at": NOON, "price": Decimal("1.50"), "line": "x"}


async def _end(house: House, mine: work.Work, result: dict[str, Any]) -> list[work.Work]:
    return await house.store.transact(work.succeed, house.world, mine, work.Done(result), ROOM)


async def test_what_a_worker_hands_on_is_the_run_as_it_was_kept(house: House) -> None:
    await house.start(book(WIDE))
    waiting = await house.store.transact(work.claim, house.world, ROOM)
    seen = {}
    while waiting:
        mine = waiting.pop()
        seen[mine.step] = list(mine.left)
        assert mine.left in ([], [await house.get()])
        waiting += await _end(house, mine, ODD)
    assert {"a", "every[2]", "b", "c"} == {step for step, left in seen.items() if left}
    assert {"every[0]", "every[1]"} == {step for step, left in seen.items() if not left}
    run = await house.get()
    assert ("COMPLETED", "2026-11-21T12:00:00Z") == (str(run.state), run.steps["a"].outputs["all"]["at"])


async def test_what_people_did_meanwhile_counts_and_not_what_the_worker_remembers(house: House) -> None:
    await house.start(book(TWO.replace("ACTION", "do")))
    (first,) = await house.store.transact(work.claim, house.world, ROOM)
    await house.store.transact(pausing.pause, house.world, "RUN-1", ANA)
    assert [] == await _end(house, first, {"stdout": "x"})
    assert ("PAUSED", {"a": "SUCCEEDED", "b": "WAITING"}) == (
        str((await house.get()).state),
        await house.states(),
    )


async def test_a_unit_that_was_rolled_back_leaves_nothing_behind(house: House) -> None:
    await house.start(book(TWO.replace("ACTION", "do")))
    (first,) = await house.store.transact(work.claim, house.world, ROOM)
    refusals = iter([VersionConflict("Somebody was quicker."), None])

    def once_more(unit: Unit) -> list[work.Work]:
        taken = work.succeed(unit, house.world, first, work.Done({"stdout": "x"}), ROOM)
        if refusal := next(refusals):
            raise refusal
        return taken

    (second,) = await house.store.transact(once_more)
    assert [await house.get()] == second.left
    assert {"a": "SUCCEEDED", "b": "RUNNING"} == await house.states()


def _renew(unit: Unit, house: House, mine: work.Work) -> None:
    del house
    assert [] == work.renew(unit, [mine], timedelta(seconds=60))


def _tell(unit: Unit, house: House, mine: work.Work) -> None:
    del house
    progress.note(unit, mine, "half")


def _ask_for_it(unit: Unit, house: House, mine: work.Work) -> None:
    del house
    assert records.is_as_left(unit, mine.left[0])


@pytest.mark.parametrize("meanwhile", [_renew, _tell, _ask_for_it])
async def test_a_long_step_ends_at_the_first_try(
    house: House, meanwhile: Callable[[Unit, House, work.Work], None]
) -> None:
    await house.start(book(TWO.replace("ACTION", "do")))
    (first,) = await house.store.transact(work.claim, house.world, ROOM)
    await house.store.transact(meanwhile, house, first)
    tries = []

    def end(unit: Unit) -> list[work.Work]:
        tries.append(unit.attempt)
        return work.succeed(unit, house.world, first, work.Done({"stdout": "x"}), ROOM)

    await house.store.transact(end)
    assert [1] == tries
