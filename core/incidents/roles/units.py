"""Giving and taking the parts in an incident, and whose it is; each public function one transaction, or part of one."""

from typing import Any

from core.errors import Conflict, Invalid
from core.incidents import records, states
from core.incidents.incident import Incident, State
from core.incidents.roles import role as roles
from core.incidents.roles.role import Role
from core.incidents.states import Happening
from core.incidents.units import Told, change
from core.people.person import Person
from core.people.team import Team
from core.store.engine import Unit

GIVEN, ASSIGNED = "incident.role_given", "incident.assigned"


def give(unit: Unit, incident_id: str, role: Role, to: Person, by: Person) -> Incident:
    """Somebody has the part from now on; whoever had it is told, and so are they.

    Whoever takes command of what nobody has taken on acknowledges it.

    Raises:
        Conflict: it is over, or they have the part already.
        Invalid: programs have no part in it.
    """
    incident = _open(unit, incident_id)
    if not to.is_human:
        mend = "Name a person; a program may post updates all the same."
        raise Invalid(f"{to.name} is a program, and cannot be {role}.", mend)
    before, name = roles.holder(incident, role)
    if before == to.id:
        raise Conflict(f"{to.name} is {role} of {incident.id} already.", "Nothing was changed.")
    changes: dict[str, Any] = dict(roles.held_by(role, to.id, to.name))
    if role is Role.COMMANDER and to.id == by.id and incident.state is State.OPEN:
        changes |= states.moved(incident, Happening.ACKNOWLEDGED, unit.now) | {"acknowledged": unit.now}
    words = _given(role, (before, name), to, by)
    ping = tuple(person for person in (to.id, before) if person and person != by.id)
    told = Told(GIVEN, by, words, ping, {"role": str(role), "person": to.id, "before": before})
    return change(unit, incident, told, **changes)


def release(unit: Unit, incident_id: str, role: Role, by: Person) -> Incident:
    """Nobody has the part from now on; whoever had it is told.

    Raises:
        Conflict: it is over, or nobody has the part.
    """
    incident = _open(unit, incident_id)
    before, name = roles.holder(incident, role)
    if not before:
        raise Conflict(f"Nobody is {role} of {incident.id}.", "Nothing was changed.")
    said = f"{by.name} gave it up" if before == by.id else f"{by.name} released {name}"
    words = f"Nobody is {role} now: {said}."
    ping = () if before == by.id else (before,)
    told = Told(GIVEN, by, words, ping, {"role": str(role), "person": "", "before": before})
    return change(unit, incident, told, **roles.held_by(role, "", ""))


def assign(
    unit: Unit, incident_id: str, to: Person | Team, by: Person, *, keeps_team: bool = False
) -> Incident:
    """It belongs to this person, or to this team, until it is closed and reviewed, and to nobody else.

    `keeps_team`: they are of the team to which it was given, which goes on being called for it.

    Raises:
        Conflict: it belongs to them already.
    """
    incident = records.get(unit, incident_id, lock=True)
    if isinstance(to, Team):
        changes = {"team": to.name, "owner": "", "owner_name": ""}
        is_so = incident.team == to.name and not incident.owner
        named, ping = f"team {to.name}", tuple[str, ...]()
    else:
        changes = {"team": incident.team if keeps_team else "", "owner": to.id, "owner_name": to.name}
        is_so = incident.owner == to.id
        named, ping = to.name, () if to.id == by.id else (to.id,)
    if is_so:
        raise Conflict(f"{incident.id} belongs to {named} already.", "Nothing was changed.")
    told = Told(ASSIGNED, by, f"{by.name} gave it to {named}.", ping, changes)
    return change(unit, incident, told, **changes)


def unassign(unit: Unit, incident_id: str, by: Person) -> Incident:
    """It belongs to nobody but the team of its service from now on; whose it was is told.

    Raises:
        Conflict: it was given to nobody.
    """
    incident = records.get(unit, incident_id, lock=True)
    if not incident.team and not incident.owner:
        raise Conflict(f"{incident.id} was given to nobody.", "Nothing was changed.")
    ping = () if incident.owner in ("", by.id) else (incident.owner,)
    had = incident.owner_name or f"team {incident.team}"
    nobody = {"team": "", "owner": "", "owner_name": ""}
    told = Told(
        ASSIGNED,
        by,
        f"{by.name} took it off {had}. It belongs to nobody now but the team of its service.",
        ping,
        nobody,
    )
    return change(unit, incident, told, **nobody)


def _open(unit: Unit, incident_id: str) -> Incident:
    incident = records.get(unit, incident_id, lock=True)
    if not incident.is_open:
        mend = f"If it is not over: `/incident reopen {incident.id}`."
        raise Conflict(f"{incident.id} is {incident.state}; nobody needs a part in it.", mend)
    return incident


def _given(role: Role, before: tuple[str, str], to: Person, by: Person) -> str:
    person, name = before
    if person == by.id:
        return f"{by.name} handed over: {to.name} is {role} now."
    instead = f", instead of {name}" if name else ""
    said = "" if to.id == by.id else f" ({by.name} said so)"
    return f"{to.name} is {role} now{instead}{said}."
