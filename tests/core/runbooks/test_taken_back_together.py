"""Runs inside runs are taken back together, and each thing once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from core.approvals.request import Choice
from core.errors import Conflict
from core.runbooks.action import ActionFailed
from core.runbooks.following import units as following
from core.runbooks.rollback import can_be_undone
from core.runbooks.units import runs
from tests.core.runbooks.chain import state
from tests.core.runbooks.house import ANA, DEV, HERE, House, book
from tests.core.runbooks.inside import ASKS, pause, resume, take_back, title, undone
from tests.core.runbooks.test_calling import OUTER, nested


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
    assert (can_be_undone(outer), can_be_undone(inner)) == (False, False)
    with pytest.raises(Conflict, match="RUN-1 called RUN-2, and RUN-3 follows it"):
        await take_back(house, "RUN-2")


async def test_the_card_of_an_inner_run_says_that_its_work_was_taken_back(house: House) -> None:
    house.hands.behave = lambda step, _: ActionFailed("broken") if step == "after" else None
    await house.start(nested(house))
    await house.go()
    inner = await house.get("RUN-2")
    assert (str(inner.state), title(house, inner)) == ("COMPLETED", "inner in staging: done, then taken back")
    assert inner.steps["one"].detail == "taken back by RUN-1"
    with pytest.raises(Conflict, match="RUN-1 called RUN-2, and was rolled back, and this with it"):
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


async def test_the_same_wish_twice_at_one_moment_is_one_run(house: House) -> None:
    await house.start(nested(house))
    await house.go()
    one, other = await asyncio.gather(take_back(house), take_back(house))
    assert one.id == other.id


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
