"""Parts of stretches: the end of the month, early March, the first week of January, the last Monday of May. Pure."""

from dataclasses import replace
from datetime import timedelta

from core.language.moments.dates import MONTHS
from core.language.moments.days import WEEKDAYS, day
from core.language.moments.periods import period
from core.language.moments.reading import Found, Reading
from core.language.moments.span import DAY, Span, bounds, instant
from core.language.numbers import UNITS, Grain, number, ordinal

_STARTS = frozenset({"start", "beginning", "begin", "early", "top"})
_MIDDLES = frozenset({"middle", "mid", "midst"})
_ENDS = frozenset({"end", "late", "close", "ending"})
_CODES = {
    "sod": (Grain.DAY, 0), "eod": (Grain.DAY, 1), "cob": (Grain.DAY, 1), "sow": (Grain.WEEK, 0), "eow": (Grain.WEEK, 1),
    "som": (Grain.MONTH, 0), "eom": (Grain.MONTH, 1), "eoq": (Grain.QUARTER, 1), "eoy": (Grain.YEAR, 1),
}  # fmt: skip


def edge(read: Reading, index: int) -> Found:
    """The part of a stretch that is named at a token, and the index after it."""
    if read.words[index][:1].isdigit():
        return _counted(read, index)
    return _code(read, index) or _third(read, index) or _counted(read, index) or _week_of(read, index)


def _code(read: Reading, index: int) -> Found:
    """`EOD`, `EOW` and the like: the moment at which it ends."""
    known = _CODES.get(read.words[index])
    if not known:
        return None
    whole = read.here.unit(known[0])
    following = day(read, index + 1)
    if known[0] is Grain.DAY and following:
        whole, index = read.here.day(read.here.date_of(following[0].start)), following[1] - 1
    return instant(whole.end if known[1] else whole.start), index + 1


def _third(read: Reading, index: int) -> Found:
    words = read.words
    at = read.skip(index, "the", "very")
    word = words[at]
    if word not in _STARTS | _MIDDLES | _ENDS:
        return None
    after = read.skip(at + 1, "-") if word in {"mid", "early", "late"} else at + 1
    adjective = word in {"mid", "early", "late"}
    if not adjective and words[after] != "of":
        return None
    if word == "early" and words.phrase(after, "in", "the"):
        after += 2
    whole = _hour(read, after) if word == "top" else _whole(read, read.skip(after, "of"))
    if not whole or (adjective and whole[0].grain <= Grain.DAY):
        return None
    if not adjective and word not in _MIDDLES:
        return instant(whole[0].start if word in _STARTS else whole[0].end), whole[1]
    return _cut(whole[0], word), whole[1]


def _hour(read: Reading, index: int) -> tuple[Span, int] | None:
    after = read.words.phrase(read.skip(index, "of", "the", "this"), "hour")
    return (read.here.unit(Grain.HOUR), after) if after else None


def _cut(whole: Span, word: str) -> Span:
    third = timedelta(seconds=round((whole.end - whole.start).total_seconds() / 3))
    first, second = whole.start + third, whole.end - third
    if word in _STARTS:
        return replace(whole, end=first, fuzzy=True)
    return (
        replace(whole, start=second, fuzzy=True)
        if word in _ENDS
        else replace(whole, start=first, end=second, fuzzy=True)
    )


def _whole(read: Reading, index: int) -> tuple[Span, int] | None:
    """What has edges: a period or a day, this one if it is only called `the week`, `the day`. Not cut off at now."""
    words, here = read.words, read.here
    at = read.skip(index, "the", "this", "current") if words[index] in {"the", "this", "current"} else index
    named = UNITS.get(words[at])
    if named and named[0] is Grain.DAY and (said := day(read, at + 1)):
        return said
    if named and named[0] >= Grain.DAY and words[at + 1] != "of":
        return here.unit(named[0]), at + 1
    if words[at] in {"business", "working"} and words[at + 1] == "day":
        return here.unit(Grain.DAY), at + 2
    if words[index] == "today":
        return here.unit(Grain.DAY), index + 1
    month = MONTHS.get(words[index])
    if month and words[index] in {"may", "march"}:
        whole = period(Reading(words, here), index)
        return whole or (here.meant(_month_span(read, month)), index + 1)
    return period(read, index) or day(read, index)


def _month_span(read: Reading, month: int) -> Span:
    first, after = bounds(Grain.MONTH, read.here.today.replace(month=month, day=1))
    return read.here.dates(first, after, Grain.MONTH, Grain.YEAR)


def _counted(read: Reading, index: int) -> Found:
    """`first week of March`, `last Monday in May`, `last 3 days of February`, `second last week of 2025`."""
    words = read.words
    at = read.skip(index, "the")
    found = _rank(read, at)
    if not found:
        return None
    rank, count, after = found
    if words[after] == "half" and words[after + 1] in {"of", "in"} and rank in {1, 2}:
        return _half(read, after + 2, rank)
    weekday = WEEKDAYS.get(words[after])
    if weekday is None:
        return _units_of(read, after, rank, count)
    if words[after + 1] in {"after", "before"}:
        return _from_day(read, after + 2, weekday, rank if words[after + 1] == "after" else -abs(rank))
    whole = _whole(read, after + 2) if words[after + 1] in {"of", "in"} else None
    fits = whole and whole[0].grain > Grain.DAY
    return (_nth_weekday(read, whole[0], weekday, rank), whole[1]) if whole and fits else None


