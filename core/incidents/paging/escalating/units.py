"""The next people are called for an incident, by its page or by one that begins; each public function is one transaction."""

from core.errors import Conflict
from core.incidents.incident import Incident
from core.incidents.paging.units import Scene, plan_of, wish_of
from core.paging import records as pages
from core.paging import units as paging
from core.paging.page import Origin, Page
from core.people.contact import Urgency
from core.people.person import Person
from core.store.engine import Unit


def page_of(unit: Unit, scene: Scene, incident: Incident) -> Page | None:
    """The page by which an incident calls people: its own, else one that goes by the same escalation."""
    known = pages.of_incident(unit, incident.id)
    plan = plan_of(unit, scene, incident)
    own = [one for one in known if one.origin is Origin.INCIDENT] or [
        one for one in known if one.plan == plan
    ]
    return own[0] if own else None


def escalate(unit: Unit, scene: Scene, incident: Incident, by: Person) -> Page:
    """Call the next people for an incident; without a page of its own, begin one.

    Raises:
        Conflict: it is over, or no escalation leads to anybody.
    """
    if not incident.is_open:
        raise Conflict(f"{incident.id} is over.", f"`/incident reopen {incident.id}` opens it again.")
    page = page_of(unit, scene, incident)
    if page is not None:
        return paging.escalate(unit, scene, page.id, by)
    plan = plan_of(unit, scene, incident)
    if plan is None:
        mend = "Name somebody: `/incident page @name`. An administrator writes `escalations:`."
        raise Conflict(f"No escalation leads from {incident.id} to anybody.", mend)
    return paging.start(unit, scene, wish_of(unit, scene, incident, plan, Urgency.HIGH, by))
