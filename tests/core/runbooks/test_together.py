"""Runs inside runs: held, let go, counted and taken back together, and each thing taken back once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.approvals.request import Choice
from core.errors import Conflict
from core.runbooks.action import ActionFailed
from core.runbooks.execution import Execution
from core.runbooks.following import units as following
from core.runbooks.units import pausing, runs, work
from handlers.cards import execution as cards
from tests.core.runbooks.chain import state
from tests.core.runbooks.house import ANA, DEV, HERE, House, book
from tests.core.runbooks.test_calling import INNER, OUTER, nested

ASKS = """
name: inner
params: {tag: {type: string, required: true}, environment: {type: environment, default: staging}}
steps:
  - {id: one, action: do, with: {tag: "${{ params.tag }}"}, outputs: {line: "${{ result.stdout }}"}}
  - {id: q, needs: [one], approval: {ask: [{role: sre}], reason: sure, timeout: 12h}}
  - {id: two, needs: [q], action: do}
outputs: {said: "${{ steps.one.outputs.line }}"}
"""
WAITS = INNER.replace(
    ", needs: [one], action: do, rollback: {action: do, with: {undo: two}}", ", wait: {for: 1h}"
)


async def pause(house: House, run: str = "RUN-1") -> Execution:
    return await house.store.transact(pausing.pause, house.world, run, ANA)


async def resume(house: House, run: str = "RUN-1") -> Execution:
    return await house.store.transact(pausing.resume, house.world, run, ANA)


async def take_back(house: House, run: str = "RUN-1") -> Execution:
    wish = following.Wish(run, DEV, f"back {run}", HERE)
    return await house.store.transact(following.take_back, house.world, wish)


def undone(house: House) -> list[str]:
    return [args["undo"] for _, args in house.hands.done if "undo" in args]


def title(house: House, run: Execution) -> str:
    return cards.card(house.world, run, house.clock.now()).title


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
    outer = OUTER.replace("needs: [call], ", "").replace(
        ', with: {heard: "${{ steps.call.outputs.said }}"}', ""
    )
    house.hands.behave = lambda step, _: ActionFailed("broken") if step == "after" else None
    await house.start(nested(house, ASKS, outer))
    await house.go()
    await house.vote("AP-1", ANA, Choice.REJECT)
    await house.go()
    assert await state(house) == "FAILED"


async def test_a_run_that_has_ended_is_taken_back_with_all_that_it_called(house: House) -> None:
    await house.start(nested(house))
    await house.go()
    await take_back(house)
    await house.go()
    assert await state(house, "RUN-3") == "COMPLETED"
    assert undone(house) == ["two", "did one", "before"]
    outer, inner = await house.get(), await house.get("RUN-2")
    assert {str(step.state) for step in inner.steps.values()} == {"ROLLED_BACK"}
    assert title(house, inner) == "inner in staging: done, then taken back"
    assert title(house, outer) == "outer in staging: done, then partly taken back"
    with pytest.raises(Conflict, match=r"RUN-3 took back RUN-2 together with RUN-1"):
        await take_back(house, "RUN-2")


async def test_the_card_of_an_inner_run_says_that_its_work_was_taken_back(house: House) -> None:
    house.hands.behave = lambda step, _: ActionFailed("broken") if step == "after" else None
    await house.start(nested(house))
    await house.go()
    inner = await house.get("RUN-2")
    assert (str(inner.state), title(house, inner)) == ("COMPLETED", "inner in staging: done, then taken back")
    assert inner.steps["one"].detail == "taken back by RUN-1"
    with pytest.raises(Conflict, match=r"RUN-1 took back RUN-2"):
        await take_back(house, "RUN-2")


async def test_a_rollback_through_an_inner_run_that_stopped_goes_on_where_it_stopped(house: House) -> None:
    broken = True
    house.hands.behave = lambda step, _: (
        ActionFailed("broken") if step == "after" or (step == "undo:call/1" and broken) else None
    )
    await house.start(nested(house))
    await house.go()
    inner = await house.get("RUN-2")
    assert title(house, inner) == "inner in staging: done, then partly taken back"
    broken = False
    await take_back(house)
    await house.go()
    assert (await state(house), await state(house, "RUN-3")) == ("FAILED", "COMPLETED")
    assert undone(house) == ["two", "did one", "did one", "before"]


async def test_what_an_inner_run_did_can_be_taken_back_also_after_a_retry(house: House) -> None:
    house.hands.behave = lambda step, _: ActionFailed("broken") if step == "after" else None
    await house.start(nested(house, outer=OUTER.replace(", on_failure: rollback", "")))
    await house.go()
    wish = following.Wish("RUN-1", DEV, "again", HERE)
    house.hands.behave = lambda _step, _: None
    await house.store.transact(following.retry, house.world, wish)
    await house.go()
    assert await state(house, "RUN-3") == "COMPLETED"
    await take_back(house, "RUN-3")
    await house.go()
    assert undone(house) == ["two", "did one", "before"]


async def test_what_was_taken_back_by_itself_is_not_taken_back_again_with_the_whole(house: House) -> None:
    await house.start(nested(house))
    await house.go()
    await take_back(house, "RUN-2")
    await house.go()
    with pytest.raises(Conflict, match="RUN-1 called RUN-2, and RUN-3 follows that already"):
        await take_back(house)


async def test_of_the_whole_and_a_part_taken_back_at_one_moment_one_is(house: House) -> None:
    await house.start(nested(house))
    await house.go()
    came = await asyncio.gather(take_back(house), take_back(house, "RUN-2"), return_exceptions=True)
    assert [Conflict] == [type(one) for one in came if isinstance(one, Exception)]
    await house.go()
    assert sorted(undone(house)) in (["before", "did one", "two"], ["did one", "two"])


async def test_an_inner_run_is_not_taken_back_while_the_outer_may_still_do_it(house: House) -> None:
    outer = OUTER.split("  - {id: after")[0]
    await house.start(nested(house, outer=outer + "  - {id: after, needs: [call], wait: {for: 1h}}\n"))
    await house.go()
    with pytest.raises(Conflict, match="RUN-1 called RUN-2 and has not ended"):
        await take_back(house, "RUN-2")


async def test_a_rollback_is_not_itself_rolled_back(house: House) -> None:
    await house.start(nested(house))
    await house.go()
    await take_back(house)
    with pytest.raises(Conflict, match="RUN-3 itself takes back RUN-1"):
        await house.store.transact(lambda unit: runs.cancel(unit, house.world, "RUN-3", ANA, rollback=True))


async def test_three_deep_everything_is_held_counted_and_taken_back(house: House) -> None:
    middle = """
