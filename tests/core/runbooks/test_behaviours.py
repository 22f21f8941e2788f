"""What every durable engine is asked about: fan-out and join, failures passed over, time limits, and who is first."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import Conflict
from core.runbooks.action import ActionFailed, Context
from core.runbooks.units import runs, work
from tests.core.runbooks.chain import done, state
from tests.core.runbooks.house import ANA, House, book

ROOM = work.Room("one", timedelta(seconds=30))
FAN = """
name: fan
steps:
  - {id: each, for_each: {items: [1, 2, 3, 4, 5, 6], parallel: 2}, action: do}
  - {id: after, needs: [each], action: do}
"""
JOIN = """
name: join
steps:
  - {id: a, action: do}
  - {id: b, action: do CHOICE}
  - {id: both, needs: [a, b], action: do}
"""
SLOW = """
name: slow
steps:
  - {id: a, action: ACTION, timeout: 50ms, retries: 1, backoff: {base: 1s}}
"""


async def test_a_fan_out_does_no_more_at_once_than_it_says_and_the_join_waits_for_all(house: House) -> None:
    under_way, most = set[str](), [0]

    async def behave(step: str, _context: Context) -> None:
        under_way.add(step)
        most[0] = max(most[0], len(under_way))
        await asyncio.sleep(0)
        under_way.discard(step)

    house.hands.behave = behave
    await house.start(book(FAN))
    await house.go()
    assert (await state(house), most[0], len(done(house)), done(house)[-1]) == ("COMPLETED", 2, 7, "after")


async def test_a_join_is_called_off_when_one_of_its_steps_failed_and_what_runs_ends(house: House) -> None:
    house.hands.behave = lambda step, _: ActionFailed("no") if step == "b" else None
    await house.start(book(JOIN.replace(" CHOICE", "")))
    await house.go()
    assert await house.states() == {"a": "SUCCEEDED", "b": "FAILED", "both": "CANCELLED"}
    assert await state(house) == "FAILED"


async def test_a_failure_that_is_passed_over_lets_the_rest_go_on(house: House) -> None:
    house.hands.behave = lambda step, _: ActionFailed("no") if step == "b" else None
    await house.start(book(JOIN.replace(" CHOICE", ", on_failure: skip")))
    await house.go()
    assert await house.states() == {"a": "SUCCEEDED", "b": "SKIPPED", "both": "SUCCEEDED"}
    assert await state(house) == "COMPLETED"


@pytest.mark.parametrize(("action", "tries"), [("do", 2), ("once", 1)])
async def test_a_step_that_takes_too_long_is_stopped_and_tried_again_only_if_it_may_run_twice(
    house: House, action: str, tries: int
) -> None:
    async def behave(_step: str, context: Context) -> None:
        await context.stop.wait()
        raise ActionFailed("It was stopped.", retriable=action == "do")

    house.hands.behave = behave
    await house.start(book(SLOW.replace("ACTION", action)))
    for _ in range(3):
        await house.go()
        house.clock.advance(timedelta(minutes=1))
    assert (await state(house), len(house.hands.done)) == ("FAILED", tries)


async def test_when_the_time_of_a_run_is_up_what_runs_ends_and_nothing_else_begins(house: House) -> None:
    await house.start(book("timeout: 10m\n" + JOIN.replace(" CHOICE", "").lstrip()))
    (mine, *_) = await house.store.transact(work.claim, house.world, ROOM)
    house.clock.advance(timedelta(minutes=10))
    await house.store.transact(runs.on_timeout_due, house.world, "RUN-1")
    await house.store.transact(work.succeed, house.world, mine, work.Done({}), ROOM)
    assert (await state(house), (await house.states())["a"]) == ("FAILED", "SUCCEEDED")
    assert (await house.get()).words == "The runbook's time limit was reached."


async def test_the_time_limit_of_an_inner_run_is_a_failure_of_the_step_that_called_it(house: House) -> None:
    inner = "name: inner\ntimeout: 1m\nsteps:\n  - {id: w, wait: {for: 1h}}\n"
    house.world = replace(house.world, runbooks={"inner": book(inner)})
    outer = "name: outer\nsteps:\n  - {id: call, runbook: {name: inner}}\n  - {id: n, needs: [call], action: do}\n"
    await house.start(book(outer))
    await house.go()
    house.clock.advance(timedelta(minutes=1))
    await house.go()
    assert (await state(house), await state(house, "RUN-2"), done(house)) == ("FAILED", "FAILED", [])
    assert "time limit was reached" in (await house.get()).steps["call"].error


async def test_of_an_end_and_a_cancel_the_first_decides_and_the_other_is_told(house: House) -> None:
    await house.start(book("name: one\nsteps:\n  - {id: a, action: do}\n"))
    (mine, *_) = await house.store.transact(work.claim, house.world, ROOM)
    await house.store.transact(runs.cancel, house.world, "RUN-1", ANA)
    with pytest.raises(Conflict, match="already being ended"):
        await house.store.transact(runs.cancel, house.world, "RUN-1", ANA)
    # What was done although it was to stop was done all the same, and the run still ends as people said.
    await house.store.transact(work.succeed, house.world, mine, work.Done({}), ROOM)
    assert (await state(house), await house.states()) == ("CANCELLED", {"a": "SUCCEEDED"})
    with pytest.raises(Conflict, match="has already ended: cancelled"):
        await house.store.transact(runs.cancel, house.world, "RUN-1", ANA)


async def test_a_limit_that_comes_after_the_wait_was_over_changes_nothing(house: House) -> None:
    text = "name: w\nsteps:\n  - {id: up, wait: {until: now >= timestamp('2026-11-21T12:00:30Z'), poll: {every: 1m}, limit: 1m}}\n"
    await house.start(book(text))
    await house.go()
    house.clock.advance(timedelta(minutes=1))
    # Both are due at this very moment: the look comes first here, and the limit finds it over.
    await house.store.transact(runs.on_wait_due, house.world, "RUN-1/up")
    await house.store.transact(runs.on_limit_due, house.world, "RUN-1/up")
    assert (await state(house), await house.states()) == ("COMPLETED", {"up": "SUCCEEDED"})


async def test_a_rollback_that_runs_is_not_cancelled(house: House) -> None:
    text = """
name: back
steps:
  - {id: a, action: do, rollback: {action: do}}
  - {id: b, needs: [a], action: do, on_failure: rollback}
"""
    refused: list[str] = []

    async def behave(step: str, _context: Context) -> ActionFailed | None:
        if step == "undo:a":
            with pytest.raises(Conflict) as raised:
                await house.store.transact(runs.cancel, house.world, "RUN-1", ANA)
            refused.append(raised.value.what)
        return ActionFailed("no") if step == "b" else None

    house.hands.behave = behave
    await house.start(book(text))
    await house.go()
    assert ["RUN-1 is already being ended."] == refused
    assert (await state(house), done(house)) == ("FAILED", ["a", "b", "undo:a"])
