"""What becomes of an alert by the routes: which one is taken, how grave it is, what it concerns. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core import cel
from core.catalogue.model import Service
from core.catalogue.names import plain
from core.errors import Invalid
from core.incidents.alerts.alert import Alert, grade_of
from core.incidents.config import EXPRESSION_NAMES, GRADES, AlertsConfig, HandlingConfig, RouteConfig
from core.incidents.silences.silence import Told, marks

_HINTS = ("service", "app", "application", "job", "component", "namespace")


@dataclass(frozen=True)
class Handling:
    """What is done about an alert: `grade` is the severity to declare, 0 for no incident."""

    config: HandlingConfig
    grade: int
    has_route: bool


def facts(source: str, service: str, status: str, told: Told) -> dict[str, Any]:
    """What conditions see of an alert: for labels the same that silences see, what is known of it otherwise among them."""
    labels = marks(source, service, told)
    return {"labels": labels, "annotations": dict(told.annotations), "source": source, "status": status}


def handling(config: AlertsConfig, alert: Alert) -> Handling:
    """The first route that matches; else what is done with alerts that none matches: they are never dropped.

    Without words for it in the file, those become incidents as grave as their own severity label says.
    """
    route = _route(config, facts(alert.source, alert.service, str(alert.state), alert))
    if route is not None:
        return Handling(route, GRADES[route.declare] if route.declare else 0, has_route=True)
    otherwise = config.otherwise or HandlingConfig()
    named = GRADES.get(otherwise.declare or "")
    return Handling(otherwise, named or grade_of(alert.severity), has_route=False)


def has_route(config: AlertsConfig, seen: Mapping[str, Any]) -> bool:
    """Whether a route matches what conditions see of an alert."""
    return _route(config, seen) is not None


def worst(found: Iterable[Handling]) -> Handling | None:
    """The one that declares the gravest incident; without any, one that only tells."""
    known = list(found)
    declaring = [one for one in known if one.grade]
    return min(declaring, key=lambda one: one.grade) if declaring else (known[0] if known else None)


def names_of(services: Mapping[str, Service]) -> Mapping[str, str]:
    """The services by every name and alias that they have, as they are compared."""
    return {plain(name): one.name for one in services.values() for name in (one.name, *one.aliases)}


def service_of(names: Mapping[str, str], said: str, labels: Mapping[str, str]) -> str:
    """The service that an alert names by one of these names; empty if it names none."""
    for hint in (said, *(labels.get(name, "") for name in _HINTS)):
        found = names.get(plain(hint)) if hint else None
        if found is not None:
            return found
    return ""


def _route(config: AlertsConfig, seen: Mapping[str, Any]) -> RouteConfig | None:
    prepared = cel.Values(seen)
    return next((route for route in config.routes if _holds(route.match, prepared)), None)


def _holds(condition: str, seen: cel.Values) -> bool:
    try:
        return cel.compile(condition, EXPRESSION_NAMES).holds(seen)
    except Invalid:
        # It asks for a label that is not there, so it is not meant.
        return False
