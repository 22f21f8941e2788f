"""Seats that change while a request is open: deputies who come, people who leave. Each call is one transaction."""

from collections.abc import Mapping

from core.approvals import records as requests
from core.approvals.delegations import records
from core.approvals.delegations.delegation import LONGEST, Delegation, refuse_unfit, stand_ins
from core.approvals.request import ON_CALL, Request, Seat
from core.approvals.seats import records as sitting
from core.approvals.settling import units as settling
from core.errors import Conflict, Invalid
from core.people.absences import records as absences
from core.people.absences.records import Absence
from core.people.person import Person
from core.people.team import Team
from core.store import deadlines, events, outbox
from core.store.engine import Unit

DEADLINE = "delegation.due"


def delegate(
    unit: Unit,
    people: Mapping[str, Person],
    delegation: Delegation,
    deputies: Mapping[str, frozenset[str]],
) -> list[str]:
    """Let somebody decide in one's place, also on what is open now; returns the ids of those requests.

    It takes the place of what one has delegated for the same time; what holds before and after that stays.

    Raises:
        Invalid, Forbidden: the delegation makes no sense, or the deputy has not the standing for it.
        Conflict: the deputy has delegated to somebody else by then, and a delegation goes one hop only.
    """
    span = delegation.ends - delegation.begins
    refuse_unfit(people[delegation.person], people[delegation.deputy], span, deputies)
    others = [each for each in records.current(unit) if each.overlaps(delegation)]
    if any(each.person == delegation.deputy for each in others):
        deputy = people[delegation.deputy].name
        raise Conflict(f"{deputy} is away too and has named a deputy.", "Name somebody who is here.")
    if records.make_room(unit, delegation) and delegation.begins <= unit.now:
        why = f"{people[delegation.person].name} has named {people[delegation.deputy].name}"
        _deputies_leave(unit, delegation.person, why, delegation.deputy)
    records.add(unit, delegation)
    _arm(unit, delegation.person)
    facts = {
        "deputy": delegation.deputy,
        "begins": delegation.begins,
        "until": delegation.ends,
        "reason": delegation.reason,
    }
    events.append(unit, "delegation.made", delegation.person, actor=delegation.person, data=facts)
    joined = [
        _join(unit, people, delegation, request) for request in sitting.pending(unit, delegation.person)
    ]
    return [request for request in joined if request]


def away(unit: Unit, absence: Absence) -> list[str]:
    """Somebody is out of office for a time; returns the ids of what is open and asks them.

    They may decide all the same, and no quorum is out of reach by it: others are told first, that is all.

    Raises:
        Invalid: the time is over, or too long.
    """
    if absence.ends <= unit.now or absence.ends - absence.begins > LONGEST:
        raise Invalid("That is no time to be away.", f"Up to {LONGEST.days} days, such as 3d or 8h.")
    absences.make_room(unit, absence)
    absences.add(unit, absence)
    facts = {"begins": absence.begins, "ends": absence.ends, "reason": absence.reason}
    events.append(unit, "person.away", absence.person, actor=absence.person, data=facts)
    return _shown_again(unit, absence.person)


def back(unit: Unit, person: Person) -> bool:
    """Somebody is here again: their absence and what they have delegated end. False if there was neither."""
    ended = absences.end(unit, person.id)
    if ended:
        events.append(unit, "person.back", person.id, actor=person.id)
        _shown_again(unit, person.id)
    return bool(take_back(unit, person) + ended)


def _shown_again(unit: Unit, person: str) -> list[str]:
    """Draw the cards of what is open and asks this person."""
    waiting = sitting.pending(unit, person)
    for request in waiting:
        outbox.refresh(unit, settling.VIEW, request, urgent=True)
    outbox.refresh_homes(unit, {person})
    return waiting


def take_back(unit: Unit, person: Person) -> int:
    """End what this person has delegated: their deputies lose the seats they filled. Returns how many ended."""
    ended = records.end(unit, person.id)
    deadlines.clear(unit, DEADLINE, person.id)
    if not ended:
        return 0
    events.append(unit, "delegation.ended", person.id, actor=person.id)
    _deputies_leave(unit, person.id, f"{person.name} is back")
    return ended


