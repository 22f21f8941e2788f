"""Rule 27: who is there, on call or in their hours says who is told first, and never who decides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.approvals import units
from core.approvals.request import Choice, Request, Seat, Status
from core.approvals.seating import units as seating
from core.clock import ManualClock
from core.people import units as people
from core.people.absences.records import Absence
from core.store.engine import Store, Unit
from tests.core.approvals.people import PEOPLE, TEAMS, draft

_HOURS = timedelta(hours=1)


def all_here(unit: Unit) -> None:
    for person in PEOPLE.values():
        people.was_here(unit, person)


def security_is_away(unit: Unit) -> None:
    all_here(unit)
    seating.away(unit, Absence("chi", unit.now - _HOURS, unit.now + 48 * _HOURS, "on a boat"))


def only_the_engineers_are_here(unit: Unit) -> None:
    people.was_here(unit, PEOPLE["ana"])
    people.was_here(unit, PEOPLE["bo"])


def seats_of(request: Request) -> tuple[Seat, ...]:
    return tuple(sorted(request.seats, key=lambda seat: seat.person))


async def says(store: Store, request: Request, who: str) -> Status:
    vote: tuple[Any, ...] = (request.id, PEOPLE[who], Choice.APPROVE, "so", request.digest)
    decided = await store.transact(units.decide, *vote)
    assert decided.refusal is None
    return decided.request.status


@pytest.mark.parametrize("scene", [security_is_away, only_the_engineers_are_here])
async def test_whoever_is_not_there_is_asked_all_the_same_and_cannot_be_done_without(
    store: Store, clock: ManualClock, scene: Callable[[Unit], None]
) -> None:
    await store.transact(people.sync, PEOPLE)
    await store.transact(all_here)
    usual = await store.transact(units.ask, draft(), PEOPLE, TEAMS)
    clock.advance(6 * _HOURS)
    await store.transact(scene)
    request = await store.transact(units.ask, draft("k2"), PEOPLE, TEAMS)
    assert seats_of(usual) == seats_of(request)
    assert usual.rules.needed == request.rules.needed
    assert Status.PENDING is await says(store, request, "ana")
    assert Status.PENDING is await says(store, request, "bo"), "security must be among them, there or not"
    assert Status.APPROVED is await says(store, request, "chi")