name: middle
steps:
  - {id: m, runbook: {name: inner, params: {tag: deep}}}
"""
    outer = """
name: outer
timeout: 10m
steps:
  - {id: o, runbook: {name: middle}}
  - {id: end, needs: [o], action: do}
"""
    asks = ASKS.replace(
        'outputs: {line: "${{ result.stdout }}"}}',
        'outputs: {line: "${{ result.stdout }}"}, rollback: {action: do, with: {undo: deep}}}',
    )
    house.world = replace(house.world, runbooks={"inner": book(asks), "middle": book(middle)})
    await house.start(book(outer))
    await house.go()
    assert [await state(house, f"RUN-{n}") for n in (1, 2, 3)] == ["WAITING_APPROVAL"] * 3
    await pause(house)
    await house.go()
    assert [await state(house, f"RUN-{n}") for n in (1, 2, 3)] == ["PAUSED"] * 3
    await resume(house)
    await house.go()
    house.clock.advance(timedelta(hours=1))
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.go()
    assert [await state(house, f"RUN-{n}") for n in (1, 2, 3)] == ["COMPLETED"] * 3
    await take_back(house)
    await house.go()
    assert undone(house) == ["deep"]
    assert (await house.states("RUN-2"))["m"] == "ROLLED_BACK"
    assert (await house.states("RUN-3"))["one"] == "ROLLED_BACK"


async def test_a_plan_from_before_runs_took_back_for_others_keeps_its_digest(house: House) -> None:
    run = await house.start(nested(house))
    assert all("takes_back" not in node for node in run.plan["nodes"])
