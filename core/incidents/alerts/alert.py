"""The nouns of alerts: one alert, and the group that its sender put it into."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.digest import digest

_LENGTH = 24
USUAL_GRADE = 3
"""How grave an alert is whose sender says nothing that is known."""
GRADE_BY_WORD: Mapping[str, int] = {
    **dict.fromkeys(("critical", "crit", "page", "emergency", "fatal", "disaster", "p1", "sev1"), 1),
    **dict.fromkeys(("high", "error", "major", "p2", "sev2"), 2),
    **dict.fromkeys(("medium", "average", "p3", "sev3"), 3),
    **dict.fromkeys(("warning", "warn", "low", "minor", "p4", "sev4"), 4),
    **dict.fromkeys(("info", "informational", "notice", "none", "p5", "sev5"), 5),
}
"""How grave alerts are, 1 to 5, by the words that senders write."""


class State(StrEnum):
    """Whether the sender says that something is wrong."""

    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert, whatever number of times its sender tells of it.

    Attributes:
        id: made of source and fingerprint, so that every delivery finds the same row.
        source: who sends it: `alertmanager`, `generic:billing` ...
        fingerprint: its identity there.
        group: the id of its group; while it fires it stays in the one that it began in.
        started: when it began to fire, by the sender's clock where it tells.
        ended: when it ended; None while it fires.
        at: the sender's time of the newest news, where it tells.
        first: when it was first heard of.
        seen: when it was last heard of.
        count: how many times the sender has told that it fires.
        begun: when it began lately, for telling whether it flaps.
        flapping: it comes and goes, and each single time is told no more.
        muted: the silence or window that keeps it quiet; empty if none does.
        announced: it was told that it fires, and not yet that it is over.
        episodes: how many times it was told that it fires.
        told: how many of these its incident knows of.
        told_over: whether its incident knows that it is over.
        told_flaps: whether its incident knows that it flaps.
    """

    id: str
    source: str
    fingerprint: str
    group: str
    name: str
    state: State
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    severity: str
    service: str
    url: str
    started: datetime
    first: datetime
    seen: datetime
    ended: datetime | None = None
    at: datetime | None = None
    count: int = 1
    begun: tuple[datetime, ...] = field(default=())
    flapping: bool = False
    muted: str = ""
    announced: bool = False
    episodes: int = 0
    told: int = 0
    told_over: bool = True
    told_flaps: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Alerts that belong together, by their sender's key where it has one.

    Attributes:
        id: made of source and key.
        source: who sends it.
        key: the group's key as the sender made it, or ours of service and name.
        incident: the id of the incident that came of it; empty if none did.
        grade: the worst severity that a route gave it, 1 to 5; 0 if none did.
        has_route: whether a route matched, and not the catch-all.
        left_out: how many of its alerts the sender has not sent.
        acknowledged: when the sender said that somebody has it in hand.
        created: when it was first heard of.
        told: when its incident was last told of it.
        waiting: whether that is about to be done again.
    """

    id: str
    source: str
    key: str
    created: datetime
    incident: str = ""
    grade: int = 0
    has_route: bool = True
    left_out: int = 0
    acknowledged: datetime | None = None
    told: datetime | None = None
    waiting: bool = False


def alert_id(source: str, fingerprint: str) -> str:
    """The id of an alert: the same for every delivery of it."""
    return digest(["alert", source, fingerprint])[:_LENGTH]


def group_id(source: str, key: str) -> str:
    """The id of a group: the same for every delivery of it."""
    return digest(["group", source, key])[:_LENGTH]


_NAMES = {
    "alertmanager": "Alertmanager",
    "grafana": "Grafana",
    "pagerduty": "PagerDuty events",
    "cloudevents": "CloudEvents",
    "health": "Health checks",
    "heartbeat": "Heartbeats",
}


OURS = frozenset({"health", "heartbeat"})
"""The sources that are the house itself: what they say of an alert is in its own words."""


def sender(source: str) -> str:
    """What people call a source."""
    kind, _, own = source.partition(":")
    if kind == "generic":
        return own
    return f"{_NAMES.get(kind, kind)} ({own})" if own else _NAMES.get(source, source)


def grade_of(severity: str) -> int:
    """How grave an alert of this severity is, 1 to 5."""
    return GRADE_BY_WORD.get(severity.casefold(), USUAL_GRADE)
