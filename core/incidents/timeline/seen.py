"""What the log knows of an incident, in words for its timeline: approvals and votes, health, what was changed. Pure."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from core.incidents.incident import Entry
from core.incidents.timeline.records import OFFSET
from core.text import one_line

_TEXT = 600
_CHOICES = {"approve": "approved", "reject": "rejected", "abstain": "abstained from", "veto": "vetoed"}
_OTHERS = {"system": "Wardroom", "trigger": "Automation"}
_Words = Callable[[str, Mapping[str, Any], str], str]


def entry(event: Mapping[str, Any], names: Mapping[str, str]) -> Entry:
    """An event as a line; `names` gives people's names by their ids."""
    kind, actor = str(event["kind"]), str(event["actor"])
    name = named(actor, names)
    words = _WORDS[kind](str(event["ref"]), event["data"], name)
    at: datetime = event["at"]
    return Entry(
        id=int(event["seq"]) - OFFSET,
        at=at,
        kind=kind.split(".", 1)[0],
        author=name,
        text=one_line(words, _TEXT),
        source=f"event:{event['seq']}",
    )


def named(actor: str, names: Mapping[str, str]) -> str:
    """Who did something, for people to read, by their id."""
    return names.get(actor, _OTHERS.get(actor.partition(":")[0], actor))


def _asked(ref: str, data: Mapping[str, Any], _name: str) -> str:
    return f"{ref} was asked: {data.get('title', '')} ({data.get('needed', '?')} must approve)."


def _decided(ref: str, data: Mapping[str, Any], name: str) -> str:
    choice = str(data.get("choice", ""))
    why = f": {data['reason']}" if data.get("reason") else "."
    return f"{name} {_CHOICES.get(choice, choice)} {ref}{why}"


def _closed(ref: str, data: Mapping[str, Any], _name: str) -> str:
    why = f": {data['reason']}" if data.get("reason") else "."
    return f"{ref} is {str(data.get('status', 'closed')).lower()}{why}"


def _glass(ref: str, _data: Mapping[str, Any], name: str) -> str:
    return f"{name} broke the glass on {ref}."


def _done(ref: str, data: Mapping[str, Any], _name: str) -> str:
    outcome = str(data.get("detail") or data.get("outcome") or data.get("status") or "done")
    return f"{ref} was carried out: {outcome.rstrip('.')}."


def _health(ref: str, data: Mapping[str, Any], _name: str) -> str:
    reasons = data.get("reasons")
    why = f" ({'; '.join(map(str, reasons))})" if isinstance(reasons, list) and reasons else ""
    return f"{ref} became {data.get('to', 'unknown')}, it was {data.get('from', 'unknown')}{why}."


def _run(ref: str, data: Mapping[str, Any], _name: str) -> str:
    state = str(data.get("to") or "started").lower().replace("_", " ")
    return f"Another run for this service, {ref} ({data.get('runbook', '')}): {state}."


_WORDS: Mapping[str, _Words] = {
    "approval.requested": _asked,
    "approval.decided": _decided,
    "approval.closed": _closed,
    "approval.glass_broken": _glass,
    "approval.executed": _done,
    "health.changed": _health,
    "execution.started": _run,
    "execution.closed": _run,
}
KINDS = tuple(_WORDS)
"""The events that timelines tell of."""
