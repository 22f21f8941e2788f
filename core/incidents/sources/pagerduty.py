"""The shape of PagerDuty's Events API v2, for senders that know no other: trigger, acknowledge, resolve. Pure.

Source: PagerDuty's documentation of the Events API v2. A `dedup_key` is an alert, and a group of its own.
"""

from collections.abc import Mapping
from typing import Any

from core.digest import digest
from core.errors import Invalid
from core.incidents.sources.source import (
    FINGERPRINT,
    KEY,
    MOST_LABELS,
    NOTE,
    Delivery,
    News,
    Report,
    Said,
    link,
    moment,
    words,
)

_ACTIONS = {"trigger": Said.FIRING, "acknowledge": Said.ACKNOWLEDGED, "resolve": Said.RESOLVED}
_SEVERITIES = ("critical", "error", "warning", "info")
_LABELS = ("source", "severity", "component", "group", "class")


def read(delivery: Delivery) -> Report:
    """The one event of a request.

    Raises:
        Invalid: with every fault of it, in `data["errors"]`.
    """
    body = delivery.body
    faults = _faults(body)
    if faults:
        raise Invalid(f"The event cannot be used: {'; '.join(faults)}.", errors=faults)
    payload = body.get("payload") or {}
    summary = words(payload.get("summary"))
    labels = {name: words(payload[name]) for name in _LABELS if payload.get(name) is not None}
    key = dedup_key(body)
    return Report(
        (
            News(
                fingerprint=key,
                name=labels.get("class") or summary or key,
                said=_ACTIONS[body["event_action"]],
                group=key,
                labels=labels,
                annotations=_notes(payload, summary),
                severity=labels.get("severity", ""),
                service=labels.get("component") or labels.get("source", ""),
                at=moment(payload.get("timestamp")),
                url=link(body.get("client_url")),
            ),
        )
    )


def dedup_key(body: Mapping[str, Any]) -> str:
    """The event's own key; one made of what it says where it has none, so that a repeat is recognised."""
    own = words(body.get("dedup_key"), FINGERPRINT)
    payload = body.get("payload")
    known = payload if isinstance(payload, dict) else {}
    return own or digest({name: known.get(name) for name in ("summary", *_LABELS)})[:32]


def _faults(body: Any) -> list[str]:
    if not isinstance(body, dict):
        return ["the body is no JSON object"]
    action = body.get("event_action")
    if not isinstance(action, str) or action not in _ACTIONS:
        return [f"'event_action' must be one of {', '.join(_ACTIONS)}"]
    if action != "trigger":
        return [] if words(body.get("dedup_key")) else ["'dedup_key' is missing or blank"]
    payload = body.get("payload")
    if not isinstance(payload, dict):
        return ["'payload' is missing"]
    faults = [
        f"'payload.{name}' is missing or blank"
        for name in ("summary", "source")
        if not words(payload.get(name))
    ]
    if payload.get("severity") not in _SEVERITIES:
        faults.append(f"'payload.severity' must be one of {', '.join(_SEVERITIES)}")
    return faults


def _notes(payload: Mapping[str, Any], summary: str) -> dict[str, str]:
    details = payload.get("custom_details")
    known = sorted(details.items())[:MOST_LABELS] if isinstance(details, dict) else []
    notes = {words(name, KEY): words(value, NOTE) for name, value in known}
    return ({"summary": summary} if summary else {}) | {name: value for name, value in notes.items() if name}
