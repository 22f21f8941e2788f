"""Integrations and routes of a Grafana OnCall export: where senders have to point to, and what becomes of what they send."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.importers.export import Export, Thing, number, text
from bot.importers.oncall_expressions import condition as condition_of
from bot.importers.oncall_expressions import quoted
from bot.importers.parts import Names, accepted, slugged
from bot.importers.report import Report
from core.incidents.config import RouteConfig
from core.incidents.sources import addresses
from core.notify.config import ChannelConfig

_KINDS = {
    "alertmanager": "alertmanager",
    "legacy_alertmanager": "alertmanager",
    "grafana": "grafana",
    "grafana_alerting": "grafana",
    "legacy_grafana_alerting": "grafana",
    "pagerduty": "pagerduty",
}
_EQUAL = re.compile(
    r"""payload(?:\.(?:commonLabels|groupLabels|labels)|\.alerts\[0\]\.labels)\.([A-Za-z_]\w*)\s*==\s*(?:"([^"]*)"|'([^']*)')"""
)
_BRACES = re.compile(r"^\s*\{\{-?\s*(.*?)\s*-?\}\}\s*$", re.DOTALL)
_BY_CHAIN = {
    True: ("high", "a step of its chain is important, so people are woken, by their `high` ways"),
    False: (
        "medium",
        (
            "people are called by their `low` ways, as no step of its chain is important, and not in quiet hours that they "
            "may set; `declare: high` wakes them"
        ),
    ),
}
_NOBODY = ("low", "no escalation chain calls anybody for it, and SEV4 calls nobody")


@dataclass(frozen=True)
class Chains:
    """What the escalation chains of the export are called here, and the ids of those with a step that is important."""

    names: Names
    important: Collection[str]


@dataclass
class Moved:
    """What came of the integrations: the channels that their routes tell things in, the senders with names of their own, the routes."""

    channels: dict[str, Any] = field(default_factory=dict)
    senders: dict[str, str] = field(default_factory=dict)
    routes: list[dict[str, Any]] = field(default_factory=list)


def routes(export: Export, report: Report, chains: Chains) -> Moved:
    """What the file says of integrations; routes are in the order in which they are tried."""
    own: dict[str, list[Thing]] = defaultdict(list)
    for route in export.all("routes"):
        own[text(route, "integration_id")].append(route)
    moved, names = Moved(), Names("sender")
    kinds = Counter(_kind(one) for one in export.all("integrations"))
    for integration in export.all("integrations"):
        name, kind = text(integration, "name"), _kind(integration)
        if not kind:
            what = f"senders of the type {text(integration, 'type') or 'nothing'} are read by `alerts: {{generic: …}}`"
            report.left("integration", name, f"{what}: describe their JSON there, and then its routes")
            continue
        called = names.give(text(integration, "id"), name) if kinds[kind] > 1 else ""
        source = _source(name, kind, called, moved, report)
        default = integration.get("default_route")
        wanted = sorted(own[text(integration, "id")], key=lambda one: number(one, "position"))
        if not wanted and isinstance(default, dict):
            wanted = [{**default, "is_the_last_route": True}]
        for place, route in enumerate(wanted, start=1):
            moved.routes += _route(route, f"{name}, route {place}", source, chains, moved.channels, report)
    return moved


def _kind(integration: Thing) -> str:
    return _KINDS.get(text(integration, "type"), "")


def _source(name: str, kind: str, own: str, moved: Moved, report: Report) -> str:
    """What conditions call an integration: one of several of its kind has an address and so a name of its `own`."""
    note = f"let it send to {addresses.address(kind, own)}, with a token"
    if not own:
        report.carried("integration", name, note)
        return kind
    moved.senders[own] = kind
    report.carried("integration", name, f"{note}: there are several of its kind, told apart by their address")
    return addresses.named(kind, own)


def _route(
    route: Thing, name: str, source: str, chains: Chains, channels: dict[str, Any], report: Report
) -> Iterator[dict[str, Any]]:
    match, changes = _match(route, source)
    if not match:
        report.left("route", name, changes)
        return
    chain = text(route, "escalation_chain_id")
    grade, why = _BY_CHAIN[chain in chains.important] if chain else _NOBODY
    said: dict[str, Any] = {"match": match, "declare": grade}
    notes = [f"it declares {grade} incidents: {why}", *([changes] if changes else [])]
    said["escalation"] = chains.names.of(chain)
    if chain and not said["escalation"]:
        notes.append("its escalation chain did not come along")
    said["notify"] = _channel(route, channels)
    entry, lost = accepted(RouteConfig, said)
    if entry is None or "match" in lost:
        report.left("route", name, "its condition cannot be said here")
        return
    report.carried("route", name, *notes)
    yield entry


def _match(route: Thing, source: str) -> tuple[str, str]:
    """The condition, and what is different about it; without one, why not."""
    said = text(route, "routing_regex")
    is_from = f"source == {quoted(source)}"
    if route.get("is_the_last_route") is True or said in ("", ".*"):
        return is_from, ""
    if text(route, "routing_type") == "jinja2":
        condition = _jinja(said)
        if condition:
            return f"{is_from} && {condition}", ""
        return "", f"its template has to be written anew as a condition: {said}"
    condition, note = condition_of(said)
    return (f"{is_from} && {condition}", note) if condition else ("", note)


def _jinja(said: str) -> str:
    """The comparisons of labels that a template is made of, as a condition; empty if it is anything else."""
    inner = _BRACES.match(said)
    parts = re.split(r"\s+and\s+", inner.group(1)) if inner else []
    found = [_EQUAL.fullmatch(part.strip()) for part in parts]
    if not found or not all(found):
        return ""
    return " && ".join(
        f"labels.{one.group(1)} == {quoted(one.group(2) or one.group(3) or '')}"
        for one in found
        if one is not None
    )


def _channel(route: Thing, channels: dict[str, Any]) -> list[str]:
    slack = route.get("slack")
    place = text(slack, "channel_id") if isinstance(slack, dict) and slack.get("enabled") is not False else ""
    entry, lost = accepted(ChannelConfig, {"slack": place})
    if not place or entry is None or lost:
        return []
    key = f"slack-{slugged(place)}"
    channels[key] = entry
    return [key]