def on_due(unit: Unit, people: Mapping[str, Person], person_id: str) -> None:
    """The time of a delegation has come, or is over, or both."""
    holds = next((each for each in records.of(unit, person_id) if each.begins <= unit.now), None)
    person = people.get(person_id)
    why = f"the delegation by {person.name if person else person_id} has ended"
    left = _deputies_leave(unit, person_id, why, holds.deputy if holds else "")
    if holds is None or left or records.ended_at(unit, person_id, holds.begins):
        events.append(unit, "delegation.ended", person_id, actor="system")
    if holds is not None:
        for request in sitting.pending(unit, person_id):
            _join(unit, people, holds, request)
    _arm(unit, person_id)


def _arm(unit: Unit, person_id: str) -> None:
    """Set the moment at which the next delegation of this person begins or ends."""
    moments = [each.begins if each.begins > unit.now else each.ends for each in records.of(unit, person_id)]
    if moments:
        deadlines.set(unit, DEADLINE, person_id, min(moments))
    else:
        deadlines.clear(unit, DEADLINE, person_id)


def _deputies_leave(unit: Unit, person_id: str, why: str, stays: str = "") -> int:
    """Take the seats of this person's deputies, but for one who stays; returns how many."""
    count = 0
    for request_id in sitting.pending(unit, person_id):
        request = requests.get(unit, request_id)
        for seat in [one for one in request.seats if one.stands_for == person_id and not one.gone]:
            if seat.person == stays:
                continue
            count += 1
            said = f"{seat.name} does not decide on {request_id} any more: {why}."
            request = _lose(unit, request, seat, (), said)
    return count


def people_changed(unit: Unit, people: Mapping[str, Person], teams: Mapping[str, Team]) -> int:
    """Take the seats of those who have left, or are no longer what they were asked as; returns how many.

    Source: rule 29: what they said stays in the history and does not count while the request is open.
    """
    changed = 0
    for person_id in sitting.seated(unit):
        person = people.get(person_id)
        for request_id in sitting.pending(unit, person_id):
            request = requests.get(unit, request_id)
            seat = request.seat_of(person_id)
            kept = _groups_left(seat, person, people, teams) if seat else ()
            if seat is None or set(kept) == set(seat.groups):
                continue
            changed += 1
            why = f"{seat.name} may no longer decide on {request_id}" + (
                f" for {_lost(seat, kept)}" if kept else ""
            )
            _lose(unit, request, seat, kept, f"{why}.")
    return changed


def _lost(seat: Seat, kept: tuple[str, ...]) -> str:
    return ", ".join(group for group in seat.groups if group not in kept)


def _groups_left(
    seat: Seat, person: Person | None, people: Mapping[str, Person], teams: Mapping[str, Team]
) -> tuple[str, ...]:
    if person is None or not person.active or not person.is_human:
        return ()
    asked = people.get(seat.principal)
    if asked is None or not asked.active:
        return ()
    return tuple(
        group
        for group in seat.groups
        if group in asked.roles
        or group == asked.id
        or group.startswith(ON_CALL)
        or (group in teams and asked.id in teams[group].members)
    )


def _lose(unit: Unit, request: Request, seat: Seat, kept: tuple[str, ...], why: str) -> Request:
    less = seat.model_copy(
        update={"groups": kept or seat.groups, "gone": not kept, "veto": seat.veto and bool(kept)}
    )
    sitting.reseat(unit, request.id, less)
    facts = {"person": seat.person, "groups": list(kept)}
    events.append(unit, "approval.seat_lost", request.id, actor="system", data=facts)
    seats = tuple(less if one.person == seat.person else one for one in request.seats)
    return settling.recount(unit, request.model_copy(update={"seats": seats}), why)


def _join(unit: Unit, people: Mapping[str, Person], delegation: Delegation, request_id: str) -> str:
    request = requests.get(unit, request_id)
    new = stand_ins(request.seats, [delegation], people, request.rules.excluded, unit.now)
    if not new:
        return ""
    before = {seat.person for seat in request.seats}
    for seat in new:
        if seat.person in before:
            sitting.reseat(unit, request_id, seat)
        else:
            requests.seat_all(unit, request_id, (seat,))
    facts = {"person": delegation.person, "deputy": delegation.deputy, "until": delegation.ends}
    events.append(unit, "approval.delegated", request_id, actor=delegation.person, data=facts)
    others = [seat for seat in request.seats if seat.person not in {one.person for one in new}]
    saved = request.model_copy(update={"seats": (*others, *new)})
    who, deputy = people[delegation.person].name, people[delegation.deputy].name
    settling.recount(unit, saved, f"{deputy} may now decide on {request_id} for {who}.")
    return request_id
