"""The nouns of on-call: a schedule of layers in which people take turns, and what is put over it for a time."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from core.hours import Hours

Rotate = Literal["daily", "weekly", "monthly"] | timedelta
"""How long a turn is; a span counts on the wall, so that twelve hours always end at the same times of day."""


@dataclass(frozen=True)
class Feed:
    """A calendar elsewhere that says who is on call: an address, a file, or a variable that holds an address.

    `key` is its own; `refresh` how often it is read; `aliases` are words of it that mean a person. A variable is
    named where the address itself must not be seen.
    """

    key: str
    schedule: str
    source: str
    variable: str
    refresh: timedelta
    zone: str
    people: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Spell:
    """A time for which a calendar names a person."""

    person: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Layer:
    """People who take turns from `start` on, the first of them first; or those whom a calendar names.

    `start` is a time on the wall without a zone; turns are handed over at its time of day, a weekly one on its
    day of the week, a monthly one on its day of the month (the last day of a month that has none), others after
    their span. With `hours` the layer has somebody only then. Of a layer with a `feed`, `people` are those who may
    stand in it (everybody, if there is none), and `spells` what it said when it was last read.
    """

    people: tuple[str, ...]
    rotate: Rotate
    start: datetime
    hours: Hours | None = None
    feed: Feed | None = None
    spells: tuple[Spell, ...] = ()

    def named(self, at: datetime) -> str:
        """Whom its calendar names at a moment: of several, who began last; empty if it names nobody."""
        now = [one for one in self.spells if one.begins <= at < one.ends]
        return max(now, key=lambda one: (one.begins, one.person)).person if now else ""


@dataclass(frozen=True)
class Schedule:
    """Layers in one time zone; a later layer goes before an earlier one wherever it has somebody."""

    name: str
    zone: str
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class Override:
    """From `begins` until `ends`, `person` is on call whatever the layers say; a newer one goes before an older.

    `swapped_with` names who took a shift in exchange. `by` is who decided it.
    """

    schedule: str
    person: str
    begins: datetime
    ends: datetime
    by: str
    reason: str = ""
    swapped_with: str = ""


@dataclass(frozen=True)
class Shift:
    """A person on call without a break; `person` is empty where nobody is.

    `ends` is None where no end is in sight. `layer` counts from 1, and `override` is set instead where one holds;
    both are of the beginning.
    """

    person: str
    begins: datetime
    ends: datetime | None
    layer: int | None = None
    override: Override | None = None
