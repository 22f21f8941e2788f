"""Those who come into a request because they are on call when it goes to its next step; part of a transaction."""

from collections.abc import Mapping

from core.approvals import records
from core.approvals.delegations import records as delegations
from core.approvals.delegations.delegation import stand_ins
from core.approvals.request import Request, Seat, Step
from core.approvals.seats.records import reseat
from core.oncall import units as oncall
from core.people.person import Person
from core.people.records import people
from core.store import events
from core.store.engine import Unit


def join(unit: Unit, request: Request, step: Step, level: int) -> Request:
    """The request with those who are on call now by the schedules of this step; nobody loses a seat by it."""
    if not step.watches:
        return request
    on_call = oncall.on_call(unit, {each.schedule.name: each.schedule for each in step.watches})
    known = people(unit)
    for watch in step.watches:
        person, active = known.get(on_call[watch.schedule.name], (None, False))
        if person is None or not active or not person.is_human or person.id in request.rules.excluded:
            continue
        before = next((seat for seat in request.seats if seat.person == person.id), None)
        veto = watch.vetoes or person.id in watch.veto
        seat = Seat(person=person.id, name=person.name, groups=(watch.group,), level=level, veto=veto)
        request = _seated(unit, request, before, seat)
    return _with_deputies(unit, request, {name: person for name, (person, active) in known.items() if active})


def _with_deputies(unit: Unit, request: Request, people: Mapping[str, Person]) -> Request:
    """The request with the deputies of those who have just come, who may be away as well."""
    given = delegations.current(unit)
    new = stand_ins(request.seats, given, people, request.rules.excluded, unit.now)
    for seat in new:
        before = next((one for one in request.seats if one.person == seat.person), None)
        request = _seated(unit, request, before, seat)
        until = next(one.ends for one in given if (one.person, one.deputy) == (seat.stands_for, seat.person))
        facts = {"person": seat.stands_for, "deputy": seat.person, "until": until}
        events.append(unit, "approval.delegated", request.id, actor=str(seat.stands_for), data=facts)
    return request


def _seated(unit: Unit, request: Request, before: Seat | None, new: Seat) -> Request:
    if before is None or before.gone:
        seat = new
    else:
        groups = tuple(dict.fromkeys((*before.groups, *new.groups)))
        seat = before.model_copy(
            update={"groups": groups, "level": min(before.level, new.level), "veto": before.veto or new.veto}
        )
    if before is None:
        records.seat_all(unit, request.id, [seat])
    else:
        reseat(unit, request.id, seat)
    others = tuple(one for one in request.seats if one.person != seat.person)
    return request.model_copy(update={"seats": (*others, seat)})
