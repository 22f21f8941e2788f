"""Alerts from any JSON, by a mapping of expressions that the configuration gives. Pure.

Expressions see `body`, and `item` where `each` lists several; beside an item, `body` has its plain values only. One that cannot be worked out gives nothing, save
for `fingerprint` and `status`: without these an alert cannot be told from others, or from its end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core import cel
from core.errors import Invalid
from core.incidents.sources.source import (
    KEY,
    NOTE,
    Delivery,
    News,
    Read,
    Report,
    Said,
    group_key,
    identity,
    link,
    listed,
    moment,
    said,
    words,
)

NAMES = frozenset({"body", "item"})
"""What an expression of a mapping may use."""


@dataclass(frozen=True)
class Mapped:
    """Which expression gives what of an alert; an empty one gives nothing."""

    fingerprint: str
    name: str
    each: str = ""
    status: str = ""
    severity: str = ""
    service: str = ""
    group: str = ""
    summary: str = ""
    started: str = ""
    at: str = ""
    url: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def reader(mapped: Mapped) -> Read:
    """What reads the deliveries of one configured hook."""

    def read(delivery: Delivery) -> Report:
        body = delivery.body
        if not mapped.each:
            return Report((_news(mapped, {"body": body}),))
        items = listed(_value(mapped.each, {"body": body}), "each")
        top = _top(body)
        return Report(tuple(_news(mapped, {"body": top, "item": item}) for item in items))

    return read


def _top(body: Any) -> Any:
    """What each item may see of the whole: its plain values. All of it for each would cost the square."""
    if not isinstance(body, dict):
        return None
    return {name: value for name, value in body.items() if not isinstance(value, dict | list)}


def _news(mapped: Mapped, known: Mapping[str, Any]) -> News:
    seen = cel.Values(known)
    labels = {words(name, KEY): _words(text, seen) for name, text in mapped.labels.items()}
    summary = _words(mapped.summary, seen, NOTE)
    return News(
        fingerprint=identity(_must(mapped.fingerprint, seen)),
        name=_words(mapped.name, seen) or "an alert without a name",
        said=said(_must(mapped.status, seen), "status") if mapped.status else Said.FIRING,
        group=group_key(_value(mapped.group, seen)),
        labels={name: value for name, value in labels.items() if value},
        annotations={"summary": summary} if summary else {},
        severity=_words(mapped.severity, seen) or labels.get("severity", ""),
        service=_words(mapped.service, seen) or labels.get("service", ""),
        started=moment(_value(mapped.started, seen)),
        at=moment(_value(mapped.at, seen)),
        url=link(_value(mapped.url, seen)),
    )


def _must(text: str, seen: cel.Values) -> Any:
    value = cel.compile(text, NAMES).run(seen)
    if value is None or value == "":
        raise Invalid(f"“{text}” gives nothing.", "An alert needs it: look at `alerts.generic`.")
    return value


def _value(text: str, seen: "Mapping[str, Any] | cel.Values") -> Any:
    """What an expression gives; None where it gives nothing, or what it reads is not there."""
    if not text:
        return None
    try:
        return cel.compile(text, NAMES).run(seen)
    except Invalid:
        return None


def _words(text: str, seen: cel.Values, limit: int = 200) -> str:
    return words(_value(text, seen), limit)
