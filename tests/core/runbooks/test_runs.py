"""Runs from the wish to the end, on a real store."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.approvals import records as approval_records
from core.approvals.request import Choice
from core.errors import Conflict, Invalid, NotFound
from core.oncall.schedule import Layer, Schedule
from core.people.team import Team
from core.runbooks import records
from core.runbooks.action import ActionFailed, Context
from core.runbooks.units import runs
from tests.core.runbooks.house import ANA, CHI, DEV, TWO, House, book, example


async def test_a_run_that_nobody_must_approve_does_its_steps_in_order(house: House) -> None:
    await house.start(book(TWO.replace("ACTION", "do")))
    await house.go()
    done = await house.get()
    assert str(done.state) == "COMPLETED"
    assert house.hands.done == [("a", {"say": "x"}), ("b", {"line": "did a"})]
    assert (await house.said())[-1] == "RUN-1 (two) is done."


async def test_the_restart_of_a_service_waits_for_its_second_and_then_looks_again(house: House) -> None:
    await house.start(example("restart-service"), service="cart", environment="stg")
    await house.go()
    assert (await house.states())["settle"] == "RUNNING"
    house.clock.advance(timedelta(seconds=1))
    await house.go()
    assert str((await house.get()).state) == "COMPLETED"
    assert "did restart" in await house.said()
    assert [step for step, _ in house.hands.done] == ["before", "restart", "verify.ping"]


async def test_production_asks_first_and_runs_what_was_approved(house: House) -> None:
    run = await house.start(example("restart-service"), service="checkout", environment="production")
    assert (str(run.state), run.request) == ("WAITING_APPROVAL", "AP-1")
    await house.go()
    assert house.hands.done == []
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.vote("AP-1", CHI, Choice.APPROVE)
    await house.go()
    house.clock.advance(timedelta(seconds=1))
    await house.go()
    assert str((await house.get()).state) == "COMPLETED"
    asked = await house.store.read(approval_records.get, "AP-1")
    assert (str(asked.status), asked.execution) == ("EXECUTED", "RUN-1")


async def test_production_asks_the_owners_where_no_policy_speaks(house: House) -> None:
    house.world = replace(
        house.world, policies=(), teams={"platform": Team(name="platform", members=("ana", "dev"))}
    )
    run = await house.start(example("restart-service"), service="checkout", environment="production")
    assert str(run.state) == "WAITING_APPROVAL"
    asked = await house.store.read(approval_records.get, "AP-1")
    assert [seat.person for seat in asked.seats] == ["ana"]
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.go()
    assert (await house.states())["restart"] == "SUCCEEDED"


async def test_production_is_refused_where_nobody_could_be_asked(house: House) -> None:
    house.world = replace(house.world, policies=())
    with pytest.raises(Invalid):
        await house.start(example("restart-service"), service="checkout", environment="production")
    with pytest.raises(NotFound):
        await house.get()


async def test_a_rejection_ends_the_run_and_nothing_was_changed(house: House) -> None:
    await house.start(example("restart-service"), service="checkout", environment="production")
    await house.vote("AP-1", CHI, Choice.REJECT, "not on a Friday")
    await house.go()
    run = await house.get()
    assert str(run.state) == "CANCELLED"
    assert "not on a Friday" in run.words
    assert house.hands.done == []
    assert "Nothing was changed." in (await house.said())[-1]


async def test_a_changed_plan_voids_its_approval(house: House) -> None:
    run = await house.start(example("restart-service"), service="checkout", environment="production")
    changed = {**run.plan, "params": {**run.plan["params"], "service": "payments"}}
    await house.store.transact(
        lambda unit: unit.conn.execute(records.EXECUTION.update().values(plan=changed)).rowcount
    )
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.vote("AP-1", CHI, Choice.APPROVE)
    await house.go()
    assert str((await house.get()).state) == "CANCELLED"
    assert house.hands.done == []


async def test_the_same_wish_twice_is_one_run(house: House) -> None:
    first = await house.start(book(TWO.replace("ACTION", "do")))
    again = await house.start(book(TWO.replace("ACTION", "do")))
    assert again.id == first.id


async def test_a_second_run_of_one_service_is_refused_and_names_the_first(house: House) -> None:
    await house.start(example("restart-service"), service="checkout")
    with pytest.raises(Conflict, match="RUN-1 already runs restart-service of checkout"):
        await house.start(example("restart-service"), key="k2", service="cart")
    await house.start(example("restart-service"), key="k3", service="payments")


async def test_of_ten_wishes_at_one_instant_one_runs_and_the_others_are_told(house: House) -> None:
    wanted = example("restart-service")
    wishes = (house.start(wanted, key=f"w{n}", service="checkout") for n in range(10))
    results = await asyncio.gather(*wishes, return_exceptions=True)
    runs_of = [str(one.state) for one in results if not isinstance(one, BaseException)]
    refused = [one for one in results if isinstance(one, BaseException)]
    assert runs_of.count("RUNNING") == 1
    assert all(state in ("RUNNING", "CANCELLED") for state in runs_of)
    assert all(isinstance(one, Conflict) for one in refused)
    assert len(runs_of) + len(refused) == 10


async def test_a_queued_run_begins_when_the_one_before_it_ends(house: House) -> None:
    text = TWO.replace("ACTION", "do") + "concurrency: {key: '${{ params.tag }}', limit: 1}\n"
    await house.start(book(text))
    waiting = await house.start(book(text), key="k2")
    assert str(waiting.state) == "PENDING"
    await house.go()
    assert str((await house.get("RUN-2")).state) == "COMPLETED"


async def test_a_cancelled_run_stops_what_runs_and_starts_nothing_new(house: House) -> None:
    async def until_stopped(context: Context) -> ActionFailed:
        await context.stop.wait()
        return ActionFailed("stopped")

    house.hands.behave = lambda step, context: until_stopped(context) if step == "a" else None
    await house.start(book(TWO.replace("ACTION", "do")))
    engine = house.engine()
    await engine.look()
    await house.store.transact(runs.cancel, house.world, "RUN-1", DEV)
    await house.go(engine)
    assert (str((await house.get()).state), await house.states()) == (
        "CANCELLED",
        {"a": "CANCELLED", "b": "CANCELLED"},
    )
    with pytest.raises(Conflict, match="already ended"):
        await house.store.transact(runs.cancel, house.world, "RUN-1", DEV)


async def test_cancelling_a_run_that_waits_for_people_withdraws_the_question(house: House) -> None:
    await house.start(example("restart-service"), service="checkout", environment="production")
    await house.store.transact(runs.cancel, house.world, "RUN-1", DEV)
    asked = await house.store.read(approval_records.get, "AP-1")
    assert str(asked.status) == "WITHDRAWN"
    assert str((await house.get()).state) == "CANCELLED"
    await house.go()


async def test_time_spent_waiting_for_people_is_not_counted(house: House) -> None:
    text = """
