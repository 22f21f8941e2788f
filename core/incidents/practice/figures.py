"""The figures of the practice, from what happened in a time. Pure; the definitions stand beside what they define."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.incidents.incident import Incident
from core.incidents.practice.causes import Cause, causes

NIGHT = (time(22, 0), time(7, 0))
"""From when to when it is night, by the clock of whoever is paged."""


@dataclass(frozen=True)
class Paged:
    """Somebody was called, at a moment."""

    person: str
    at: datetime


@dataclass(frozen=True)
class Heard:
    """Alerts of one group: whether anybody acted on them (took on the incident that they became), and whether they are over."""

    acted: bool
    over: bool
    alerts: int = 1


@dataclass(frozen=True)
class Spread:
    """How long something took: of so many, the middle one and that which nine of ten did not exceed."""

    count: int
    median: timedelta | None = None
    p90: timedelta | None = None


@dataclass(frozen=True)
class Practice:
    """The figures of one time.

    Attributes:
        incidents: those declared in it, without tests and without those that became a part of another one.
        acknowledge, mitigate, resolve: from being declared until somebody took it on, until the harm was held off, until it
            was over; of those that came to it.
        pages: how often each person was called; `night` how often of that between 22:00 and 07:00 by their own clock.
        noise: of the alerts that are over, the part on which nobody acted: they became no incident, or one that nobody took on.
            None where there were none.
    """

    since: datetime
    until: datetime
    incidents: int
    acknowledge: Spread
    mitigate: Spread
    resolve: Spread
    pages: Mapping[str, int] = field(default_factory=dict)
    night: Mapping[str, int] = field(default_factory=dict)
    alerts: int = 0
    noise: float | None = None
    services: Mapping[str, int] = field(default_factory=dict)
    severities: Mapping[int, int] = field(default_factory=dict)
    causes: tuple[Cause, ...] = ()


def practice(
    span: tuple[datetime, datetime],
    incidents: Sequence[Incident],
    pages: Iterable[Paged],
    heard: Sequence[Heard],
    zones: Mapping[str, str],
) -> Practice:
    """The figures of what happened from one moment until another; `zones` are people's clocks, by their ids."""
    real = [one for one in incidents if not one.is_test and not one.merged_into]
    paged = list(pages)
    ended = [one for one in heard if one.over]
    alerts = sum(one.alerts for one in ended)
    wasted = sum(one.alerts for one in ended if not one.acted)
    return Practice(
        since=span[0],
        until=span[1],
        incidents=len(real),
        acknowledge=_spread((one.created, one.acknowledged) for one in real),
        mitigate=_spread((one.created, one.mitigated) for one in real),
        resolve=_spread((one.created, one.resolved) for one in real),
        pages=_counted(one.person for one in paged),
        night=_counted(one.person for one in paged if is_night(one.at, zones.get(one.person, "UTC"))),
        alerts=alerts,
        noise=wasted / alerts if alerts else None,
        services=_counted(one.service or "none named" for one in real),
        severities=dict(sorted(Counter(one.severity for one in real).items())),
        causes=causes(one for one in real if not one.is_open),
    )


def is_night(at: datetime, zone: str) -> bool:
    """Whether it is night there at this moment."""
    clock = at.astimezone(ZoneInfo(zone)).time()
    return clock >= NIGHT[0] or clock < NIGHT[1]


def quantile(values: Sequence[timedelta], part: float) -> timedelta | None:
    """The value that this part of all does not exceed: one of them, by the nearest rank; the middle of two for one half."""
    if not values:
        return None
    ordered = sorted(values)
    if part == 0.5 and len(ordered) % 2 == 0:  # noqa: PLR2004 - a half
        middle = len(ordered) // 2
        return (ordered[middle - 1] + ordered[middle]) / 2
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def trend(now: float | None, before: float | None) -> str:
    """`+25 %` against the time before; nothing where there is nothing to compare with."""
    if now is None or before is None or before == 0:
        return ""
    change = round((now - before) / before * 100)
    return f"{change:+d} %" if change else "the same"


def _spread(pairs: Iterable[tuple[datetime, datetime | None]]) -> Spread:
    took = [max(end - begin, timedelta(0)) for begin, end in pairs if end is not None]
    return Spread(len(took), quantile(took, 0.5), quantile(took, 0.9))


def _counted(names: Iterable[str]) -> dict[str, int]:
    """How often each comes, the most frequent one first."""
    return dict(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))