def _units_of(read: Reading, index: int, rank: int, count: int) -> Found:
    """`week of March` after `first`: so many days, weeks or hours of something longer."""
    named = UNITS.get(read.words[index])
    if not named or read.words[index] == "second" or read.words[index + 1] not in {"of", "in"}:
        return None
    whole = _whole(read, index + 2)
    if not whole or whole[0].grain <= named[0]:
        return None
    return _nth_unit(read, whole[0], named[0], rank, count), whole[1]


def _from_day(read: Reading, index: int, weekday: int, rank: int) -> Found:
    """`third Tuesday after Christmas`: so many of that weekday later, or earlier."""
    found = day(read, index)
    if not found or not rank:
        return None
    one = read.here.date_of(found[0].start)
    if rank > 0:
        days = (weekday - one.weekday() - 1) % 7 + 1 + 7 * (rank - 1)
    else:
        days = -((one.weekday() - weekday - 1) % 7 + 1) + 7 * (rank + 1)
    return read.here.day(one + days * DAY), found[1]


def _half(read: Reading, index: int, rank: int) -> Found:
    whole = _whole(read, index)
    if not whole or whole[0].grain is Grain.YEAR:
        return None
    middle = read.here.wall(read.here.date_of(whole[0].start + (whole[0].end - whole[0].start) / 2))
    return (replace(whole[0], end=middle) if rank == 1 else replace(whole[0], start=middle)), whole[1]


def _rank(read: Reading, index: int) -> tuple[int, int, int] | None:
    """Which of them (negative from the end), how many, and the index after it."""
    words = read.words
    if words[index] in {"last", "final"}:
        counted = number(words, index + 1)
        return (-1, int(counted[0]), counted[1]) if counted and counted[0] < 400 else (-1, 1, index + 1)
    found = ordinal(words, index)
    if not found:
        return None
    if words[found[1]] in {"last", "to"}:
        return -found[0], 1, read.skip(found[1], "to", "last")
    counted = number(words, found[1])
    return (
        (found[0], int(counted[0]), counted[1]) if counted and counted[0] < 400 else (found[0], 1, found[1])
    )


def _nth_weekday(read: Reading, whole: Span, weekday: int, rank: int) -> Span:
    first, after = read.here.date_of(whole.start), read.here.date_of(whole.end)
    if rank > 0:
        return read.here.day(first + ((weekday - first.weekday()) % 7 + 7 * (rank - 1)) * DAY)
    last = after - DAY
    return read.here.day(last - ((last.weekday() - weekday) % 7 - 7 * (rank + 1)) * DAY)


def _nth_unit(read: Reading, whole: Span, grain: Grain, rank: int, count: int) -> Span:
    here = read.here
    if grain <= Grain.HOUR:
        size = timedelta(seconds={Grain.HOUR: 3600, Grain.MINUTE: 60}.get(grain, 1))
        start = whole.start + (rank - 1) * size if rank > 0 else whole.end + (rank + 1 - count) * size
        return Span(start, start + count * size, grain)
    first, after = here.date_of(whole.start), here.date_of(whole.end)
    if grain is Grain.DAY:
        begin = first + (rank - 1) * DAY if rank > 0 else after + (rank + 1 - count) * DAY
        return here.dates(begin, begin + count * DAY, grain)
    if grain is Grain.WEEK:
        # the first week is the one that most of the month's first days are in
        monday = bounds(Grain.WEEK, first + 3 * DAY)[0]
        final = bounds(Grain.WEEK, after - 4 * DAY)[0]
        begin = monday + 7 * (rank - 1) * DAY if rank > 0 else final + 7 * (rank + 2 - count) * DAY
        return here.dates(begin, begin + 7 * count * DAY, grain)
    anchor = first if rank > 0 else after - DAY
    begin, end = bounds(grain, anchor)
    moved = here.step(here.dates(begin, end, grain, grain), rank - 1 if rank > 0 else rank + 2 - count)
    return replace(moved, end=here.step(moved, count - 1).end, every=None)


def _week_of(read: Reading, index: int) -> Found:
    """`the week of March 3rd`, `week commencing 9 March`."""
    at = read.skip(index, "the")
    if read.words[at] not in {"week", "wk"} or read.words[at + 1] not in {
        "of",
        "commencing",
        "ending",
        "beginning",
        "starting",
    }:
        return None
    found = day(read, read.skip(at + 2, "on"))
    if not found or found[0].grain is not Grain.DAY:
        return None
    first, after = bounds(Grain.WEEK, read.here.date_of(found[0].start))
    return read.here.dates(first, after, Grain.WEEK), found[1]
