"""“ack”, said where one incident is worked on: it means that incident, and never the page of another one."""

from collections.abc import Sequence

from core.errors import Forbidden
from core.incidents import records as incidents
from core.incidents import units as work
from core.incidents.incident import Incident, State
from core.incidents.paging import units as tie
from core.incidents.roles.role import Role
from core.incidents.whispers import units as whispers
from core.paging import records, units
from core.paging.page import Origin, Page
from core.paging.units import Taking
from core.people.permissions import may
from core.store.engine import Unit
from handlers.cards import taken
from handlers.cards.card import literals, say
from handlers.oncall import meant
from handlers.verb import Call, Reply

_ACK = "incident.ack"


def page(unit: Unit, call: Call, incident: str) -> Page | None:
    """The page of this incident that waits for whoever speaks, else one that nobody has and that they may answer."""
    mine = [one for one in tie.calling(unit, call.person.id) if one.incident == incident]
    if mine:
        return mine[0]
    own = [one for one in records.of_incident(unit, incident) if one.origin is Origin.INCIDENT]
    free = [one for one in own if one.is_unanswered]
    try:
        may_answer, _ = units.answerable(unit, free, call.person, by_role=meant.by_role(call, "oncall.ack"))
    except Forbidden:
        if incidents.get(unit, incident).state is not State.OPEN:
            raise
        return None  # whoever it does not call may take the incident on all the same
    return next(iter(may_answer), None)


def acknowledge(unit: Unit, call: Call, incident_id: str) -> Reply:
    """Without a page of it to answer: take the incident on, or say who has it; and what else calls them."""
    incident = incidents.get(unit, incident_id)
    takes = incident.state is State.OPEN and call.person.is_human and may(call.person, _ACK, call.world.roles)
    if takes:
        incident = work.acknowledge(unit, incident_id, call.person)
        whispers.brief(unit, call.person, incident_id, str(Role.COMMANDER), call.place.platform)
        said = f"{incident_id} is yours: {incident.title}. You lead it."
    else:
        said = _who_has(unit, call, incident)
    left = taken.answered((), tie.still_calling(unit, call.person, ()))
    return Reply(card=say(*literals(f"{said} {left}".rstrip()), tone="good" if takes else "neutral"))


def _who_has(unit: Unit, call: Call, incident: Incident) -> str:
    if not incident.is_open:
        return f"{incident.id} is {incident.state}; there is nothing to acknowledge."
    if incident.state is State.OPEN:
        return f"Nobody has {incident.id} yet. To take it on needs the permission `{_ACK}`."
    held = [one for one in records.of_incident(unit, incident.id) if one.owner]
    names = {one.owner: one.owner_name for one in held} or {incident.lead: incident.lead_name}
    if call.person.id in names:
        return f"{incident.id} is yours already."
    if "" in names:
        return f"Nobody leads {incident.id}, which is {incident.state}. `/incident lead {incident.id}` makes you lead it."
    return f"{' and '.join(names.values())} has {incident.id}. You need not do anything."


def still_led(unit: Unit, call: Call, takings: Sequence[Taking]) -> str:
    """Who leads the incidents whose pages somebody has just taken over, and how they lead themselves."""
    own = {
        one.page.incident for one in takings if one.page.origin is Origin.INCIDENT and one.outcome == "taken"
    }
    known = [incidents.get(unit, one) for one in sorted(own)]
    return "".join(
        f" {one.lead_name} still leads {one.id}; `/incident lead {one.id}` makes you lead it."
        for one in known
        if one.is_open and one.lead not in ("", call.person.id)
    )
