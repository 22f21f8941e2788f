"""Those who come into a request because they are on call when it goes to its next step; part of a transaction."""

from core.approvals import records
from core.approvals.request import Request, Seat, Step
from core.approvals.seats.records import reseat
from core.oncall import units as oncall
from core.people.records import people
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
