"""Find or create: the incident that is open for the same service, and what somebody else saw of it; part of a transaction.

Source: the first step of the co-pilot design's incident handling (3.3).
"""

from datetime import timedelta
from typing import Protocol

from core.incidents import records as incidents
from core.incidents.config import IncidentsConfig
from core.incidents.finding import records
from core.incidents.incident import Incident
from core.incidents.severity import label
from core.incidents.units import VIEW, News, Told, change, tell
from core.people.person import Person
from core.place import Place
from core.store import outbox, turns
from core.store.engine import Unit
from core.text import clean, cut, one_line

_SEEN = 1_000


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def incidents(self) -> IncidentsConfig:
        """How incidents go."""
        ...


def same(unit: Unit, scene: Scene, service: str, title: str) -> Incident | None:
    """The open incident that this may be, if there is one; two who declare at once take turns."""
    if scene.incidents.same_within <= timedelta():
        return None
    turns.take(unit, f"declare:{service or one_line(title).lower()}")
    return records.like(unit, service, one_line(title), unit.now - scene.incidents.same_within)


def join(unit: Unit, incident_id: str, by: Person, seen: str, place: Place | None = None) -> Incident:
    """Somebody sees the same: what they say stands on its timeline, and its card where they said it.

    How grave they say it is belongs to `raised`.
    """
    incident = incidents.get(unit, incident_id, lock=True)
    words = cut(clean(seen), _SEEN)
    told = Told("incident.seen_too", by, f"{by.name} sees it too{f': {words}' if words else '.'}")
    joined = change(unit, incident, told)
    if place is not None:
        outbox.publish(unit, VIEW, incident.id, place)
    return joined


def raised(unit: Unit, incident: Incident, by: Person, severity: int | None) -> Incident:
    """It was declared again as this grave: an open one is raised to it, and a milder word changes nothing."""
    if severity is None or severity >= incident.severity or not incident.is_open:
        return incident
    why = f"declared again as {label(severity)} by {by.name}"
    return tell(unit, incident.id, by, News(severity=severity, why=why))
