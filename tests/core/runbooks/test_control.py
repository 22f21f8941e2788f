"""Pausing, resuming, retrying and taking back: what people do with a run, whatever it is doing."""

from datetime import timedelta

import pytest

from core.approvals.request import Choice
from core.errors import Conflict, NotFound
from core.runbooks.action import ActionFailed
from core.runbooks.execution import Execution
from core.runbooks.turn import Failure
from core.runbooks.units import pausing, runs, work
from tests.core.runbooks.chain import ASKS, CHAIN, done, state
from tests.core.runbooks.house import ANA, BO, CHI, DEV, TWO, House, book

LEASE = timedelta(seconds=30)
ROOM = work.Room("one", LEASE)


async def pause(house: House, run: str = "RUN-1") -> Execution:
    return await house.store.transact(pausing.pause, house.world, run, ANA)


async def resume(house: House, run: str = "RUN-1") -> Execution:
    return await house.store.transact(pausing.resume, house.world, run, ANA)


async def test_a_paused_run_lets_what_runs_end_and_begins_nothing_until_it_is_resumed(house: House) -> None:
    await house.start(book(TWO.replace("ACTION", "do")))
    (mine,) = await house.store.transact(work.claim, house.world, ROOM)
    await pause(house)
    await house.store.transact(work.succeed, house.world, mine, work.Done({"stdout": "x"}), ROOM)
    await house.go()
    assert (await state(house), await house.states()) == ("PAUSED", {"a": "SUCCEEDED", "b": "WAITING"})
    await resume(house)
    await house.go()
    assert (await state(house), done(house)) == ("COMPLETED", ["b"])


async def test_the_time_limit_stands_still_while_a_run_is_paused(house: House) -> None:
    await house.start(book("timeout: 10m\n" + TWO.replace("ACTION", "do").lstrip()))
    house.clock.advance(timedelta(minutes=4))
    await pause(house)
    house.clock.advance(timedelta(hours=3))
    await house.go()
    assert await state(house) == "PAUSED"
    run = await resume(house)
    assert run.runs_until == house.clock.now() + timedelta(minutes=6)
    house.clock.advance(timedelta(minutes=6))
    await house.store.transact(runs.on_timeout_due, house.world, "RUN-1")
    await house.go()
    assert await state(house) == "FAILED"


async def test_what_fails_while_paused_ends_the_run_when_it_is_resumed(house: House) -> None:
    await house.start(book(TWO.replace("ACTION", "do")))
    (mine,) = await house.store.transact(work.claim, house.world, ROOM)
    await pause(house)
    await house.store.transact(work.fail, house.world, mine, Failure("no"), ROOM)
    assert await state(house) == "PAUSED"
    await resume(house)
    assert await state(house) == "FAILED"
    assert "“a” failed: no" in (await house.said())[-1]


async def test_what_is_lost_while_paused_is_asked_about_when_it_is_resumed(house: House) -> None:
    await house.start(book(TWO.replace("action: do", "action: once", 1).replace("ACTION", "do")))
    assert await house.store.transact(work.claim, house.world, work.Room("dead", LEASE))
    await pause(house)
    house.clock.advance(timedelta(seconds=31))
    await house.go()
    assert (await state(house), (await house.states())["a"]) == ("PAUSED", "UNKNOWN")
    await resume(house)
    assert await state(house) == "NEEDS_ATTENTION"


async def test_a_paused_run_can_be_cancelled_and_taken_back(house: House) -> None:
    await house.start(book(CHAIN))
    (mine,) = await house.store.transact(work.claim, house.world, ROOM)
    await pause(house)
    await house.store.transact(work.succeed, house.world, mine, work.Done({"stdout": "x"}), ROOM)
    await house.store.transact(lambda unit: runs.cancel(unit, house.world, "RUN-1", ANA, rollback=True))
    await house.go()
    assert (await state(house), done(house)) == ("CANCELLED", ["undo:a", "rollback:told"])


async def test_a_run_that_waits_for_approval_can_be_paused_and_what_was_approved_begins_on_resume(
    house: House,
) -> None:
    await house.start(book(CHAIN), environment="production")
    await pause(house)
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.vote("AP-1", CHI, Choice.APPROVE)
    await house.go()
    assert (await state(house), done(house)) == ("PAUSED", [])
    await resume(house)
    await house.go()
    assert await state(house) == "COMPLETED"


async def test_a_run_that_is_resumed_before_people_answered_still_waits_for_them(house: House) -> None:
    await house.start(book(CHAIN), environment="production")
    await pause(house)
    await resume(house)
    await house.go()
    assert (await state(house), done(house)) == ("WAITING_APPROVAL", [])
    await pause(house)
    await house.vote("AP-1", CHI, Choice.REJECT)
    await house.go()
    assert (await state(house), done(house)) == ("CANCELLED", [])


async def test_a_step_that_waits_for_people_goes_on_after_the_pause(house: House) -> None:
    await house.start(book(ASKS))
    await house.go()
    assert await state(house) == "WAITING_APPROVAL"
    await pause(house)
    await house.vote("AP-1", BO, Choice.APPROVE)
    await house.go()
    assert (await state(house), done(house)) == ("PAUSED", ["a"])
    await resume(house)
    await house.go()
    assert (await state(house), done(house)) == ("COMPLETED", ["a", "b"])


async def test_what_cannot_be_paused_or_resumed_says_what_it_is(house: House) -> None:
    await house.start(book(TWO.replace("ACTION", "do")))
    with pytest.raises(Conflict, match="not paused: it is running"):
        await resume(house)
    await house.go()
    with pytest.raises(Conflict, match="completed and cannot be paused"):
        await pause(house)
    with pytest.raises(NotFound):
        await pause(house, "RUN-9")


async def test_nothing_new_begins_once_a_worker_is_told_to_stop(house: House) -> None:
    engine = house.engine()
    await engine.start()
    await engine.stop()
    await house.start(book(TWO.replace("ACTION", "do")), by=DEV)
    await engine.look()
    assert (done(house), (await house.states())["a"]) == ([], "READY")


async def test_what_follows_a_failure_is_tried_again_too(house: House) -> None:
    text = """
name: cleans
steps:
  - {id: a, action: do}
  - {id: clean, needs: [a], when: always, action: do, retries: 1, backoff: {base: 1s}}
"""
    house.hands.behave = lambda step, context: (
        ActionFailed("no", retriable=step == "clean") if step == "a" or context.attempt == 1 else None
    )
    await house.start(book(text))
    await house.go()
    house.clock.advance(timedelta(minutes=1))
    await house.go()
    assert (await state(house), (await house.states())["clean"]) == ("FAILED", "SUCCEEDED")
