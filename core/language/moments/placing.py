"""Clock times put on the days they belong to: the latest occurrence in a question, the next in what is to be done. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.language.moments.clocks import Clock, Part
from core.language.moments.span import DAY, Here, Span, instant
from core.language.numbers import Grain

AROUND = timedelta(minutes=15)
_HALF_DAY = timedelta(hours=12)
_OFFICE = 7
"""An hour before this one, said of a known day without am or pm, is one of the afternoon."""


@dataclass(frozen=True)
class Clocks:
    """From one time of day to another."""

    first: Clock
    last: Clock


def placed_clock(here: Here, clock: Clock) -> Span:
    """The clock time, on no day that was said."""
    today = here.now.astimezone(clock.zone or here.zone).date()
    hours = (clock.hour, clock.hour + 12) if clock.loose else (clock.hour,)
    moments = sorted(_at(here, today + days * DAY, clock, hour) for days in (-1, 0, 1) for hour in hours)
    if here.forward:
        chosen = next((one for one in moments if one >= here.now), moments[-1])
    else:
        chosen = [one for one in moments if one <= here.now][-1]
    return rough(instant(chosen, clock.grain), clock)


def clock_on(here: Here, day: date, clock: Clock, part: Part | None = None) -> Span:
    """The clock time on that day; without am or pm the half of the day that `part` says, or office hours."""
    hour = clock.hour
    if part and part.end > 24 and hour < part.end - 24:
        hour += 24  # 1am of a night is the next day's
    elif part and part.begin >= 12 and hour < 12 and not clock.marked:
        hour += 12 if hour + 12 >= part.begin or part.end <= 24 else 24
    elif clock.loose and not part and hour < _OFFICE and day != here.today:
        hour += 12
    elif clock.loose and not part and day == here.today:
        return rough(instant(_nearest_today(here, day, clock), clock.grain), clock)
    return rough(instant(_at(here, day, clock, hour), clock.grain), clock)


def placed_clocks(here: Here, clocks: Clocks, day: date | None = None, part: Part | None = None) -> Span:
    """From one clock time to another: on that day, or the most recent that has begun, or the next."""
    first, last = _settled(clocks, part)
    if day is not None:
        return _span(here, day, first, last)
    today = here.now.astimezone(first.zone or here.zone).date()
    spans = [_span(here, today + days * DAY, first, last) for days in (-2, -1, 0, 1, 2)]
    if first.loose and last.loose:
        spans += [replace(one, start=one.start + _HALF_DAY, end=one.end + _HALF_DAY) for one in spans]
        spans.sort(key=lambda one: one.start)
    if here.forward:
        return next(one for one in spans if one.end > here.now)
    begun = [one for one in spans if one.start <= here.now]
    return begun[-1]


def placed_part(here: Here, day: date, part: Part) -> Span:
    """The part of that day."""
    return Span(here.wall(day, part.begin), here.wall(day, part.end), Grain.HOUR, fuzzy=True)


def rough(span: Span, clock: Clock | None = None) -> Span:
    """A quarter of an hour before and after a moment, if it was said to be rough."""
    if (clock and not clock.rough) or span.start != span.end:
        return span
    return Span(span.start - AROUND, span.end + AROUND, span.grain, fuzzy=True)


def _settled(clocks: Clocks, part: Part | None) -> tuple[Clock, Clock]:
    """Both with one zone, and on the same half of the day where only one of them says which."""
    first, last = clocks.first, clocks.last
    first, last = replace(first, zone=first.zone or last.zone), replace(last, zone=last.zone or first.zone)
    if part and part.begin >= 12 and not first.marked and not last.marked and first.hour < 12:
        return replace(first, hour=first.hour + 12), replace(last, hour=last.hour + 12 * (last.hour < 12))
    if last.marked and not first.marked and first.hour <= 12:
        base = first.hour % 12
        earlier = [hour for hour in (base, base + 12) if hour < last.hour]
        first = replace(first, hour=earlier[-1] if earlier else base, loose=False)
    if first.marked and not last.marked and last.hour <= first.hour and last.hour <= 12:
        last = replace(last, hour=last.hour + 12, loose=False)
    if last.hour <= first.hour and last.loose:
        last = replace(last, hour=last.hour + 12, loose=False)
        first = replace(first, loose=False)
    return first, last


def _span(here: Here, day: date, first: Clock, last: Clock) -> Span:
    start, end = _at(here, day, first, first.hour), _at(here, day, last, last.hour)
    if end <= start and last.hour <= first.hour:
        end = _at(here, day + DAY, last, last.hour)
    return Span(start, max(start, end), Grain.MINUTE)


def _nearest_today(here: Here, day: date, clock: Clock) -> datetime:
    moments = [_at(here, day, clock, hour) for hour in (clock.hour % 12, clock.hour % 12 + 12)]
    if here.forward:
        return next((one for one in moments if one >= here.now), moments[-1])
    return next((one for one in reversed(moments) if one <= here.now), moments[0])


def _at(here: Here, day: date, clock: Clock, hour: float) -> datetime:
    return here.wall(day, hour, clock.zone)
