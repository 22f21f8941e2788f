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
_DAYS = re.compile(r"(\d{1,4})\s*(?:d|days?)?")
_WEEKS = re.compile(r"(\d{1,3})\s*w(?:eeks?)?")


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody."""
        ...


@dataclass(frozen=True)
class Compared:
    """The figures of so many days until now, and of as many before."""

    days: int
    now: Practice
    before: Practice


def look(unit: Unit, scene: Scene, days: int) -> Compared:
    """The figures of the last days, and of as many before them."""
    span = timedelta(days=days)
    zones = {person.id: person.timezone for person in scene.people.values()}
    return Compared(
        days,
        _of(unit, unit.now - span, unit.now, zones),
        _of(unit, unit.now - 2 * span, unit.now - span, zones),
    )


def days_of(text: str) -> int:
    """How many days `30d`, `2 weeks`, `month` are; nothing said is a month.

    Raises:
        Invalid: it is no time, or longer than a year.
    """
    words = text.strip().casefold().removeprefix("last ").removeprefix("the ")
    weeks, plain = _WEEKS.fullmatch(words), _DAYS.fullmatch(words)
    if not words:
        return USUAL
    days = _WORDS.get(words) or (int(weeks[1]) * 7 if weeks else int(plain[1]) if plain else 0)
    if not 1 <= days <= _LONGEST:
        mend = "Say one as 7d, 30d, 2 weeks, month or quarter; at most 366 days."
        raise Invalid(f"“{one_line(text, 40)}” is no time that I can look at.", mend)
    return days


def _of(unit: Unit, since: datetime, until: datetime, zones: Mapping[str, str]) -> Practice:
    return practice(
        (since, until),
        records.incidents(unit, since, until),
        records.pages(unit, since, until),
        records.heard(unit, since, until),
        zones,
    )
