"""Heartbeats as the configuration file writes them: who has to report how often."""

from collections.abc import Iterable, Mapping
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


def check_heartbeats(
    source: Source, configs: Mapping[str, HeartbeatConfig], services: Iterable[str]
) -> list[Problem]:
    """Services that heartbeats name and that do not exist."""
    known = list(services)
    return [
        source.unknown(("heartbeats", name, "service"), "service", config.service, known)
        for name, config in configs.items()
        if config.service is not None and config.service not in known
    ]
