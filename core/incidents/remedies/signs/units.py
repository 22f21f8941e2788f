"""Seeing whether what began an incident is still wrong: its alerts, or the health checks of its service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.health import records as health
from core.health.check import Status
from core.incidents.alerts.alert import Alert
from core.incidents.alerts.search import records as searching
from core.incidents.incident import Incident
from core.incidents.remedies import words
from core.incidents.remedies.remedy import Matter, Signs
from core.incidents.triage import units as triage
from core.incidents.triage.category import category
from core.incidents.triage.units import Scene
from core.store.engine import Unit

_SIGNS = {
    Status.HEALTHY: Signs.OVER,
    Status.DEGRADED: Signs.WRONG,
    Status.UNHEALTHY: Signs.WRONG,
    Status.UNKNOWN: Signs.UNKNOWN,
}


@dataclass(frozen=True)
class Sighting:
    """What is seen of an incident: what it is about, and whether it is still wrong, by its alerts or by health checks."""

    matter: Matter
    signs: Signs
    of_alerts: bool

    def words(self, service: str) -> str:
        """How that stands by which one can tell."""
        return words.signs_are(service, of_alerts=self.of_alerts, over=self.signs is Signs.OVER)


def look(unit: Unit, scene: Scene, incident: Incident) -> Sighting:
    """What is seen of an incident now. Alerts that are kept quiet count as over: somebody knows of them."""
    sort = category(triage.facts(unit, scene, incident))[0]
    heard = searching.heard(unit, incident.id)
    if heard.tally.alerts:
        signs = Signs.WRONG if heard.tally.announced else Signs.OVER
        return Sighting(Matter(incident, [_facts(one) for one in heard.samples], sort), signs, of_alerts=True)
    count = health.counts(unit).get(incident.service) if incident.service else None
    signs = _SIGNS[count.status] if count is not None else Signs.NONE
    return Sighting(Matter(incident, category=sort), signs, of_alerts=False)


def _facts(alert: Alert) -> Mapping[str, Any]:
    return {
        "name": alert.name,
        "labels": dict(alert.labels),
        "fingerprint": alert.fingerprint,
        "source": alert.source,
        "service": alert.service,
        "severity": alert.severity,
    }
