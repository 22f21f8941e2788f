"""Stretches of time, and the calendar that they are cut from. Pure.

Days begin when clocks on the wall say so, in the zone of whoever speaks; rolling lengths are exact. An hour that
daylight saving skips is the one after it, and of an hour that comes twice the first is meant.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from zoneinfo import ZoneInfo

from core.language.numbers import Grain, Length

DAY = timedelta(days=1)
_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True)
class Span:
    """From `start` up to and without `end`, in UTC; equal for an instant.

    `grain` is what kind of thing it is. `every` is how often the like comes round, if the words left open which one
    was meant: a weekday every week, `March 14` every year.
    """

    start: datetime
    end: datetime
    grain: Grain
    every: Grain | None = None
    fuzzy: bool = False


Facts = Mapping[str, tuple[datetime, datetime | None]]
"""When things were that people name without a time: `deploy`, `incident`, `run`, `INC-104`; no end if it goes on."""


@dataclass(frozen=True)
class Here:
    """When and where something is said. `forward`: it is to be done, so that a clock time is the next one.

    `hours` says whether a bare number may be an hour: `between 3 and 9` is none where replicas are counted.
    """

    now: datetime
    zone: ZoneInfo
    forward: bool = False
    facts: Facts = field(default_factory=dict)
    hours: bool = True

    @cached_property
    def today(self) -> date:
        """The day it is where this is said."""
        return self.now.astimezone(self.zone).date()

    def wall(self, day: date, hour: float = 0, zone: tzinfo | None = None) -> datetime:
        """The moment at which a clock on the wall shows this hour of the day; 24 and more are the next day's."""
        days, seconds = divmod(round(hour * 3600), 86_400)
        clock = time(seconds // 3600, seconds // 60 % 60, seconds % 60)
        return at_wall(day + days * DAY, clock, zone or self.zone)

    def dates(self, first: date, after: date, grain: Grain, every: Grain | None = None) -> Span:
        """From the beginning of the day `first` to the beginning of the day `after`."""
        return Span(self.wall(first), self.wall(after), grain, every)

    def day(self, day: date, every: Grain | None = None) -> Span:
        """A whole day."""
        return self.dates(day, day + DAY, Grain.DAY, every)

    def date_of(self, moment: datetime) -> date:
        """The day it is there at a moment."""
        return moment.astimezone(self.zone).date()

    def unit(self, grain: Grain, offset: int = 0) -> Span:
        """The calendar's week, month, ... that is now, or so many after it."""
        if grain <= Grain.HOUR:
            size = {Grain.SECOND: 1, Grain.MINUTE: 60, Grain.HOUR: 3600}[grain]
            local = self.now.astimezone(self.zone)
            passed = (local.minute * 60 + local.second) % size if grain > Grain.SECOND else 0
            start = (
                self.now.replace(microsecond=0) - timedelta(seconds=passed) + timedelta(seconds=size * offset)
            )
            return Span(start, start + timedelta(seconds=size), grain)
        first, after = bounds(grain, shifted(self.today, grain, offset))
        return self.dates(first, after, grain)

    def begun(self, span: Span) -> Span:
        """As far as it has come: what is going on ends now. Nothing is cut from what is yet to be done."""
        if self.forward or not span.start < self.now < span.end:
            return span
        return replace(span, end=self.now)

    def moved(self, span: Span, length: Length, sign: int = 1) -> Span:
        """The span so much later, or earlier with -1; months and days by the calendar, the rest exactly."""
        return replace(
            span, start=self._moved(span.start, length, sign), end=self._moved(span.end, length, sign)
        )

    def after(self, moment: datetime, length: Length, sign: int = 1) -> datetime:
        """The moment so much later, or earlier with -1."""
        return self._moved(moment, length, sign)

    def _moved(self, moment: datetime, length: Length, sign: int) -> datetime:
        if length.grain < Grain.DAY:
            moved = (
                self.after(moment, Length(length.months, 0, Grain.MONTH), sign) if length.months else moment
            )
            return moved + sign * timedelta(seconds=length.rest)
        local = moment.astimezone(self.zone)
        day = shifted(local.date(), Grain.MONTH, sign * int(length.months))
        whole, rest = divmod(length.rest, 86_400)
        return at_wall(day + sign * int(whole) * DAY, local.time(), self.zone) + sign * timedelta(
            seconds=rest
        )

    def step(self, span: Span, count: int) -> Span:
        """The like of it, so many rounds later."""
        if span.every is None:
            return span
        return replace(
            span,
            start=self._stepped(span.start, span.every, count),
            end=self._stepped(span.end, span.every, count),
        )

    def _stepped(self, moment: datetime, every: Grain, count: int) -> datetime:
        local = moment.astimezone(self.zone)
        return at_wall(shifted(local.date(), every, count), local.time(), self.zone)

    def meant(self, span: Span) -> Span:
        """The one that is meant of those that come round: in a question the latest that has begun, else the next."""
        if span.every is None:
            return span
        for count in range(-3, 3):
            one = self.step(span, count)
            if self.forward and one.end > self.now:
                return one
            if not self.forward and self.step(span, count + 1).start > self.now:
                return one
        return span


def bounds(grain: Grain, day: date) -> tuple[date, date]:
    """The first day of the week, month, quarter or year that a day is in, and the first one after it."""
    if grain is Grain.DAY:
        return day, day + DAY
    if grain is Grain.WEEK:
        first = day - day.weekday() * DAY
        return first, first + 7 * DAY
    months = _MONTHS[grain]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, shifted(first, Grain.MONTH, months)


def shifted(day: date, grain: Grain, count: int) -> date:
    """The day so many units later; the last of a month where that month is too short."""
    if grain <= Grain.WEEK:
        return day + count * (7 if grain is Grain.WEEK else 1) * DAY
    year, month = divmod(day.year * 12 + day.month - 1 + count * _MONTHS[grain], 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def at_wall(day: date, clock: time, zone: tzinfo) -> datetime:
    """The moment, in UTC, at which clocks on the wall show this: the first if twice, the one after if never."""
    return datetime.combine(day, clock, zone).astimezone(UTC)


def instant(moment: datetime, grain: Grain = Grain.MINUTE) -> Span:
    """A moment, as a stretch of no length."""
    return Span(moment, moment, grain)


def utc(moment: datetime) -> datetime:
    """The moment in UTC; without a zone it is taken to be in UTC already."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
