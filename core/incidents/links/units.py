"""Linking an incident to what it has to do with, and taking that back; each public function one transaction."""

from core.approvals import records as approvals
from core.errors import Conflict, Invalid, NotFound
from core.incidents import records as incidents
from core.incidents.incident import Incident
from core.incidents.links import records
from core.incidents.links.link import Link, read
from core.incidents.units import Told, change
from core.people.person import Person
from core.runbooks import records as runs
from core.store.engine import Unit
from core.text import one_line

_MOST = 30
_NOTE = 200


def link(unit: Unit, incident_id: str, by: Person, words: str, note: str = "") -> Link:
    """It has to do with this; of two incidents each knows the other.

    Raises:
        Invalid: that is nothing to link to, or itself.
        NotFound: there is no such thing.
        Conflict: they are linked, or it has as many links as anybody can read.
    """
    to, sort = read(words)
    if to == incident_id:
        raise Invalid("An incident has always to do with itself.", "Name another one.")
    match sort:
        case "incident":
            incidents.get(unit, to)
        case "run":
            runs.get(unit, to)
        case "approval":
            approvals.get(unit, to)
        case "url":
            pass
    made = Link(to, sort, by.name, one_line(note, _NOTE))
    first, *others = sorted({incident_id, to} if sort == "incident" else {incident_id})
    for one in (first, *others):
        other = Link(incident_id, sort, made.by, made.note) if one == to else made
        _add(unit, incidents.get(unit, one, lock=True), by, other)
    return made


def unlink(unit: Unit, incident_id: str, by: Person, words: str) -> Link:
    """It has nothing to do with this after all.

    Raises:
        Invalid: that is nothing to link to.
        NotFound: they are not linked.
    """
    to, sort = read(words)
    pairs = {incident_id: to, to: incident_id} if sort == "incident" else {incident_id: to}
    known = {one.to: one for one in records.of(unit, incident_id)}
    if to not in known:
        listed = ", ".join(known) or "none"
        raise NotFound(f"{incident_id} is not linked to {one_line(to, 80)}.", f"Its links: {listed}.")
    for one, other in sorted(pairs.items()):
        incident = incidents.get(unit, one, lock=True)
        if records.remove(unit, one, other):
            told = Told(
                "incident.unlinked", by, f"{by.name} took the link to {other} away.", data={"to": other}
            )
            change(unit, incident, told)
    return known[to]


def _add(unit: Unit, incident: Incident, by: Person, made: Link) -> None:
    known = records.of(unit, incident.id)
    if any(one.to == made.to for one in known):
        raise Conflict(f"{incident.id} is linked to {one_line(made.to, 80)} already.", "Nothing was changed.")
    if len(known) >= _MOST:
        raise Conflict(f"{incident.id} has {_MOST} links.", "Take some away: `/incident unlink`.")
    records.add(unit, incident.id, made)
    note = f": {made.note}" if made.note else "."
    told = Told(
        "incident.linked", by, f"{by.name} linked {made.to}{note}", data={"to": made.to, "sort": made.sort}
    )
    change(unit, incident, told)
