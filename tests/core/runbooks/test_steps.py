"""What workers do with steps: takeover, retries, rollback, answers, secrets."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from core.approvals.request import Choice
from core.errors import Conflict
from core.runbooks.action import ActionFailed
from core.runbooks.following.records import checkpoints
from core.runbooks.units import runs, work
from core.store import events
from tests.core.runbooks.house import ANA, BO, DEV, TWO, House, book, example

DEAD = work.Room("dead", timedelta(seconds=30))


async def test_two_workers_do_each_step_once(house: House) -> None:
    steps = "".join(f"  - {{id: s{n}, action: do}}\n" for n in range(20))
    await house.start(book(f"name: many\nsteps:\n{steps}"))
    one, two = house.engine("one"), house.engine("two")
    await asyncio.gather(one.look(), two.look())
    await asyncio.gather(one.idle(), two.idle())
    await asyncio.gather(house.go(one), two.look())
    await two.idle()
    assert sorted(step for step, _ in house.hands.done) == sorted(f"s{n}" for n in range(20))
    assert str((await house.get()).state) == "COMPLETED"


async def test_a_failure_that_may_pass_is_tried_again_later_and_then_told(house: House) -> None:
    text = TWO.replace("ACTION", "do, retries: 2, backoff: {base: 10s}")
    house.hands.behave = lambda step, _: ActionFailed("busy", retriable=True) if step == "b" else None
    await house.start(book(text))
    await house.go()
    assert (await house.states())["b"] == "READY"
    for _ in range(2):
        house.clock.advance(timedelta(seconds=30))
        await house.go()
    run = await house.get()
    assert (str(run.state), run.steps["b"].failures) == ("FAILED", 3)
    assert [step for step, _ in house.hands.done] == ["a", "b", "b", "b"]
    assert len({context.key for context in house.hands.contexts if context.step == "b"}) == 1


async def test_a_failure_that_will_not_pass_is_not_tried_again(house: House) -> None:
    house.hands.behave = lambda step, _: ActionFailed("wrong") if step == "b" else None
    await house.start(book(TWO.replace("ACTION", "do, retries: 5")))
    await house.go()
    run = await house.get()
    assert (str(run.state), run.steps["b"].failures) == ("FAILED", 1)
    assert "What still stands: a." in (await house.said())[-1]


async def test_a_worker_that_died_is_replaced_and_cannot_write_any_more(house: House) -> None:
    await house.start(book(TWO.replace("ACTION", "do")))
    (lost,) = await house.store.transact(work.claim, house.world, DEAD)
    house.clock.advance(timedelta(seconds=31))
    await house.go(house.engine("two"))
    assert str((await house.get()).state) == "COMPLETED"
    assert house.hands.contexts[0].key == lost.key
    with pytest.raises(Conflict, match="taken over"):
        await house.store.transact(work.succeed, house.world, lost, work.Done({}), DEAD)
    assert [lost] == await house.store.transact(work.renew, [lost], timedelta(seconds=30))


async def test_the_end_of_a_step_and_the_beginning_of_the_next_are_one_commit(house: House) -> None:
    await house.start(book(TWO.replace("ACTION", "do")))
    before = (await house.get()).version
    (first,) = await house.store.transact(work.claim, house.world, DEAD)
    done = work.Done({"stdout": "x"})
    (second,) = await house.store.transact(work.succeed, house.world, first, done, DEAD)
    assert (before + 2, "b") == ((await house.get()).version, second.step)
    assert {"a": "SUCCEEDED", "b": "RUNNING"} == await house.states()
    kinds = [event["kind"] for event in await house.store.read(events.history, "RUN-1")]
    assert ["step.succeeded", "step.became_ready", "step.claimed"] == kinds[-3:]


async def test_a_worker_without_room_leaves_what_follows_to_others(house: House) -> None:
    await house.start(book(TWO.replace("ACTION", "do")))
    (first,) = await house.store.transact(work.claim, house.world, DEAD)
    full = work.Room("dead", timedelta(seconds=30), steps=0)
    done = work.Done({"stdout": "x"})
    assert [] == await house.store.transact(work.succeed, house.world, first, done, full)
    assert {"a": "SUCCEEDED", "b": "READY"} == await house.states()


@pytest.mark.parametrize(
    ("said", "state", "last"),
    [
        ("done", "COMPLETED", []),
        ("again", "COMPLETED", ["b"]),
        ("skip", "COMPLETED", []),
        ("fail", "FAILED", []),
    ],
)
async def test_what_may_run_once_only_is_asked_of_a_person(
    house: House, said: str, state: str, last: list[str]
) -> None:
    await house.start(book(TWO.replace("ACTION", "once")))
    (first,) = await house.store.transact(work.claim, house.world, DEAD)
    done = work.Done({"stdout": "x"})
    assert [one.step for one in await house.store.transact(work.succeed, house.world, first, done, DEAD)] == [
        "b"
    ]
    house.clock.advance(timedelta(seconds=31))
    await house.go()
    assert (str((await house.get()).state), (await house.states())["b"]) == ("NEEDS_ATTENTION", "UNKNOWN")
    assert "nobody can tell what became of “b”" in (await house.said())[-1]
    await house.store.transact(runs.answer, house.world, "RUN-1", "b", said, ANA)  # type: ignore[arg-type]
    await house.go()
    assert str((await house.get()).state) == state
    assert [step for step, _ in house.hands.done] == last
    with pytest.raises(Conflict):
        await house.store.transact(runs.answer, house.world, "RUN-1", "b", "again", ANA)


async def test_a_resumable_action_is_told_that_it_resumes(house: House) -> None:
    await house.start(book(TWO.replace("ACTION", "do").replace("action: do", "action: resume", 1)))
    assert await house.store.transact(work.claim, house.world, DEAD)
    house.clock.advance(timedelta(seconds=31))
    await house.go()
    assert [context.resuming for context in house.hands.contexts] == [True, False]


async def test_rollback_undoes_what_was_finished_newest_first_and_then_closes(house: House) -> None:
    house.hands.behave = lambda step, _: ActionFailed("no") if step == "repoint[1]" else None
    text = (Path(__file__).parents[3] / "examples/runbooks/database-failover.yaml").read_text(
        encoding="utf-8"
    )
    await house.start(
        book(text.replace("    for_each:", "    on_failure: rollback\n    for_each:")),
        by=DEV,
        database="user-db",
    )
    await house.go()
    assert str((await house.get()).state) == "WAITING_APPROVAL"
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.vote("AP-1", BO, Choice.APPROVE)
    await house.go()
    run = await house.get()
    assert str(run.state) == "FAILED"
    undone = [step for step, _ in house.hands.done if step.startswith("undo:")]
    assert undone == ["undo:repoint[0]", "undo:promote", "undo:fence"]
    assert ("undo:promote", {"argv": ["echo", "demoting", "user-db"]}) in house.hands.done
    assert "Failover of user-db was rolled back" in await house.said()
    assert (await house.states())["fence"] == "ROLLED_BACK"
    assert "It was rolled back." in (await house.said())[-1]


async def test_a_false_condition_skips_the_step_and_what_depends_on_it_alone(house: House) -> None:
    house.hands.behave = lambda step, _: {"value": 99.0} if step == "lag" else None
    await house.start(example("database-failover"), database="user-db")
    await house.go()
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.vote("AP-1", BO, Choice.APPROVE)
    await house.go()
    states = await house.states()
    assert (states["fence"], states["promote"], states["repoint[0]"], states["repoint"]) == (
        "SUCCEEDED",
        "SKIPPED",
        "SKIPPED",
        "SKIPPED",
    )
    assert str((await house.get()).state) == "COMPLETED"


async def test_only_the_newest_ten_checkpoints_are_kept(house: House) -> None:
    steps = "".join(f"  - {{id: s{n}, action: do}}\n" for n in range(8))
    await house.start(book(f"name: many\nsteps:\n{steps}"))
    await house.go()
    kept = await house.store.read(checkpoints, "RUN-1")
    assert (len(kept), kept[0]["state"]) == (10, "COMPLETED")


async def test_secrets_reach_the_action_and_nothing_else(house: House) -> None:
    text = 'name: s\nsteps:\n  - {id: a, action: do, with: {token: "${{ secrets.T }}"}, outputs: {o: "${{ result.o }}"}}\n'
    house.hands.behave = lambda _step, _context: {"o": "said hunter22"}
    await house.start(book(text))
    await house.go(house.engine(secret_values={"T": "hunter22"}))
    assert house.hands.done == [("a", {"token": "hunter22"})]
    run = await house.get()
    assert run.steps["a"].outputs == {"o": "said •••"}
    assert "hunter22" not in str(run.plan)


async def test_the_workers_own_loop_wakes_on_commits_and_stops_gracefully(house: House) -> None:
    engine = house.engine()
    await engine.start()
    await house.start(book(TWO.replace("ACTION", "do")))
    while str((await house.get()).state) != "COMPLETED":
        pass
    await engine.stop()
    assert [step for step, _ in house.hands.done] == ["a", "b"]
