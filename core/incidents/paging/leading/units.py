"""Whoever answers the page of an incident leads it, and the lead that came with a page goes with it; parts of a unit."""

from collections.abc import Mapping
from typing import Any

from core.errors import Conflict
from core.incidents import units
from core.incidents.incident import Incident, State
from core.incidents.roles.role import Role, held_by
from core.incidents.roles.units import GIVEN
from core.incidents.units import Told, change
from core.incidents.whispers import units as whispers
from core.paging.page import Origin, Page
from core.people.person import Person
from core.store import events
from core.store.engine import Unit

_ACKNOWLEDGED = "incident.acknowledged"


def answers_for(page: Page) -> bool:
    """Whether who takes it takes its incident on: whoever is called by name may only be asked for advice."""
    return page.origin is Origin.INCIDENT or bool(page.plan.name)


def goes_along(unit: Unit, incident: Incident, page: Page) -> bool:
    """Whether the lead goes to whoever has the page now: whoever leads does so only because they had answered it."""
    if not (incident.is_open and incident.lead and answers_for(page)) or incident.lead == page.owner:
        return False
    made = next((one for one in reversed(events.history(unit, incident.id)) if _makes_lead(one)), None)
    return made is not None and made["data"].get("page") == page.id


def comes_with(unit: Unit, incident: Incident, page: Page) -> bool:
    """Whether whoever has taken this page leads by that."""
    is_new = incident.state is State.OPEN and answers_for(page)
    return is_new or goes_along(unit, incident, page)


def follow(unit: Unit, incident: Incident, page: Page, owner: Person, via: str) -> None:
    """Somebody has taken this page, by `via`: what nobody had taken on is theirs, and so is the lead that came with the page."""
    if incident.state is State.OPEN and answers_for(page):
        try:
            units.acknowledge(unit, incident.id, owner, page=page.id)
        except Conflict:  # somebody has taken it further meanwhile
            return
    elif goes_along(unit, incident, page):
        said = f"{owner.name} has {page.id} now, and leads instead of {incident.lead_name}."
        data = {
            "role": str(Role.COMMANDER),
            "person": owner.id,
            "before": incident.lead,
            "page": page.id,
        }
        told = Told(GIVEN, owner, said, (incident.lead,), data)
        change(unit, incident, told, **held_by(Role.COMMANDER, owner.id, owner.name))
    else:
        return
    whispers.brief(unit, owner, incident.id, str(Role.COMMANDER), via)


def _makes_lead(event: Mapping[str, Any]) -> bool:
    """Whether this made somebody lead, or nobody."""
    data = event["data"]
    is_given = event["kind"] == GIVEN and data.get("role") == str(Role.COMMANDER)
    return is_given or event["kind"] == _ACKNOWLEDGED or bool(data.get("taken_by"))
