"""What Prometheus' Alertmanager sends to a webhook receiver, version 4 of its format. Pure.

Source: Alertmanager's documentation of `webhook_config`.
"""

from collections.abc import Mapping
from typing import Any

from core.errors import Invalid
from core.incidents.sources.source import (
    NOTE,
    Delivery,
    News,
    Report,
    Said,
    group_key,
    identity,
    link,
    listed,
    mapping,
    moment,
    pairs,
    said,
    words,
)

_VERSIONS = ("4", "1", None)


def read(delivery: Delivery) -> Report:
    """The alerts of one group.

    Raises:
        Invalid: it is not what Alertmanager sends.
    """
    body = mapping(delivery.body, "body")
    if body.get("version") not in _VERSIONS:
        raise Invalid(
            f"I do not know version “{words(body.get('version'), 20)}” of this format.", "It is 4 today."
        )
    group = group_key(body.get("groupKey"))
    alerts = listed(body.get("alerts"), "alerts")
    told = tuple(_news(mapping(each, f"alerts[{index}]"), index, group) for index, each in enumerate(alerts))
    return Report(told, left_out(body))


def left_out(body: Mapping[str, Any]) -> int:
    """How many alerts of the group the sender has cut off."""
    count = body.get("truncatedAlerts")
    return max(0, count) if isinstance(count, int) and not isinstance(count, bool) else 0


def _news(alert: Mapping[str, Any], index: int, group: str) -> News:
    labels = pairs(alert.get("labels"), f"alerts[{index}].labels")
    state = said(alert.get("status"), f"alerts[{index}].status")
    return News(
        fingerprint=identity(alert.get("fingerprint"), alert.get("labels")),
        name=labels.get("alertname") or "an alert without a name",
        said=state,
        group=group,
        labels=labels,
        annotations=pairs(alert.get("annotations"), f"alerts[{index}].annotations", NOTE),
        severity=labels.get("severity", ""),
        service=labels.get("service") or labels.get("job", ""),
        started=moment(alert.get("startsAt")),
        # While it fires, this is when Alertmanager would give it up, or nothing.
        ended=moment(alert.get("endsAt")) if state is Said.RESOLVED else None,
        url=link(alert.get("generatorURL")),
    )