name: timed
timeout: 10m
steps:
  - {id: ask, approval: {reason: May I, ask: [{role: sre}], timeout: 5h}}
  - {id: wait, needs: [ask], wait: {for: 1h}}
"""
    await house.start(book(text))
    house.clock.advance(timedelta(hours=4))
    await house.go()
    await house.vote("AP-1", ANA, Choice.APPROVE)
    await house.go()
    assert str((await house.get()).state) == "RUNNING"
    house.clock.advance(timedelta(minutes=10))
    await house.go()
    run = await house.get()
    assert (str(run.state), run.words) == ("FAILED", "The runbook's time limit was reached.")


async def test_a_step_asks_whoever_is_on_call_for_a_team(house: House) -> None:
    weekly = Layer(("chi",), "weekly", datetime(2020, 1, 6, 9))  # noqa: DTZ001 - a time on the wall
    team = Team(name="platform", members=("ana", "chi"), schedule="primary")
    house.world = replace(
        house.world, teams={"platform": team}, schedules={"primary": Schedule("primary", "UTC", (weekly,))}
    )
    who = "ask: [{team: platform, oncall: true}]"
    await house.start(book(f"name: q\nsteps:\n  - {{id: ask, approval: {{reason: May I, {who}}}}}\n"))
    asked = await house.store.read(approval_records.get, "AP-1")
    assert [("chi", ("on call for platform",))] == [(seat.person, seat.groups) for seat in asked.seats]
    await house.vote("AP-1", CHI, Choice.APPROVE)
    await house.go()
    assert str((await house.get()).state) == "COMPLETED"


async def test_an_approval_that_nobody_answers_fails_the_run_and_is_not_asked_again(house: House) -> None:
    await house.start(
        book("name: q\nsteps:\n  - {id: ask, approval: {reason: May I, ask: [{role: sre}], timeout: 1h}}\n")
    )
    house.clock.advance(timedelta(hours=2))
    await house.go()
    assert str((await house.get()).state) == "FAILED"
