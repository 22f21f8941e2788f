"""Shifts of one level: OnCall calls everybody who is on call at once, and a schedule here the one of the last layer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.importers.report import Report
from core.hours import DAYS, Hours
from core.wording import HoursConfig

_DAY = 24 * 60
_WEEK = _DAY * len(DAYS)


@dataclass(frozen=True)
class Placed:
    """A layer that came of a shift, and the level of the shift."""

    name: str
    level: int
    layer: dict[str, Any]
    changes: tuple[str, ...]

    @cached_property
    def minutes(self) -> frozenset[int]:
        """The minutes of the week in which it has somebody."""
        if "hours" not in self.layer:
            return frozenset(range(_WEEK))
        return _open(HoursConfig.model_validate(self.layer["hours"]).hours)


def stacked(placed: Sequence[Placed], report: Report, now: datetime) -> Iterator[dict[str, Any]]:
    """The layers, the last before the others: by level, and of one level those with the fewest hours above.

    So each of one level is on call at some time; what another of its level covers always stays behind.
    """
    ordered = sorted(placed, key=lambda one: (one.level, -len(one.minutes)))
    for index, one in enumerate(ordered):
        above = [other for other in ordered[index + 1 :] if other.level == one.level]
        meeting = [other for other in above if other.minutes & one.minutes]
        names = " and ".join(f"“{other.name}”" for other in meeting)
        begun = [other.minutes for other in meeting if other.layer["start"] <= f"{now:%Y-%m-%dT%H:%M}"]
        if one.minutes <= frozenset[int]().union(*begun):
            why = f"it is on call at the same time as {names}, of the same level, and a schedule has one person at a time"
            report.left(
                "shift", one.name, f"{why}: give it a schedule of its own, and call it by a step as well"
            )
            continue
        note = (
            f"while {names} of the same level is on call too, it is not: a schedule has one person at a time"
        )
        report.carried("shift", one.name, *one.changes, *([note] if meeting else []))
        yield one.layer


def _open(hours: Hours) -> frozenset[int]:
    opens = hours.opens.hour * 60 + hours.opens.minute
    closes = hours.closes.hour * 60 + hours.closes.minute
    length = (closes - opens) % _DAY or _DAY
    return frozenset((day * _DAY + opens + each) % _WEEK for day in hours.days for each in range(length))
