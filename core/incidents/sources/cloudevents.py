"""Alerts as CloudEvents 1.0, in all three modes of its HTTP binding: structured, binary, batched. Pure.

Source: the CloudEvents specification, its JSON format and its HTTP binding. What an event says of the alert stands
in its `data`, or in its extension attributes; its `type` may end in the state, as in `disk.full.resolved`. CDEvents that
tell of deployments are read as such.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from core.digest import digest
from core.errors import Invalid
from core.incidents.sources import deployments
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

_EVENT, _BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
_REQUIRED = ("id", "source", "type")
_OWN = frozenset({*_REQUIRED, "specversion", "datacontenttype", "dataschema", "data", "data_base64", "time"})
_ATTRIBUTE = re.compile(r"[a-z0-9]{1,40}")
_ENDINGS = {"resolved": Said.RESOLVED, "firing": Said.FIRING, "acknowledged": Said.ACKNOWLEDGED}


def read(delivery: Delivery) -> Report:
    """Every event of a request, whatever its mode.

    Raises:
        Invalid: it is no CloudEvent, or says nothing of an alert's state.
    """
    kind = delivery.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _BATCH:
        events = [mapping(each, f"[{index}]") for index, each in enumerate(listed(delivery.body, "body"))]
    elif kind == _EVENT:
        events = [mapping(delivery.body, "body")]
    elif "ce-specversion" in delivery.headers:
        events = [_binary(delivery)]
    else:
        mend = f"Send {_EVENT}, {_BATCH}, or an event in `ce-` headers."
        raise Invalid("This is no CloudEvent.", mend)
    for event in events:
        _check(event)
    shipped = [deployments.read(event) for event in events]
    told = tuple(_news(event) for event, one in zip(events, shipped, strict=True) if one is None)
    keys = [[words(event.get("source")), words(event.get("id"))] for event in events]
    return Report(
        told, id=digest(keys) if keys else "", deployments=tuple(one for one in shipped if one is not None)
    )


def _binary(delivery: Delivery) -> Mapping[str, Any]:
    attributes = {
        name.removeprefix("ce-"): unquote(value)
        for name, value in delivery.headers.items()
        if name.startswith("ce-")
    }
    return {**attributes, "data": delivery.body}


def _check(event: Mapping[str, Any]) -> None:
    missing = [name for name in _REQUIRED if not words(event.get(name))]
    if missing or event.get("specversion") != "1.0":
        what = f"`{missing[0]}` is missing" if missing else "`specversion` must be 1.0"
        raise Invalid(f"This is no CloudEvent: {what}.", "Every event has specversion, id, source and type.")


def _news(event: Mapping[str, Any]) -> News:
    data = event.get("data")
    facts = data if isinstance(data, dict) else {}
    kind, state = _state(words(event.get("type")), facts)
    subject = words(event.get("subject"))
    extensions = {
        name: words(value) for name, value in event.items() if name not in _OWN and _ATTRIBUTE.fullmatch(name)
    }
    about = {"source": words(event.get("source")), "type": kind, **extensions}
    labels = {**about, **pairs(facts.get("labels"), "data.labels")}
    return News(
        fingerprint=identity(facts.get("fingerprint"), about["source"], subject, kind),
        name=words(facts.get("name")) or kind,
        said=state,
        group=group_key(facts.get("group")),
        labels=labels,
        annotations=_notes(facts),
        severity=words(facts.get("severity")) or labels.get("severity", ""),
        service=words(facts.get("service")) or labels.get("service", "") or subject,
        started=moment(facts.get("started")),
        at=moment(event.get("time")),
        url=link(facts.get("url")),
    )


def _state(kind: str, facts: Mapping[str, Any]) -> tuple[str, Said]:
    """The event's type without the state at its end, and the state."""
    stem, _, ending = kind.rpartition(".")
    named = _ENDINGS.get(ending)
    word = facts.get("status", facts.get("state"))
    if word is None and named is None:
        mend = "Give `data.status` firing or resolved, or a type that ends in .firing or .resolved."
        raise Invalid(f"The event {kind} does not say whether anything is wrong.", mend)
    state = named if word is None and named is not None else said(word, "data.status")
    return (stem or kind) if named is not None else kind, state


def _notes(facts: Mapping[str, Any]) -> dict[str, str]:
    notes = pairs(facts.get("annotations"), "data.annotations", NOTE)
    own = {name: words(facts.get(name), NOTE) for name in ("summary", "description")}
    return {**{name: value for name, value in own.items() if value}, **notes}
