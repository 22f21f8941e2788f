"""Runs that follow one that has ended: they go on from a step, or take back what was done."""

from typing import Any

import pytest

from core.approvals.request import Choice
from core.errors import Conflict, NotFound
from core.runbooks.action import ActionFailed
from core.runbooks.execution import Execution
from core.runbooks.following import units as following
from core.runbooks.following.records import checkpoints
from tests.core.runbooks.chain import ASKS, CHAIN, done, state
from tests.core.runbooks.house import ANA, BO, CHI, HERE, House, book


def wish(run: str = "RUN-1", key: str = "again") -> following.Wish:
    return following.Wish(run, ANA, key, HERE)


async def retry(house: House, run: str = "RUN-1", key: str = "again", **more: Any) -> Execution:
    return await house.store.transact(following.retry, house.world, wish(run, key), **more)


async def take_back(house: House, run: str = "RUN-1", key: str = "back") -> Execution:
    return await house.store.transact(following.take_back, house.world, wish(run, key))


async def failed_at(house: House, step: str, text: str = CHAIN) -> None:
    house.hands.behave = lambda one, _: ActionFailed("no") if one == step else None
    await house.start(book(text))
    await house.go()
    assert await state(house) == "FAILED"
    house.hands.behave = lambda _one, _: None
    house.hands.done.clear()


async def test_a_retry_keeps_what_finished_with_its_outputs_and_does_the_rest(house: House) -> None:
    await failed_at(house, "c")
    run = await retry(house)
    assert (run.id, run.origin) == ("RUN-2", "RUN-1")
    await house.go()
    assert (await state(house, "RUN-2"), await state(house)) == ("COMPLETED", "FAILED")
    assert house.hands.done == [("c", {"line": "did a"})]
    assert (await house.get("RUN-2")).steps["a"].detail == "carried over from RUN-1"


async def test_a_retry_from_a_step_does_it_and_what_comes_after_it_anew(house: House) -> None:
    await house.start(book(CHAIN))
    await house.go()
    with pytest.raises(Conflict, match="Everything in RUN-1 was done"):
        await retry(house)
    with pytest.raises(NotFound, match="has no step z"):
        await retry(house, step="z")
    house.hands.done.clear()
    await retry(house, step="b")
    await house.go()
    assert done(house) == ["b", "c"]


async def test_a_retry_from_a_checkpoint_keeps_what_was_done_by_then(house: House) -> None:
    await failed_at(house, "c")
    kept = await house.store.read(checkpoints, "RUN-1")
    after_a = next(row for row in reversed(kept) if row["steps"]["a"] == "SUCCEEDED")
    with pytest.raises(NotFound, match="keeps no checkpoint 99"):
        await retry(house, key="other", checkpoint=99)
    await retry(house, checkpoint=after_a["version"])
    await house.go()
    assert done(house) == ["b", "c"]


async def test_a_retry_is_one_run_however_often_it_is_asked_for(house: House) -> None:
    await failed_at(house, "c")
    assert (await retry(house)).id == (await retry(house)).id == "RUN-2"
    with pytest.raises(Conflict, match="RUN-2 follows RUN-1 already"):
        await retry(house, key="another")
    with pytest.raises(Conflict, match="has not ended"):
        await retry(house, "RUN-2", key="third")


async def test_a_retry_in_production_asks_people_anew(house: House) -> None:
    house.hands.behave = lambda one, _: ActionFailed("no") if one == "c" else None
    await house.start(book(CHAIN), environment="production")
    await house.vote("AP-1", BO, Choice.APPROVE)
    await house.vote("AP-1", CHI, Choice.APPROVE)
    await house.go()
    assert await state(house) == "FAILED"
    run = await retry(house)
    assert (str(run.state), run.request) == ("WAITING_APPROVAL", "AP-2")
    assert run.digest != (await house.get()).digest


async def test_a_step_that_people_approved_is_asked_about_again_where_something_hangs_on_it(
    house: House,
) -> None:
    house.hands.behave = lambda one, _: ActionFailed("no") if one == "b" else None
    await house.start(book(ASKS))
    await house.go()
    await house.vote("AP-1", BO, Choice.APPROVE)
    await house.go()
    house.hands.done.clear()
    await retry(house)
    await house.go()
    assert (await state(house, "RUN-2"), done(house)) == ("WAITING_APPROVAL", [])


async def test_a_run_that_has_ended_is_taken_back_newest_first_by_another(house: House) -> None:
    await house.start(book(CHAIN))
    await house.go()
    house.hands.done.clear()
    run = await take_back(house)
    assert (run.id, run.origin) == ("RUN-2", "RUN-1")
    await house.go()
    assert await state(house, "RUN-2") == "COMPLETED"
    assert done(house) == ["undo:c", "undo:b", "undo:a", "rollback:told"]
    assert ("undo:a", {"back": "did a"}) in house.hands.done
    with pytest.raises(Conflict, match="RUN-2 follows RUN-1 already"):
        await take_back(house, key="twice")
    with pytest.raises(Conflict, match="Nothing of RUN-2 can be taken back"):
        await take_back(house, "RUN-2", key="twice")


async def test_a_rollback_that_fails_says_where_it_stopped_and_can_go_on(house: House) -> None:
    await house.start(book(CHAIN))
    await house.go()
    house.hands.behave = lambda one, _: ActionFailed("stuck") if one == "undo:b" else None
    await take_back(house)
    await house.go()
    assert await state(house, "RUN-2") == "FAILED"
    assert (await house.said())[-1].endswith("“Undo b” failed: stuck What still stands: a, b.")
    house.hands.behave = lambda _one, _: None
    house.hands.done.clear()
    await take_back(house, "RUN-2", key="on")
    await house.go()
    assert (await state(house, "RUN-3"), done(house)) == ("COMPLETED", ["undo:b", "undo:a"])


async def test_a_rollback_of_what_changed_production_is_judged_by_the_policies(house: House) -> None:
    await house.start(book(CHAIN), environment="production")
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.vote("AP-1", CHI, Choice.APPROVE)
    await house.go()
    run = await take_back(house)
    assert (str(run.state), run.request) == ("WAITING_APPROVAL", "AP-2")
    assert run.digest != (await house.get()).digest
