"""What triage goes by: frozen facts of an incident and of what was going on around it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from core.catalogue.deployments.deployment import Deployment
from core.catalogue.model import Service


@dataclass(frozen=True)
class Run:
    """A runbook that ran for a service before the incident began."""

    id: str
    runbook: str
    service: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Nearby:
    """An alert or another incident of a service that this one depends on: its id, what it is, since when."""

    id: str
    name: str
    service: str
    at: datetime


@dataclass(frozen=True)
class Past:
    """An earlier incident of the same service whose cause is known."""

    id: str
    cause: str
    at: datetime


@dataclass(frozen=True)
class Facts:
    """Everything that is known, and nothing else counts: the same facts give the same triage.

    Attributes:
        title: of the incident, as it was declared.
        service: the service that it concerns; empty if none is named.
        began: when it was declared.
        first: when its first alert began to fire; None without alerts.
        labels: of its alerts, each alert's own.
        alerts: the names of its alerts.
        touched: the services of its alerts besides its own.
        services: the catalogue.
        health: how services are by their checks: healthy, degraded, unhealthy.
        runs: that began before it, the newest first.
        deployments: reported by pipelines, of its service and of what that depends on, from before it, the newest first.
        nearby: alerts that fire for services it depends on.
        others: open incidents of services it depends on.
        past: earlier incidents of the service, the newest first.
        team: to whom people gave it; empty if nobody did.
        category: what people said it is, and `category_by` who; empty if nobody did.
    """

    title: str
    began: datetime
    service: str = ""
    first: datetime | None = None
    labels: tuple[Mapping[str, str], ...] = ()
    alerts: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    services: Mapping[str, Service] = field(default_factory=dict)
    health: Mapping[str, str] = field(default_factory=dict)
    runs: tuple[Run, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    nearby: tuple[Nearby, ...] = ()
    others: tuple[Nearby, ...] = ()
    past: tuple[Past, ...] = ()
    team: str = ""
    category: str = ""
    category_by: str = ""
