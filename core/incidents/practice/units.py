"""The figures of the practice, looked up: of a time, and of the time before it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.errors import Invalid
from core.incidents.practice import records
from core.incidents.practice.figures import Practice, practice
from core.people.person import Person
from core.store.engine import Unit
from core.text import one_line

VIEW, PREFIX = "practice", "PRACTICE-"
USUAL = 30
_LONGEST = 366
_WORDS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
_DAYS = re.compile(r"(?:(?:the )?(?:last|past) )?(\d{1,4})\s*(?:d|days?)?")
_WEEKS = re.compile(r"(?:(?:the )?(?:last|past) )?(\d{1,3})\s*w(?:eeks?)?")
_ROLLING = re.compile(r"(?:(?:the (?:last|past)|past) )?([a-z]+)")
_DAY = timedelta(days=1)
_MEND = "Say one as 7d, 30d, 2 weeks, month or quarter; at most 366 days."


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody."""
        ...


@dataclass(frozen=True)
class Compared:
    """The figures of so many days, until now or of the calendar, and of as many before."""

    days: int
    is_until_now: bool
    now: Practice
    before: Practice


def look(unit: Unit, scene: Scene, days: int) -> Compared:
    """The figures of the last days, and of as many before them."""
    return _look(unit, scene, (unit.now - days * _DAY, unit.now), days)


def look_at(unit: Unit, scene: Scene, since: datetime, until: datetime) -> Compared:
    """The figures of a time of the calendar, such as last week, and of as long a time before it.

    Raises:
        Invalid: it is longer than a year.
    """
    if (until - since) > _LONGEST * _DAY:
        raise Invalid("That is longer than a year.", _MEND)
    return _look(unit, scene, (since, until))


def _look(unit: Unit, scene: Scene, time: tuple[datetime, datetime], until_now: int = 0) -> Compared:
    """The figures of a time, and of as long before; `until_now` is of how many days until now it is, else 0."""
    since, until = time
    zones = {person.id: person.timezone for person in scene.people.values()}
    before = _of(unit, since - (until - since), since, zones)
    days = until_now or max(1, round((until - since) / _DAY))
    return Compared(days, until_now > 0, _of(unit, since, until, zones), before)


def days_of(text: str) -> int:
    """How many days until now `30d`, `2 weeks`, `month`, `the last week` are; nothing said is a month.

    Raises:
        Invalid: it is no time, or longer than a year.
    """
    words = " ".join(text.casefold().split())
    weeks, plain, rolling = (one.fullmatch(words) for one in (_WEEKS, _DAYS, _ROLLING))
    if not words:
        return USUAL
    named = _WORDS.get(rolling[1], 0) if rolling else 0
    days = named or (int(weeks[1]) * 7 if weeks else int(plain[1]) if plain else 0)
    if not 1 <= days <= _LONGEST:
        raise Invalid(f"“{one_line(text, 40)}” is no time that I can look at.", _MEND)
    return days


def _of(unit: Unit, since: datetime, until: datetime, zones: Mapping[str, str]) -> Practice:
    return practice(
        (since, until),
        records.incidents(unit, since, until),
        records.pages(unit, since, until),
        records.heard(unit, since, until),
        zones,
    )
