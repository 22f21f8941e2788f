"""“ack”, said where one incident is worked on or was spoken of: it means that incident, and never the page of another one."""

from collections.abc import Sequence

from core.approvals.words import list_of
from core.errors import Forbidden
from core.incidents import records as incidents
from core.incidents import units as work
from core.incidents.incident import Incident, State
from core.incidents.paging import units as tie
from core.incidents.paging.leading import units as leading
from core.incidents.roles.role import Role
from core.incidents.whispers import units as whispers
from core.paging import records
from core.paging.answering import units
from core.paging.answering.units import Taking
from core.paging.page import Origin, Page
from core.people.permissions import may
from core.people.person import Person
from core.store.engine import Unit
from handlers.cards import taken
from handlers.cards.card import Button, literals, say
from handlers.oncall import first, meant
from handlers.talk.pending import Order
from handlers.verb import Call, Reply

_ACK, _LEAD = "incident.ack", "incident.lead"


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
    left = tie.still_calling(unit, call.person, ())
    card = say(*literals(f"{said} {taken.still(left)}".rstrip()), tone="good" if takes else "neutral")
    return Reply(card=card.model_copy(update={"controls": taken.controls(left)}))


def offered(unit: Unit, call: Call) -> Reply | None:
    """Whether to take on the incident that was spoken of last, or who has it, where no page calls whoever speaks; None where it is not meant."""
    if meant.is_at_page(unit, call) or not call.may(_ACK) or tie.calling(unit, call.person.id):
        return None
    incident = meant.spoken_of(unit, call)
    if incident is None:
        return None
    if incident.state is not State.OPEN:
        return None if meant.held(unit, call) else acknowledge(unit, call, incident.id)
    named = incident.id
    about = f"No page calls you. Nobody has {named} yet: {incident.title}"
    order = Order(_ACK, {"id": named})
    return first.ask(unit, call, order, f"/incident ack {named}", (f"Take {named} on?", about))


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
    has = "has" if len(names) == 1 else "have"
    return f"{list_of(list(names.values()))} {has} {incident.id}. You need not do anything."


def leads(unit: Unit, takings: Sequence[Taking], person: Person) -> str:
    """Who leads the incidents whose pages somebody has just taken from whoever leads them, and how they lead themselves."""
    said = ""
    for incident, page in _led_by_others(unit, takings, person):
        if leading.goes_along(unit, incident, page):
            said += f" You lead {incident.id} now, instead of {incident.lead_name}."
        else:
            said += f" {incident.lead_name} still leads {incident.id}; `/incident lead {incident.id}` makes you lead it."
    return said


def to_lead(unit: Unit, call: Call, takings: Sequence[Taking]) -> tuple[Button, ...]:
    """Buttons by which they lead what others still do, for whoever may."""
    if not call.may(_LEAD):
        return ()
    return tuple(
        Button(
            label=f"I lead {incident.id}",
            verb=_LEAD,
            object=incident.id,
            speak=f"Lead {incident.id}: {incident.title}",
        )
        for incident, page in _led_by_others(unit, takings, call.person)
        if not leading.goes_along(unit, incident, page)
    )


def _led_by_others(unit: Unit, takings: Sequence[Taking], person: Person) -> list[tuple[Incident, Page]]:
    new = (
        one.page
        for one in takings
        if one.outcome == "taken" and one.page.incident and leading.answers_for(one.page)
    )
    found = {one.incident: (incidents.get(unit, one.incident), one) for one in new}
    return [
        (known, page) for known, page in found.values() if known.is_open and known.lead not in ("", person.id)
    ]
