"""A wider ring of people, and an emergency, add people; they take nothing away."""

from datetime import timedelta

import pytest

from core.approvals import records, units
from core.approvals.ageing import units as ageing
from core.approvals.request import Ask, Choice, Request, Rung, Severity, Status
from core.clock import ManualClock
from core.store.engine import Store
from tests.core.approvals.people import PEOPLE, TEAMS, TERMS, draft

EMERGENCY = Rung(at=1.0, add=(Ask(role="manager"),), timeout=timedelta(hours=1), emergency=True)


async def says(store: Store, who: str, choice: Choice, why: str = "so") -> Request:
    request = await store.read(records.get, "AP-1")
    decided = await store.transact(units.decide, request.id, PEOPLE[who], choice, why, request.digest)
    assert decided.refusal is None
    return decided.request


async def test_votes_stand_when_more_people_are_asked(store: Store, clock: ManualClock) -> None:
    await store.transact(units.ask, draft(), PEOPLE, TEAMS)
    await says(store, "chi", Choice.APPROVE)
    clock.advance(timedelta(hours=9))
    await store.transact(ageing.on_due, "AP-1")
    assert 1 == (await store.read(records.get, "AP-1")).level
    assert Status.APPROVED is (await says(store, "eve", Choice.APPROVE)).status


@pytest.mark.parametrize("severity", ["MEDIUM", "HIGH", "CRITICAL"])
async def test_a_wider_ring_weakens_nothing(store: Store, clock: ManualClock, severity: Severity) -> None:
    terms = TERMS.model_copy(update={"severity": severity, "approvals": 3})
    before = await store.transact(units.ask, draft(terms=terms), PEOPLE, TEAMS)
    clock.advance(timedelta(hours=12))
    await store.transact(ageing.on_due, "AP-1")
    after = await store.read(records.get, "AP-1")
    assert (2, before.priority, before.severity, before.rules) == (
        after.level,
        after.priority,
        after.severity,
        after.rules,
    )
    assert {"ana", "bo", "chi"} < {seat.person for seat in after.seats if seat.level <= after.level}


async def test_the_gravest_is_approved_with_a_reason_and_not_without(store: Store) -> None:
    terms = TERMS.model_copy(update={"severity": "CRITICAL"})
    request = await store.transact(units.ask, draft(terms=terms), PEOPLE, TEAMS)
    mute = await store.transact(units.decide, "AP-1", PEOPLE["ana"], Choice.APPROVE, "", request.digest)
    assert "This needs a reason." in mute.words
    assert () == (await store.read(records.get, "AP-1")).votes
    assert 1 == len((await says(store, "ana", Choice.APPROVE)).votes)


# Rule 62: a step on the way moves no deadline; each at the deadline has its own time, one after the other.
async def test_a_step_on_the_way_leaves_the_deadline_and_each_at_the_end_has_its_own_time(
    store: Store, clock: ManualClock
) -> None:
    hour, manager = timedelta(hours=1), (Ask(role="manager"),)
    steps = (
        Rung(at=0.75, add=manager),
        Rung(at=1.0, add=(Ask(role="developer"),), timeout=hour),
        Rung(at=1.0, add=(Ask(person="bo"),), timeout=2 * hour),
    )
    terms = TERMS.model_copy(update={"ask": (Ask(person="ana"), Ask(person="chi")), "escalation": steps})
    request = await store.transact(units.ask, draft(terms=terms, by="rex"), PEOPLE, TEAMS)
    end = request.expires
    course = []
    for span in (9 * hour, 3 * hour, hour, 2 * hour):
        clock.advance(span)
        await store.transact(ageing.on_due, "AP-1")
        now = await store.read(records.get, "AP-1")
        course.append((now.level, (now.expires - end) / hour, now.status))
    assert [(1, 0, "PENDING"), (2, 1, "PENDING"), (3, 3, "PENDING"), (3, 3, "EXPIRED")] == course


@pytest.mark.parametrize("level", [1, 2])
async def test_a_veto_holds_at_every_level(store: Store, clock: ManualClock, level: int) -> None:
    """Rule 65: an emergency asks more people, and outvotes nobody who could say no before."""
    terms = TERMS.model_copy(update={"rejections_to_block": 3})
    terms = terms.model_copy(update={"escalation": (terms.escalation[0], EMERGENCY)})
    await store.transact(units.ask, draft(terms=terms), PEOPLE, TEAMS)
    await says(store, "ana", Choice.APPROVE)
    for hours in (9, 3)[:level]:
        clock.advance(timedelta(hours=hours))
        await store.transact(ageing.on_due, "AP-1")
    assert level == (await store.read(records.get, "AP-1")).level
    vetoed = await says(store, "chi", Choice.REJECT, "never")
    assert vetoed.final is not None
    assert (Status.REJECTED, "VETOED", "chi") == (vetoed.status, vetoed.final.code, vetoed.final.actor)
