"""Runs inside runs: held, let go and counted together."""

from datetime import timedelta

import pytest

from core.approvals.request import Choice
from core.runbooks.action import ActionFailed
from core.runbooks.units import runs, work
from tests.core.runbooks.chain import state
from tests.core.runbooks.house import ANA, DEV, House
from tests.core.runbooks.inside import ASKS, WAITS, pause, resume, undone
from tests.core.runbooks.test_calling import INNER, OUTER, nested


async def test_a_pause_holds_what_was_called_and_a_resume_lets_it_go(house: House) -> None:
    await house.start(nested(house, ASKS))
    await house.go()
    await pause(house)
    await house.go()
    assert (await state(house), await state(house, "RUN-2")) == ("PAUSED", "PAUSED")
    assert (await house.get("RUN-2")).words == "RUN-1 was paused."
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.go()
    assert [step for step, _ in house.hands.done] == ["before", "one"]
    await resume(house)
    await house.go()
    assert (await state(house), await state(house, "RUN-2")) == ("COMPLETED", "COMPLETED")


async def test_what_somebody_paused_by_itself_does_not_go_on_with_what_called_it(house: House) -> None:
    await house.start(nested(house, ASKS))
    await house.go()
    await pause(house, "RUN-2")
    await house.go()
    await pause(house)
    await house.go()
    await resume(house)
    await house.go()
    assert (await state(house), await state(house, "RUN-2")) == ("WAITING_APPROVAL", "PAUSED")
    await resume(house, "RUN-2")
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.go()
    assert await state(house) == "COMPLETED"


async def test_what_was_about_to_be_called_is_called_after_the_pause(house: House) -> None:
    await house.start(nested(house))
    engine = house.engine()
    await engine.look()
    await engine.idle()
    await pause(house)
    await house.go()
    assert (await house.states())["call"] == "RUNNING"
    assert [step for step, _ in house.hands.done] == ["before"]
    await resume(house)
    await house.go()
    assert (await state(house), await state(house, "RUN-2")) == ("COMPLETED", "COMPLETED")


async def test_what_was_about_to_be_called_is_not_called_any_more_once_it_is_cancelled(house: House) -> None:
    await house.start(nested(house))
    engine = house.engine()
    await engine.look()
    await engine.idle()
    await pause(house)
    await house.go()
    await house.store.transact(runs.cancel, house.world, "RUN-1", ANA)
    await house.go()
    assert (await state(house), (await house.states())["call"]) == ("CANCELLED", "CANCELLED")


async def test_a_queued_run_that_gets_its_turn_while_its_caller_is_paused_is_held(house: House) -> None:
    inner = WAITS.replace("name: inner", "name: inner\nconcurrency: {key: one}")
    outer = nested(house, inner)
    await house.start(outer)
    await house.go()
    await house.start(outer, key="k2")
    await house.go()
    assert await state(house, "RUN-4") == "PENDING"
    await pause(house, "RUN-3")
    await house.go()
    await house.store.transact(runs.cancel, house.world, "RUN-1", ANA)
    await house.go()
    assert (await state(house, "RUN-2"), await state(house, "RUN-4")) == ("CANCELLED", "PAUSED")
    await resume(house, "RUN-3")
    await house.go()
    assert await state(house, "RUN-4") == "RUNNING"


async def test_an_inner_run_that_somebody_answers_for_while_its_caller_is_paused_is_held(
    house: House,
) -> None:
    inner = INNER.replace("{id: one, action: do", "{id: one, action: once")
    await house.start(nested(house, inner))
    engine = house.engine()
    await engine.look()
    await engine.idle()
    await house.react()
    assert await house.store.transact(work.claim, house.world, work.Room("dead", timedelta(seconds=1)))
    house.clock.advance(timedelta(seconds=2))
    await house.go()
    assert (await state(house, "RUN-2"), await state(house)) == ("NEEDS_ATTENTION", "WAITING_APPROVAL")
    await pause(house)
    await house.go()
    await house.store.transact(runs.answer, house.world, "RUN-2", "one", "again", ANA)
    await house.react()
    await house.go()
    assert (await state(house, "RUN-2"), await state(house)) == ("PAUSED", "PAUSED")
    await resume(house)
    await house.go()
    assert (await state(house, "RUN-2"), await state(house)) == ("COMPLETED", "COMPLETED")


@pytest.mark.parametrize("rollback", [False, True])
async def test_a_cancel_goes_down_through_a_pause(house: House, *, rollback: bool) -> None:
    await house.start(nested(house, WAITS))
    await house.go()
    await pause(house)
    await house.go()
    await house.store.transact(lambda unit: runs.cancel(unit, house.world, "RUN-1", DEV, rollback=rollback))
    await house.go()
    assert (await state(house), await state(house, "RUN-2")) == ("CANCELLED", "CANCELLED")
    assert undone(house) == (["did one", "before"] if rollback else [])


async def test_time_that_an_inner_run_waits_for_people_is_not_counted_for_the_outer(house: House) -> None:
    await house.start(nested(house, ASKS, "timeout: 10m\n" + OUTER.lstrip()))
    await house.go()
    run = await house.get()
    assert (str(run.state), str(run.steps["call"].state)) == ("WAITING_APPROVAL", "WAITING_APPROVAL")
    assert (run.runs_until, run.time_left) == (None, timedelta(minutes=10))
    house.clock.advance(timedelta(hours=3))
    await house.go()
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.go()
    assert await state(house) == "COMPLETED"


async def test_time_that_an_inner_run_works_is_counted_for_the_outer(house: House) -> None:
    await house.start(nested(house, WAITS, "timeout: 10m\n" + OUTER.lstrip()))
    await house.go()
    house.clock.advance(timedelta(minutes=10))
    await house.store.transact(runs.on_timeout_due, house.world, "RUN-1")
    assert (await house.get()).words == "The runbook's time limit was reached."


async def test_a_failure_beside_an_inner_run_that_waits_for_people_lets_that_end(house: House) -> None:
    beside = "  - {id: later, wait: {for: 1m}}\n  - {id: after, needs: [later], action: do, on_failure: rollback}\n"
    outer = OUTER.partition("  - {id: after")[0] + beside
    house.hands.behave = lambda step, _: ActionFailed("broken") if step == "after" else None
    await house.start(nested(house, ASKS, outer))
    await house.go()
    house.clock.advance(timedelta(minutes=2))
    await house.go()
    await house.vote("AP-1", ANA, Choice.REJECT)
    await house.go()
    assert await state(house) == "FAILED"
