"""Times by their distance: `15 minutes ago`, `in 2 hours`, `3 days before Christmas`, `two Mondays ago`. Pure."""

from datetime import timedelta

from core.language.moments.clocks import Clock, clock
from core.language.moments.days import WEEKDAYS, day
from core.language.moments.placing import clock_on, placed_clock
from core.language.moments.reading import Found, Reading
from core.language.moments.span import DAY, Span, instant
from core.language.numbers import UNITS, Grain, Length, length, number, of_units

Counted = tuple[float, int] | None
Lasting = tuple[Length, int] | None
_AGO = frozenset({"ago", "back", "prior"})
_WORKDAYS = frozenset({"business", "working", "work"})


def relative(read: Reading, index: int) -> Found:
    """The time that is named by its distance from now or from another, and the index after it."""
    counted, lasting = number(read.words, index), length(read.words, index)
    return (
        _weekdays(read, counted)
        or _between(read, index, counted, lasting)
        or _beside(read, index)
        or _distance(read, lasting or _workdays(read, counted) or _one_before(read, index))
    )


def _between(read: Reading, index: int, counted: Counted, first: Lasting) -> Found:
    """`2-3 hours ago`, `3h to 1h ago`."""
    after = first[1] if first else counted[1] if counted else index
    if after == index or read.words[after] not in {"-", "to", "or", "–"}:
        return None
    last = length(read.words, after + 1)
    if not last or read.words[last[1]] not in _AGO:
        return None
    other = number(read.words, after + 1)
    lasting = first[0] if first else None
    if not lasting and counted and other and other[0]:
        lasting = Length(0, last[0].seconds * counted[0] / other[0], last[0].grain)
    if not lasting:
        return None
    one, two = sorted((moved(read, lasting, -1), moved(read, last[0], -1)), key=lambda span: span.start)
    return Span(one.start, two.end, one.grain), last[1] + 1


def _beside(read: Reading, index: int) -> Found:
    """`the 15 minutes before 10:00`, `the hour after noon`: a stretch that ends or begins there."""
    if read.words[index] != "the":
        return None
    named = UNITS.get(read.words[index + 1])
    found = length(read.words, index + 1) or ((of_units(1, *named), index + 2) if named else None)
    if not found or found[0].grain >= Grain.DAY or read.words[found[1]] not in {"before", "after"}:
        return None
    clocked = clock(read.words, found[1] + 1)
    if not clocked:
        return None
    there, after = _clock_of_day(read, *clocked)
    beyond = read.here.after(there.start, found[0], -1 if read.words[found[1]] == "before" else 1)
    return Span(min(there.start, beyond), max(there.start, beyond), Grain.MINUTE), after


def ahead(read: Reading, index: int) -> Found:
    """`in 2 hours`, `in 3 days`: what comes after `in`."""
    found = length(read.words, index)
    if not found or read.words[found[1]] in {"of", "steps", "or"}:
        return None
    return moved(read, found[0], 1), found[1]


def moved(read: Reading, lasting: Length, sign: int) -> Span:
    """So long from now, or ago with -1: a moment if it is counted in hours or less, else the whole day."""
    there = read.here.after(read.here.now, lasting, sign)
    if lasting.grain < Grain.DAY or lasting.rest % 86_400:
        return instant(there, min(lasting.grain, Grain.HOUR))
    return read.here.day(read.here.date_of(there))


def _distance(read: Reading, found: Lasting) -> Found:
    if not found:
        return None
    lasting, after = found
    word = read.words[after]
    if word in _AGO:
        return moved(read, lasting, -1), after + 1
    if word in {"hence", "later"} or read.words.phrase(after, "from", "now"):
        return moved(read, lasting, 1), after + (2 if word == "from" else 1)
    if word in {"before", "after", "from"}:
        return _from_another(read, lasting, after)
    return None


def _from_another(read: Reading, lasting: Length, index: int) -> Found:
    sign = -1 if read.words[index] == "before" else 1
    found = day(read, index + 1)
    if not found:
        clocked = clock(read.words, index + 1)
        found = _clock_of_day(read, *clocked) if clocked else None
    if not found:
        return None
    span, after = found
    if span.grain >= Grain.DAY and lasting.grain >= Grain.DAY:
        return read.here.moved(read.here.day(read.here.date_of(span.start)), lasting, sign), after
    edge = span.start if sign < 0 or span.grain < Grain.DAY else span.end
    return instant(read.here.after(edge, lasting, sign)), after


def _clock_of_day(read: Reading, said: Clock, index: int) -> tuple[Span, int]:
    behind = day(read, read.skip(index, "on", ","))
    if behind:
        return clock_on(read.here, read.here.date_of(behind[0].start), said), behind[1]
    return placed_clock(read.here, said), index


def _one_before(read: Reading, index: int) -> Lasting:
    """`the day` in `the day after Christmas`."""
    after = read.skip(index, "the")
    named = UNITS.get(read.words[after])
    if (
        after == index
        or not named
        or named[0] < Grain.DAY
        or read.words[after + 1] not in {"before", "after"}
    ):
        return None
    return of_units(1, *named), after + 1


def _weekdays(read: Reading, counted: Counted) -> Found:
    """`two Mondays ago`, `3 Fridays from now`."""
    if not counted or not 0 < counted[0] < 500:
        return None
    if read.words[counted[1]] in {"weekends", "weekend"} and read.words[counted[1] + 1] in _AGO:
        saturday = read.here.today - (read.here.today.weekday() + 2) * DAY - 7 * (int(counted[0]) - 1) * DAY
        return read.here.dates(saturday, saturday + 2 * DAY, Grain.DAY), counted[1] + 2
    if read.words[counted[1]] not in WEEKDAYS:
        return None
    weekday, here = WEEKDAYS[read.words[counted[1]]], read.here
    after, count = counted[1] + 1, int(counted[0])
    if read.words[after] in _AGO:
        last = here.today - ((here.today.weekday() - weekday - 1) % 7 + 1) * DAY
        return here.day(last - 7 * (count - 1) * DAY), after + 1
    if read.words.phrase(after, "from", "now") or read.words[after] == "hence":
        following = here.today + ((weekday - here.today.weekday() - 1) % 7 + 1) * DAY
        return here.day(following + 7 * (count - 1) * DAY), after + (2 if read.words[after] == "from" else 1)
    return None


def _workdays(read: Reading, counted: Counted) -> Lasting:
    """`3 business days`: as many days as it takes to pass so many that are no weekend, back from today."""
    if not counted or not 0 < counted[0] < 500 or read.words[counted[1]] not in _WORKDAYS:
        return None
    if read.words[counted[1] + 1] not in {"day", "days"}:
        return None
    after = counted[1] + 2
    step = -1 if read.words[after] in _AGO else 1
    left, one = int(counted[0]), read.here.today
    while left:
        one += step * DAY
        left -= one.weekday() < 5
    passed = timedelta(days=abs((one - read.here.today).days))
    return Length(0, passed.total_seconds(), Grain.DAY), after
