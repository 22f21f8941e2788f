"""Whoever is on call when a question is made, or goes to its next step, is asked, and nobody else for them."""

from datetime import datetime, timedelta

import pytest

from core.approvals import records, units
from core.approvals.ageing import units as ageing
from core.approvals.delegations.delegation import Delegation
from core.approvals.request import Ask, Choice, Request, Rung, Status, Terms
from core.approvals.seating import units as seating
from core.clock import ManualClock
from core.errors import Invalid
from core.oncall import units as oncall
from core.oncall.schedule import Layer, Override, Schedule
from core.people import units as people_units
from core.store import events
from core.store.engine import Store
from tests.core.approvals.people import PEOPLE, TEAMS, draft

# The week of START is Ana's; the next one is Bo's.
PRIMARY = Schedule("primary", "UTC", (Layer(("ana", "bo"), "weekly", datetime(2026, 1, 5, 9)),))  # noqa: DTZ001 - a time on the wall
ON_CALL = {"platform": TEAMS["platform"].model_copy(update={"schedule": "primary"})}
OF_TEAM = Ask(team="platform", oncall=True)


async def asked(store: Store, terms: Terms, by: str = "dev") -> Request:
    await store.transact(people_units.sync, PEOPLE)
    return await store.transact(units.ask, draft(terms=terms, by=by), PEOPLE, ON_CALL, {"primary": PRIMARY})


def seats(request: Request) -> dict[str, tuple[int, tuple[str, ...]]]:
    return {seat.person: (seat.level, seat.groups) for seat in request.seats if not seat.gone}


async def put(store: Store, person: str, hours: int) -> None:
    now = store.clock.now()
    made = Override("primary", person, now, now + timedelta(hours=hours), by="ana")
    await store.transact(oncall.override, PRIMARY, PEOPLE[person], made)


async def test_the_person_on_call_is_asked_for_the_team_and_for_the_schedule(store: Store) -> None:
    request = await asked(store, Terms(ask=(OF_TEAM, Ask(schedule="primary"))))
    assert {"ana": (0, ("on call for platform", "on call for primary"))} == seats(request)


async def test_an_override_says_who_is_asked(store: Store) -> None:
    await put(store, "eve", 4)
    assert {"eve": (0, ("on call for platform",))} == seats(await asked(store, Terms(ask=(OF_TEAM,))))


async def test_a_change_of_shift_changes_nothing_for_what_is_open(store: Store, clock: ManualClock) -> None:
    request = await asked(store, Terms(ask=(OF_TEAM,), timeout=timedelta(days=14)))
    clock.advance(timedelta(days=8))
    await put(store, "bo", 4)
    await store.transact(seating.people_changed, PEOPLE, ON_CALL)
    assert {"ana"} == set(seats(await store.read(records.get, request.id)))
    decided = await store.transact(
        units.decide, request.id, PEOPLE["ana"], Choice.APPROVE, "", request.digest
    )
    assert Status.APPROVED is decided.request.status


async def test_who_is_on_call_when_the_next_step_is_taken_joins_then(
    store: Store, clock: ManualClock
) -> None:
    terms = Terms(
        ask=(Ask(role="security"),),
        timeout=timedelta(hours=8),
        escalation=(Rung(at=0.5, add=(OF_TEAM,)),),
    )
    request = await asked(store, terms)
    assert {"chi"} == set(seats(request))
    await put(store, "eve", 8)
    clock.advance(timedelta(hours=4))
    await store.transact(ageing.on_due, request.id)
    now = await store.read(records.get, request.id)
    assert (1, ("on call for platform",)) == seats(now)["eve"]
    escalated = [
        it for it in await store.read(events.history, request.id) if it["kind"] == "approval.escalated"
    ]
    assert [["eve"]] == [it["data"]["added"] for it in escalated]
    decided = await store.transact(
        units.decide, request.id, PEOPLE["eve"], Choice.APPROVE, "", request.digest
    )
    assert Status.APPROVED is decided.request.status


async def test_who_has_a_seat_and_comes_on_call_keeps_it_with_one_more_group(
    store: Store, clock: ManualClock
) -> None:
    terms = Terms(
        ask=(Ask(role="sre"), Ask(role="security")),
        approvals=2,
        timeout=timedelta(hours=8),
        escalation=(Rung(at=0.5, add=(OF_TEAM,)),),
    )
    request = await asked(store, terms)
    clock.advance(timedelta(hours=4))
    await store.transact(ageing.on_due, request.id)
    now = await store.read(records.get, request.id)
    assert (0, ("sre", "on call for platform")) == seats(now)["ana"]


async def test_whoever_asks_and_is_on_call_is_told_that_somebody_else_must_be(store: Store) -> None:
    with pytest.raises(Invalid) as refused:
        await asked(store, Terms(ask=(OF_TEAM,)), by="ana")
    assert "only 0 people may decide" in refused.value.what
    assert "`/oncall override` puts somebody else on call." in refused.value.mend
    with pytest.raises(Invalid) as refused:
        await asked(store, Terms(ask=(OF_TEAM.model_copy(update={"must": True}), Ask(role="sre"))), by="ana")
    assert "Whoever is on call for platform must approve this" in refused.value.what


@pytest.mark.parametrize("veto", [Ask(role="manager"), OF_TEAM])
async def test_who_joins_because_they_are_on_call_keeps_their_veto(
    store: Store, clock: ManualClock, veto: Ask
) -> None:
    later = (Rung(at=0.5, add=(OF_TEAM,)),)
    terms = Terms(ask=(Ask(role="security"),), veto=(veto,), timeout=timedelta(hours=8), escalation=later)
    request = await asked(store, terms)
    await put(store, "eve", 8)
    clock.advance(timedelta(hours=4))
    await store.transact(ageing.on_due, request.id)
    said = (request.id, PEOPLE["eve"], Choice.REJECT, "no", request.digest)
    ended = (await store.transact(units.decide, *said)).request
    assert (Status.REJECTED, "VETOED") == (ended.status, ended.final.code if ended.final else "")


async def test_the_deputy_of_somebody_who_comes_on_call_later_may_decide(
    store: Store, clock: ManualClock
) -> None:
    later = (Rung(at=0.5, add=(OF_TEAM,)),)
    terms = Terms(ask=(Ask(role="security"),), timeout=timedelta(hours=8), escalation=later)
    request = await asked(store, terms)
    now = clock.now()
    away = Delegation("ana", "bo", now, now + timedelta(days=2), "on a boat")
    assert [] == await store.transact(seating.delegate, PEOPLE, away, {})
    clock.advance(timedelta(hours=4))
    await store.transact(ageing.on_due, request.id)
    seat = (await store.read(records.get, request.id)).seat_of("bo")
    assert seat is not None
    assert ("ana", "Bo for Ana", 1) == (seat.stands_for, seat.name, seat.level)
    kinds = [event["kind"] for event in await store.read(events.history, request.id)]
    assert "approval.delegated" in kinds
    decided = await store.transact(units.decide, request.id, PEOPLE["bo"], Choice.APPROVE, "", request.digest)
    assert Status.APPROVED is decided.request.status
