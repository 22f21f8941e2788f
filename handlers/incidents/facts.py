"""Who declared an incident, took it on, resolved or closed it, for whoever does not ask for all of it."""

from datetime import datetime

from core.incidents import records
from core.incidents.incident import Incident
from core.store import events
from core.store.engine import Unit
from core.text import cut, moment, one_line
from core.world import World
from handlers.cards.card import Button, Card, say

_FACTS, _TITLE, _HOW = 700, 120, 300


def who(unit: Unit, world: World, incident_id: str, did: str) -> Card:
    """Who `did` it and when: declared, acknowledged, resolved or closed; or how it stands, where nobody has.

    Raises:
        NotFound: there is no such incident.
    """
    incident = records.get(unit, incident_id)
    said = _declared(incident) if did == "declared" else _since(unit, world, incident, did)
    show = Button(
        label=f"Show {incident.id}", verb="incident.show", object=incident.id, speak=f"Show {incident.id}"
    )
    return say(cut(said, _FACTS)).model_copy(update={"controls": (show,)})


def _declared(incident: Incident) -> str:
    title = one_line(incident.title, _TITLE)
    return f"{incident.declared_name} declared {incident.id} at {moment(incident.created)}: {title}. {_stands(incident)}"


def _since(unit: Unit, world: World, incident: Incident, did: str) -> str:
    at = _at(incident, did)
    if at is None:
        return f"{incident.id} is not {did} yet: {one_line(incident.title, _TITLE)}. {_stands(incident)}"
    event = events.last(unit, incident.id, f"incident.{did}")
    person = world.people.get(event["actor"]) if event else None
    if person is None and did == "acknowledged" and incident.lead_name:
        return (
            f"{incident.lead_name} leads {incident.id}; it was taken on at {moment(at)}. {_stands(incident)}"
        )
    by = (
        f"{person.name} has {did} {incident.id}"
        if person
        else f"{incident.id} was {did} by no person but by itself"
    )
    told = one_line(incident.resolution or incident.cause, _HOW).rstrip(". ")
    how = f": {told}" if told and did == "resolved" else ""
    stands = "" if did == "resolved" and not incident.is_open else _stands(incident)
    return f"{by}, at {moment(at)}{how}. {stands}".rstrip()


def _at(incident: Incident, did: str) -> datetime | None:
    return {
        "acknowledged": incident.acknowledged,
        "resolved": incident.resolved,
        "closed": incident.closed,
    }[did]


def _stands(incident: Incident) -> str:
    lead = f", {incident.lead_name} leads it" if incident.is_open and incident.lead_name else ""
    return f"It is {incident.state}{lead}."
