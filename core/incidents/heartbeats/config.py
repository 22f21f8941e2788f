"""Heartbeats as the configuration file writes them: who has to report how often."""

from collections.abc import Iterable
from datetime import timedelta

from pydantic import Field

from core.errors import Problem
from core.quantity import Duration
from core.source import Section, Source
from core.wording import Label, Name

_LONGEST = timedelta(days=366)


class HeartbeatConfig(Section):
    """Something that reports each `every`; `grace` later than that it counts as missed, and an alert fires.

    `severity`, `service` and `labels` are those of the alert, by which routes know it; `about` says what stands still then.
    """

    every: Duration = Field(ge=timedelta(seconds=10), le=_LONGEST)
    grace: Duration = Field(default=timedelta(minutes=1), ge=timedelta(0), le=_LONGEST)
    severity: Label = "critical"
    service: Name | None = None
    labels: dict[Name, Label] = Field(default_factory=dict, max_length=20)
    about: Label = ""


def check_heartbeats(source: Source, services: Iterable[str]) -> list[Problem]:
    """Services that heartbeats name and that do not exist, also those of heartbeats with other mistakes."""
    known = list(services)
    written = source.get(("heartbeats",))
    names = written if isinstance(written, dict) else {}
    named = {name: source.get(("heartbeats", name, "service")) for name in names}
    return [
        source.unknown(("heartbeats", name, "service"), "service", service, known)
        for name, service in named.items()
        if isinstance(service, str) and service not in known
    ]
