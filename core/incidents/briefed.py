"""Which briefings of the holders of roles say something else once an incident has changed. Pure."""

from collections.abc import Sequence

from core.incidents.incident import Incident

_HOLDERS = {"commander": "lead", "communications": "comms", "scribe": "scribe"}
_SHOWN = ("title", "state", "severity", "service", "update", "update_by", *_HOLDERS.values())
_KEPT = frozenset(("title", "state"))
"""What one says that was given to somebody before, besides who has the role now."""


def stale(before: Incident, after: Incident, refs: Sequence[str]) -> list[str]:
    """Those of these cards that do; `refs` are incident, role and which card of these, the newest last."""
    changed = {name for name in _SHOWN if getattr(before, name) != getattr(after, name)}
    newest = {_role(ref): ref for ref in refs}
    return [
        ref
        for ref in refs
        if changed & (changed if ref == newest[_role(ref)] else _KEPT | {_HOLDERS[_role(ref)]})
    ]


def _role(ref: str) -> str:
    return ref.split(":")[1]
