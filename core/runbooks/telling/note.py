"""The noun of what a run tells people, and the facts of it that may leave by mail and the like."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

PREFIX = "NOTE"


@dataclass(frozen=True)
class Note:
    """Words of a run's step to people (ids); `by` is who started the run."""

    id: str
    execution: str
    step: str
    runbook: str
    by: str
    text: str
    people: tuple[str, ...]
    created: datetime


def facts(note: Note) -> Mapping[str, Any]:
    """Everything that a notice may say of it, in values of JSON."""
    return {
        "id": note.id,
        "kind": "note",
        "title": note.text,
        "requester": note.by,
        "execution": note.execution,
        "created": note.created.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
