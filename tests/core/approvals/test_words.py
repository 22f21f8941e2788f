"""What is said when something is approved, and to whoever reviews what somebody decided alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.approvals import policy, records, units, words
from core.approvals.draft import Cast
from core.approvals.glass.units import Custom, Emergency, break_glass
from core.approvals.request import Ask, Choice, Terms
from core.store.engine import Store
from tests.core.approvals.people import PEOPLE, TEAMS, draft

ANA = Terms(ask=(Ask(person="ana"),), execution_window=timedelta(minutes=15))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("runbook", "AP-1 is approved by Ana. It goes ahead now."),
        ("step", "AP-1 is approved by Ana. It goes ahead now."),
        ("deploy", "AP-1 is approved by Ana. Dev may use it once, until 09:15:00 UTC."),
    ],
)
async def test_what_is_ours_goes_ahead_and_anything_else_waits_for_whoever_asked(
    store: Store, kind: str, told: str
) -> None:
    asked = replace(draft(terms=ANA), kind=kind)
    request = await store.transact(units.ask, asked, PEOPLE, TEAMS)
    decided = await store.transact(units.decide, "AP-1", PEOPLE["ana"], Choice.APPROVE, "", request.digest)
    assert told == words.ended(decided.request)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice.APPROVE, "You said that it was justified. AP-2: Ana found it justified."),
        (Choice.REJECT, "You said that it was not justified. AP-2: Ana did not find it justified. “so”"),
    ],
)
async def test_a_reviewer_is_told_what_they_said_and_not_that_they_approved_something(
    store: Store, choice: Choice, said: str
) -> None:
    await store.transact(units.ask, draft(terms=ANA), PEOPLE, TEAMS)
    cast = Cast(PEOPLE, TEAMS, lambda kind, subject, at: policy.evaluate([], kind, subject, at))
    await store.transact(break_glass, "AP-1", PEOPLE["eve"], Emergency("it burns"), cast, Custom())
    shown = (await store.read(records.get, "AP-2")).digest
    decided = await store.transact(units.decide, "AP-2", PEOPLE["ana"], choice, "so", shown)
    assert said == decided.words
