"""A run that waits for people is told something else: a new plan, and nothing but that plan runs."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from core.approvals import records as approvals
from core.approvals.draft import Decided
from core.approvals.request import Choice, Status
from core.digest import digest
from core.runbooks import plan, records
from core.runbooks.amending.units import Retold, retell
from core.runbooks.definition import Runbook
from core.store.engine import Unit
from tests.core.runbooks.house import ANA, BO, CHI, DEV, NAMES, House, book, example

RESTART = "restart-service"


async def asked(house: House, **given: Any) -> tuple[House, Runbook]:
    """A run in production that waits for two people, and the house that knows its file."""
    file = example(RESTART)
    knowing = replace(house, world=replace(house.world, runbooks={file.name: file}))
    await knowing.start(file, **({"service": "checkout", "environment": "production"} | given))
    return knowing, file


async def retold(
    house: House, params: Mapping[str, Any], who: Any = ANA, reason: str = "the other one"
) -> Decided:
    wish = Retold(params, reason)
    decided: Decided = await house.store.transact(retell, house.world, "AP-1", who, wish)
    return decided


async def agree(house: House) -> None:
    for person in (BO, CHI):
        await house.vote("AP-1", person, Choice.APPROVE)
    await house.go()


async def test_what_runs_is_the_plan_that_people_saw_last(house: House) -> None:
    house, file = await asked(house)
    await house.vote("AP-1", CHI, Choice.APPROVE)
    assert (await retold(house, {"service": "payments"})).changed
    run, request = await house.get(), await house.store.read(approvals.get, "AP-1")
    made = plan.make(file, {"service": "payments", "environment": "production"}, NAMES)
    assert (made.digest, made.params, ()) == (run.digest, run.params, request.votes)
    assert (made.digest, "restart-service of payments in production") == (
        request.subject["plan"],
        request.title,
    )
    assert [node.id for node in made.nodes] == list(run.steps)
    await agree(house)
    assert "payments" in str(house.hands.done)
    assert "checkout" not in str(house.hands.done)
    assert Status.EXECUTING is (await house.store.read(approvals.get, "AP-1")).status


async def test_a_plan_that_nobody_approved_does_not_begin(house: House) -> None:
    """Somebody swaps the plan and its digest together, after people have agreed to another one."""
    house, file = await asked(house)
    other = plan.make(file, {"service": "payments", "environment": "production"}, NAMES)

    def swap(unit: Unit) -> None:
        row = {"plan": other.model_dump(mode="json"), "digest": other.digest}
        unit.conn.execute(sa.update(records.EXECUTION).values(**row))

    await house.store.transact(swap)
    await agree(house)
    assert ([], "CANCELLED") == (house.hands.done, str((await house.get()).state))


async def test_a_file_that_has_changed_since_is_another_question(house: House) -> None:
    house, file = await asked(house)
    world = replace(house.world, runbooks={RESTART: file.model_copy(update={"version": "9"})})
    decided = await retold(replace(house, world=world), {"service": "payments"})
    assert "has changed since this was asked" in decided.words
    assert not decided.changed


async def test_only_what_the_run_is_told_changes_and_only_while_it_waits(house: House) -> None:
    house, _ = await asked(house)
    before = await house.store.read(approvals.get, "AP-1")
    for params, words in (
        ({"service": "nothing-like-it"}, "nothing-like-it"),
        ({"colour": "red"}, "no parameter"),
        ({"service": "checkout"}, "Nothing would change"),
    ):
        assert words in (await retold(house, params)).words
    assert "may change AP-1" not in (await retold(house, {"service": "payments"}, DEV)).words
    await agree(house)
    late = await retold(house, {"service": "user-db"})
    assert late.refusal is not None
    assert before.digest != (await house.store.read(approvals.get, "AP-1")).digest


async def test_a_step_of_a_run_under_way_is_told_nothing_else(house: House) -> None:
    text = """
name: gated
params: {tag: {type: string, default: x}}
steps:
  - {id: gate, approval: {reason: "go on?", ask: [{role: sre}], timeout: 1h}}
  - {id: a, needs: [gate], action: do, with: {say: "${{ params.tag }}"}}
"""
    await house.start(book(text))
    await house.go()
    decided = await retold(house, {"tag": "y"})
    assert "a step of a run that is under way" in decided.words
    assert digest(decided.request.subject) == decided.request.digest
