"""The nouns of remedies: what an incident is about, a run that began by itself, and how far the house is with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.incidents.incident import Incident


class Signs(StrEnum):
    """Whether what began an incident is still wrong. By `NONE` of its signs could anybody tell."""

    WRONG = "wrong"
    OVER = "over"
    UNKNOWN = "unknown"
    NONE = "none"


class Stage(StrEnum):
    """How far a run is that began by itself. `UNWATCHED`: people ended the incident before it was seen whether it helped."""

    RUNNING = "running"
    WATCHED = "watched"
    HELPED = "helped"
    NO_HELP = "no_help"
    FAILED = "failed"
    REFUSED = "refused"
    CALLED_OFF = "called_off"
    UNWATCHED = "unwatched"

    @property
    def is_going_on(self) -> bool:
        """It runs, or is watched for whether it helped."""
        return self in (Stage.RUNNING, Stage.WATCHED)


@dataclass(frozen=True)
class Try:
    """A run that began by itself for an incident; without `execution`, it was refused.

    `until` is how long it is watched for whether it helped.
    """

    id: str
    incident: str
    service: str
    runbook: str
    execution: str
    stage: Stage
    begun: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Waiting:
    """A run that has not begun yet; `request` asks people for it, if they are asked."""

    incident: str
    runbook: str
    execution: str
    request: str


@dataclass(frozen=True)
class Course:
    """What was said of what runs by itself for an incident: that it is held, or has stopped, and why."""

    incident: str
    held_by: str = ""
    held_name: str = ""
    held_why: str = ""
    stopped: str = ""


@dataclass(frozen=True)
class Matter:
    """What an incident is about: its service, how grave it is, what its alerts say that fire, and its category by triage."""

    incident: Incident
    alerts: Sequence[Mapping[str, Any]] = ()
    category: str = ""

    @property
    def seen(self) -> dict[str, Any]:
        """The incident, as conditions see it."""
        one = self.incident
        return {
            "id": one.id,
            "title": one.title,
            "service": one.service,
            "severity": one.severity,
            "category": self.category,
        }

    @property
    def labels(self) -> Sequence[Mapping[str, str]]:
        """The labels of each alert that fires; those of none where there is none."""
        return [alert["labels"] for alert in self.alerts] or [{}]


@dataclass(frozen=True)
class Suggestion:
    """A runbook that may help, and why it is thought so. `by_itself`: a rule lets it begin."""

    runbook: str
    why: str
    by_itself: bool = False


@dataclass(frozen=True)
class Outlook:
    """What may help an incident, and what is done by itself: for whoever looks at it.

    `waits` are the runs that have not begun because people are asked first, each with the request that asks them.
    """

    suggestions: Sequence[Suggestion] = ()
    course: Course | None = None
    tries: Sequence[Try] = ()
    next_at: datetime | None = None
    next_book: str = ""
    waits: Mapping[str, str] = field(default_factory=dict)
