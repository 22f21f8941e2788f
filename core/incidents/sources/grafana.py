"""What Grafana's webhook contact point sends: Alertmanager's shape, with the measured values. Pure.

Source: Grafana's documentation of the webhook notifier.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.incidents.sources import alertmanager
from core.incidents.sources.source import Delivery, News, Report, link, listed, mapping, words

_VALUES = 10


def read(delivery: Delivery) -> Report:
    """The alerts of one group.

    Raises:
        Invalid: it is not what Grafana sends.
    """
    report = alertmanager.read(delivery)
    alerts = listed(mapping(delivery.body, "body").get("alerts"), "alerts")
    told = tuple(_with_values(one, alert) for one, alert in zip(report.news, alerts, strict=True))
    return replace(report, news=told)


def _with_values(one: News, alert: Mapping[str, Any]) -> News:
    values = alert.get("values")
    known = sorted(values.items())[:_VALUES] if isinstance(values, dict) else []
    measured = ", ".join(f"{words(name, 40)} = {words(value, 40)}" for name, value in known)
    notes = {**one.annotations, **({"values": measured} if measured else {})}
    shown = link(alert.get("panelURL")) or link(alert.get("dashboardURL")) or one.url
    return replace(one, annotations=notes, url=shown)
