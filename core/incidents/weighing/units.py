"""Gathering what is known of an incident, for the judgement of how grave it is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from core.catalogue.graph import dependents
from core.catalogue.model import Service
from core.health import records as health
from core.incidents import records
from core.incidents.incident import Incident
from core.incidents.severity import Assessment, Inputs, assess
from core.store.engine import Unit

_LATELY = timedelta(days=30)
_WEEKDAYS = 5


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def timezone(self) -> str:
        """Where the clock on the wall is."""
        ...

    @property
    def services(self) -> Mapping[str, Service]:
        """The catalogue, by name."""
        ...


def weigh(unit: Unit, scene: Scene, incident: Incident) -> Assessment:
    """How grave an incident is by what is known now."""
    return assess(known(unit, scene, incident))


def known(unit: Unit, scene: Scene, incident: Incident) -> Inputs:
    """What the house knows: the catalogue, its own health checks, the clock, and how often it happened.

    How many requests fail and how slow they are is not measured here, and so is missing.
    """
    local = unit.now.astimezone(ZoneInfo(scene.timezone))
    service = scene.services.get(incident.service)
    if service is None:
        return Inputs(hour=local.hour, is_weekday=local.weekday() < _WEEKDAYS)
    count = health.counts(unit).get(service.name)
    status = str(count.status) if count is not None else ""
    return Inputs(
        service=service.name,
        tier=service.tier,
        users=service.users or None,
        dependents=dependents(scene.services, service.name),
        slo=bool(service.slo),
        status=status if status in ("healthy", "degraded", "unhealthy") else None,
        hour=local.hour,
        is_weekday=local.weekday() < _WEEKDAYS,
        history=records.lately(unit, incident, unit.now - _LATELY),
    )
