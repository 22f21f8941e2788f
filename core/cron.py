"""Times of the clock on the wall that come again, as cron writes them in five fields. Pure.

Source: POSIX crontab, with names, steps and `7` for Sunday; a day must fit either of its two fields where both are
narrowed. The clock's jumps: a schedule that names its hours comes once for each of them, also on the day that skips one
(then as much later as was skipped) and on the day that has one twice (then the first time). A schedule for every
hour goes by the time that passes, so it comes in both of the hours that are called the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
# The 29th of February can be eight years away; whatever is further never comes.
_HORIZON = 8 * 366 + 2
_SUNDAY = 7
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEK = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART = re.compile(r"(\*|[a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?(?:/(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True)
class _Field:
    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, _SUNDAY, _WEEK),
)


@dataclass(frozen=True)
class Cron:
    """A parsed expression: what each field allows. Monday is 1 and Sunday 0."""

    text: str
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    every_hour: bool
    either_day: bool

    def after(self, moment: datetime, zone: str) -> datetime | None:
        """The first time after `moment`, in UTC, by the clocks of the named time zone; None if it never comes."""
        here = ZoneInfo(zone)
        # A day before: what a skipped hour at midnight puts off belongs to the day that skipped it.
        first = moment.astimezone(here).date() - _DAY
        for number in range(_HORIZON):
            day = first + number * _DAY
            if self._has(day):
                later = [at for at in self._on(day, here) if at > moment]
                if later:
                    return min(later)
        return None

    def _has(self, day: date) -> bool:
        if day.month not in self.months:
            return False
        by_month, by_week = day.day in self.days, day.isoweekday() % _SUNDAY in self.weekdays
        return by_month or by_week if self.either_day else by_month and by_week

    def _on(self, day: date, zone: ZoneInfo) -> Iterator[datetime]:
        for hour in self.hours:
            for minute in self.minutes:
                wall = datetime.combine(day, time(hour, minute), zone)
                at, again = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
                is_skipped = at.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None)
                if not (is_skipped and self.every_hour):
                    yield at
                if again > at and self.every_hour:
                    yield again


@lru_cache(maxsize=1_024)
def parse(text: str) -> Cron:
    """The expression that `text` writes.

    Raises:
        ValueError: in words, if it is none, or no day ever fits it.
    """
    fields = text.lower().split()
    if len(fields) != len(_FIELDS):
        raise ValueError(f"it has {len(fields)} fields, and five are needed: minute hour day month weekday")
    minutes, hours, days, months, week = (
        frozenset().union(*(_values(field, part) for part in written.split(",")))
        for field, written in zip(_FIELDS, fields, strict=True)
    )
    cron = Cron(
        text=" ".join(fields),
        minutes=tuple(sorted(minutes)),
        hours=tuple(sorted(hours)),
        days=days,
        months=months,
        weekdays=frozenset(day % _SUNDAY for day in week),
        every_hour=fields[1].startswith("*"),
        either_day=not (fields[2].startswith("*") or fields[4].startswith("*")),
    )
    if cron.after(datetime(2000, 1, 1, tzinfo=UTC), "UTC") is None:
        raise ValueError("no day ever fits it")
    return cron


def _values(field: _Field, part: str) -> frozenset[int]:
    found = _PART.fullmatch(part)
    if found is None:
        raise ValueError(f"its {field.name} `{part[:20]}` is no number, range, list or step")
    first, last, step = found.groups()
    if first == "*" and last:
        raise ValueError(f"its {field.name} `{part}` is no range")
    low = field.low if first == "*" else _number(field, first)
    high = field.high if first == "*" or (step and not last) else _number(field, last or first)
    if low > high:
        raise ValueError(f"its {field.name} `{part}` goes backwards")
    if step in {"0", "00"}:
        raise ValueError(f"its {field.name} `{part}` has a step of nothing")
    return frozenset(range(low, high + 1, int(step or 1)))


def _number(field: _Field, word: str) -> int:
    if word in field.words:
        return field.words.index(word) + field.low
    if not word.isdigit() or not field.low <= int(word) <= field.high:
        raise ValueError(f"its {field.name} `{word}` is not between {field.low} and {field.high}")
    return int(word)
