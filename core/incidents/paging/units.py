"""Incidents call people, and learn what became of it: reactions to each other's events, each one transaction."""

from collections.abc import Mapping
from typing import Any, Protocol

from core.catalogue.model import Service
from core.errors import Conflict
from core.incidents import records, units
from core.incidents.incident import Incident, State
from core.incidents.paging import words
from core.incidents.severity import label
from core.paging import records as pages
from core.paging import units as paging
from core.paging.config import Attached, plan_for, urgency_of
from core.paging.page import Origin, Page, Plan
from core.paging.page import State as Standing
from core.paging.scene import Scene as Calling
from core.paging.units import Wish
from core.people.contact import Urgency
from core.people.person import Person
from core.store import events
from core.store.engine import Unit

_RULE = Person(id="system", name="Wardroom", kind="agent")


class Scene(Calling, Protocol):
    """What of the world is needed to know who is called for an incident."""

    @property
    def services(self) -> Mapping[str, Service]:
        """The catalogue, by name."""
        ...


def on_incident(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Something became of an incident: people are called for it, or need not answer any more."""
    del data
    incident = records.get(unit, ref, lock=True)
    if incident.state is State.OPEN:
        _call(unit, scene, incident)
        return
    lead = scene.people.get(incident.lead)
    for page in pages.of_incident(unit, ref):
        if not incident.is_open:
            paging.end(unit, page.id, "system")
        elif page.origin is Origin.INCIDENT and page.state is Standing.CALLING:
            # Whoever leads has it; without anybody who does, somebody elsewhere has it in hand.
            if lead is not None:
                paging.take(unit, page.id, lead, "incident")
            else:
                paging.end(unit, page.id, "system")


def _call(unit: Unit, scene: Scene, incident: Incident) -> None:
    """Call people for an incident, unless somebody is called or has it."""
    urgency = urgency_of(scene.paging, incident.severity)
    known = pages.of_incident(unit, incident.id)
    if incident.is_test or urgency is None or any(one.origin is Origin.INCIDENT for one in known):
        return
    plan = plan_of(unit, scene, incident)
    if plan is not None:
        paging.start(
            unit, scene, Wish(title_of(incident), plan, _RULE, urgency, Origin.INCIDENT, incident.id)
        )
    elif urgency is Urgency.HIGH and (scene.escalations or scene.schedules):
        units.remark(unit, incident, _RULE, words.nobody(incident.service))


def on_page_event(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Something became of a page: its incident says so, and is taken on by whoever took the page."""
    incident_id = str(data.get("incident", ""))
    kind = str(data.get("kind", ""))
    if not incident_id:
        return
    incident = records.get(unit, incident_id, lock=True)
    page = pages.get(unit, ref)
    said = words.said(page, kind, data, {one.id: one.name for one in scene.people.values()})
    if said:
        incident = units.remark(unit, incident, _RULE, said)
    owner = scene.people.get(page.owner)
    takes = kind == "page.taken" and page.origin is Origin.INCIDENT and owner is not None
    if takes and owner is not None and incident.state is State.OPEN:
        try:
            units.acknowledge(unit, incident.id, owner)
        except Conflict:  # somebody has taken it further meanwhile
            return


def plan_of(unit: Unit, scene: Scene, incident: Incident) -> Plan | None:
    """Who is called for an incident: by the route of its alerts, its severity, its service, its team."""
    declared = next(
        (one for one in events.history(unit, incident.id) if one["kind"] == "incident.declared"), None
    )
    said = declared["data"] if declared else {}
    service = scene.services.get(incident.service)
    team = scene.teams.get(said.get("team") or (service.owner if service else None) or "")
    own = (service.escalation if service else None) or ""
    attached = Attached(str(said.get("escalation") or ""), own, team)
    return plan_for(scene.paging, scene.escalations, incident.severity, attached)


def escalate(unit: Unit, scene: Scene, incident: Incident, by: Person) -> Page:
    """Call the next people for an incident; without a page of its own, begin one.

    Raises:
        Conflict: it is over, or no escalation leads to anybody.
    """
    if not incident.is_open:
        raise Conflict(f"{incident.id} is over.", f"`/incident reopen {incident.id}` opens it again.")
    for page in pages.of_incident(unit, incident.id):
        if page.origin is Origin.INCIDENT:
            return paging.escalate(unit, scene, page.id, by)
    plan = plan_of(unit, scene, incident)
    if plan is None:
        mend = "Name somebody: `/incident page @name`. An administrator writes `escalations:`."
        raise Conflict(f"No escalation leads from {incident.id} to anybody.", mend)
    return paging.start(
        unit, scene, Wish(title_of(incident), plan, by, origin=Origin.INCIDENT, incident=incident.id)
    )


def title_of(incident: Incident) -> str:
    """What a page of an incident is about."""
    return f"{label(incident.severity)} {incident.id} {incident.title}"


# What of a page is said on the timeline of its incident.
TOLD = (
    *("page.called", "page.taken", "page.unanswered", "page.not_heard", "page.released", "page.lapsed"),
    "page.offered",
)
REACTIONS = {
    "incidents.on_page_event": on_page_event,
    "paging.on_incident": on_incident,
}
