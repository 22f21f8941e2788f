"""How a service is becomes an alert, where a route asks for it: found or declared like any other incident."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.health import records as standing
from core.health.spell import VIEW
from core.incidents.alerts import records
from core.incidents.alerts import units as alerts
from core.incidents.alerts.alert import Group, State, alert_id
from core.incidents.alerts.handling import facts, has_route
from core.incidents.alerts.scene import Scene
from core.incidents.sources.source import News, Report, Said
from core.store import outbox
from core.store.engine import Unit
from core.text import cut

SOURCE = "health"
_SEVERITY = {"unhealthy": "critical", "degraded": "warning"}
_WELL = "healthy"
_NOTE = 1_000


def on_health_changed(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A service became something else. Without a route for it nothing is declared: its own card tells of it already.

    That nobody can say how it is begins nothing and ends nothing.
    """
    became = str(data.get("to", ""))
    is_known = bool(records.known(unit, [alert_id(SOURCE, ref)]))
    news = _news(ref, became, data)
    if news is None or (news.said is Said.RESOLVED and not is_known):
        return
    seen = facts(SOURCE, ref, str(news.said), news)
    if is_known or has_route(scene.alerts, seen):
        alerts.hear(unit, scene, SOURCE, Report((news,)))


def named(unit: Unit, group: Group) -> None:
    """An incident has come of how a service is: the card of that names it."""
    count = standing.counts(unit).get(group.key) if group.source == SOURCE else None
    if count is not None and count.spell:
        outbox.refresh(unit, VIEW, count.spell)


def incident_of(unit: Unit, service: str) -> str:
    """The incident that has come of how this service is, while its alert fires; empty if none has."""
    alert = records.known(unit, [alert_id(SOURCE, service)]).get(alert_id(SOURCE, service))
    if alert is None or alert.state is not State.FIRING:
        return ""
    return records.group(unit, alert.group).incident


def _news(service: str, became: str, data: Mapping[str, Any]) -> News | None:
    severity = _SEVERITY.get(became, "")
    labels = {
        "alertname": "ServiceHealth",
        "service": service,
        "health": became,
        "tier": str(data.get("tier", "")),
    }
    if became == _WELL:
        return News(
            service, f"{service} is not well", Said.RESOLVED, group=service, labels=labels, service=service
        )
    if not severity:
        return None
    reasons = data.get("reasons")
    why = "; ".join(map(str, reasons)) if isinstance(reasons, list) else ""
    notes = {"summary": f"{service} is {became}", **({"reasons": cut(why, _NOTE)} if why else {})}
    news = News(service, f"{service} is not well", Said.FIRING, group=service, labels=labels, service=service)
    return replace(news, severity=severity, labels=labels | {"severity": severity}, annotations=notes)
