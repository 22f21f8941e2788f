"""Weeks, months and years by what they are called: `last week`, `March 2026`, `the past 3 days`, `the weekend`. Pure."""

import re
from dataclasses import replace
from datetime import date, timedelta

from core.language.moments.dates import MONTHS, year
from core.language.moments.quarters import part_of_year
from core.language.moments.reading import BACK, LEADS, ONWARD, THIS, Found, Reading
from core.language.moments.span import DAY, Span, shifted
from core.language.numbers import UNITS, Grain, Length, length, number, of_units

_ISO_WEEK = re.compile(r"(20\d\d)-?w([0-5]\d)(?!\d)", re.IGNORECASE)
_YEAR_MONTH = re.compile(r"(20\d\d)[-/](0?[1-9]|1[0-2])(?!\d|[/.-]\d)")
_MONTH_YEAR = re.compile(r"(0?[1-9]|1[0-2])/(20\d\d)(?!\d|[/.-]\d)")
_DECADE = re.compile(r"((?:19|20)\d0)'?s\b")
_BEFORE_YEAR = frozenset(
    "in since from until till before after during throughout of and to between early late mid -".split()
)
_VERBS = frozenset({"may", "march"})
_WHOLE = frozenset({"full", "whole", "complete", "calendar", "entire", "business", "working"})
_SEASONS = {"spring": (3, 20), "summer": (6, 21), "autumn": (9, 23), "fall": (9, 23), "winter": (12, 21)}
_LASTING = frozenset({"week", "month", "year"})
_TO_DATE = {"ytd": Grain.YEAR, "mtd": Grain.MONTH, "qtd": Grain.QUARTER, "wtd": Grain.WEEK}


def period(read: Reading, index: int) -> Found:
    """The stretch of the calendar that is named at a token, and the index after it."""
    if read.words[index][:1].isdigit():
        return part_of_year(read, index) or _coded(read, index) or _year(read, index)
    return (
        part_of_year(read, index)
        or _modified(read, index)
        or _weekend(read, index)
        or _month(read, index)
        or _week_by_number(read, index)
        or _year(read, index)
        or _to_date(read, index)
        or _season(read, index)
    )


def _modified(read: Reading, index: int) -> Found:
    words = read.words
    at = read.skip(index, "the", "these", "those") if words[index] in {"the", "these", "those"} else index
    at += words[at] in {"this", "these"} and words[at + 1] in BACK | ONWARD
    modifier = words[at]
    if modifier == "current" or modifier in BACK | ONWARD | THIS:
        # “the last week” is the seven days until now; “last week” is the one of the calendar before this one.
        is_until_now = at > index and modifier == "last" and words[at + 1] in _LASTING
        return _after_modifier(read, "past" if is_until_now else modifier, at + 1)
    before = UNITS.get(words[at])
    tail = {("before", "last"): -2, ("after", "next"): 2}.get((words[at + 1], words[at + 2]))
    if before and tail and before[0] >= Grain.DAY:
        return read.here.unit(before[0], tail), at + 3
    return None


def _after_modifier(read: Reading, modifier: str, index: int) -> Found:
    words, here = read.words, read.here
    whole = index + (words[index] in _WHOLE)
    named = None if words.phrase(index, "quarter", "of", "an", "hour") else UNITS.get(words[whole])
    if (
        named
        and len(words[whole]) > 1
        and not words[whole].endswith("ds" if named[0] is Grain.SECOND else "\0")
    ):
        return _one(read, modifier, named, words[whole]), whole + 1
    found = length(words, index) or _counted_whole(read, index)
    if not found:
        return None
    lasting, after = found
    if modifier in BACK:
        return Span(here.now - timedelta(seconds=lasting.seconds), here.now, lasting.grain), after
    if modifier in ONWARD:
        return Span(here.now, here.now + timedelta(seconds=lasting.seconds), lasting.grain), after
    return None


def _counted_whole(read: Reading, index: int) -> tuple[Length, int] | None:
    """`3 full days`, `2 working days`: the count alone matters."""
    counted = number(read.words, index)
    if not counted or read.words[counted[1]] not in _WHOLE:
        return None
    named = UNITS.get(read.words[counted[1] + 1])
    seconds = Length(0, counted[0] * 86_400 * (7 if named and named[0] is Grain.WEEK else 1), Grain.DAY)
    return (seconds, counted[1] + 2) if named and named[0] in {Grain.DAY, Grain.WEEK} else None


def _one(read: Reading, modifier: str, named: tuple[Grain, float], word: str) -> Span:
    """`last hour`, `past week`, `this month`, `previous day`."""
    here, (grain, size) = read.here, named
    several = word.endswith("s") and len(word) > 3
    if modifier in THIS:
        return here.begun(here.unit(grain))
    rolling = (
        grain <= Grain.HOUR
        or size != 1
        or (modifier == "past")
        or (modifier in {"last", "trailing"} and grain is Grain.DAY)
    )
    back = modifier in BACK
    if rolling or several:
        count = 3 if several and size == 1 else size
        lasting = timedelta(seconds=of_units(count, grain, 1).seconds)
        return (
            Span(here.now - lasting, here.now, grain) if back else Span(here.now, here.now + lasting, grain)
        )
    return here.unit(grain, -1 if back else 1)


def _weekend(read: Reading, index: int) -> Found:
    """Saturday and Sunday: the latest in a question, the next in what is to be done."""
    words, here = read.words, read.here
    at = index
    while words[at] in {"the", "this"} | BACK | ONWARD and at < index + 3:
        at += 1
    joined = words[at] == "week" and words[at + 1] == "-" and words[at + 2] == "end"
    if not (
        words[at] in {"weekend", "weekends"} or joined or (words[at] == "week" and words[at + 1] == "end")
    ):
        return None
    after = at + (3 if joined else 1 + (words[at] == "week"))
    modifiers = {words[step] for step in range(index, at)}
    if not modifiers and words[index - 1] not in LEADS:
        return None
    saturday = here.today - here.today.weekday() * DAY + 5 * DAY
    offset = _weeks(read, modifiers, words[after] + " " + words[after + 1])
    after += 2 if words.phrase(after, "before", "last") or words.phrase(after, "after", "next") else 0
    first = saturday + 7 * offset * DAY
    return here.begun(here.dates(first, first + 2 * DAY, Grain.DAY, None)), after


def _weeks(read: Reading, modifiers: set[str], tail: str) -> int:
    begun = read.here.today.weekday() >= 5
    if tail == "before last":
        return -2
    if modifiers & BACK:
        return -1
    if modifiers & ONWARD:
        return 0 if modifiers & {"coming", "upcoming"} else 1
    return 0 if "this" in modifiers or read.here.forward or begun else -1


def _coded(read: Reading, index: int) -> Found:
    """`2026-W12`, `2026-03`, `Q1 2026`, `2026Q1`, `H1`."""
    if len(read.words[index]) > 2:
        week = read.words.match(_ISO_WEEK, index)
        if week:
            first = _week_one(int(week[0].group(1)), int(week[0].group(2)))
            return (read.here.dates(first, first + 7 * DAY, Grain.WEEK), week[1]) if first else None
        month = read.words.match(_YEAR_MONTH, index)
        return (_of_month(read, int(month[0].group(1)), int(month[0].group(2))), month[1]) if month else None
    slashed = read.words.match(_MONTH_YEAR, index)
    if slashed:
        return _of_month(read, int(slashed[0].group(2)), int(slashed[0].group(1))), slashed[1]
    return None


def _month(read: Reading, index: int) -> Found:
    words, here = read.words, read.here
    at = words.phrase(index, "the", "month", "of") or words.phrase(index, "month", "of") or index
    modifier = words[at] if words[at] in BACK | ONWARD | {"this"} else ""
    at += bool(modifier)
    month = MONTHS.get(words[at])
    if not month:
        return None
    after = at + 2 if words[at + 1] == "." and len(words[at]) < 5 and words[at + 2].isdigit() else at + 1
    said = year(read, read.skip(after, ",", "of", "in"))
    if said:
        return _of_month(read, said[0], month), said[1]
    offset = {"last": -1, "this": 0, "next": 1}.get(words[read.skip(after, "of")])
    if offset is not None and words[read.skip(after, "of") + 1] == "year":
        return _of_month(read, here.today.year + offset, month), read.skip(after, "of") + 2
    if (
        words[at] in _VERBS | {"mar", "dec", "jan", "sep"}
        and not modifier
        and words[at - 1] not in LEADS | {"late", "early", "mid", "-"}
    ):
        return None
    return _nearest_month(read, modifier, month), after


def _nearest_month(read: Reading, modifier: str, month: int) -> Span:
    here = read.here
    span = replace(_of_month(read, here.today.year, month), every=Grain.YEAR)
    if modifier == "this":
        return span
    if modifier in BACK:
        return span if span.end <= here.now else here.step(span, -1)
    if modifier in ONWARD:
        return span if span.start > here.now else here.step(span, 1)
    return here.meant(span)


def _of_month(read: Reading, when: int, month: int) -> Span:
    first = date(when, month, 1)
    return read.here.dates(first, shifted(first, Grain.MONTH, 1), Grain.MONTH)


def _week_by_number(read: Reading, index: int) -> Found:
    """`week 12`, `calendar week 7 of 2025`, `CW12`, `KW 3`."""
    at = read.skip(index, "the", "calendar")
    word = read.words[at]
    if (
        word not in {"week", "cw", "kw", "wk"}
        or not read.words[at + 1].isdigit()
        or len(read.words[at + 1]) > 2
    ):
        return None
    said = year(read, read.skip(at + 2, ",", "of", "in"))
    first = _week_one(said[0] if said else read.here.today.year, int(read.words[at + 1]))
    if not first:
        return None
    span = read.here.dates(first, first + 7 * DAY, Grain.WEEK)
    past = not said and not read.here.forward and span.start > read.here.now
    other = _week_one(read.here.today.year - 1, int(read.words[at + 1])) if past else None
    return (read.here.dates(other, other + 7 * DAY, Grain.WEEK) if other else span), said[
        1
    ] if said else at + 2


def _week_one(when: int, week: int) -> date | None:
    """The Monday of an ISO week."""
    try:
        return date.fromisocalendar(when, week, 1)
    except ValueError:
        return None


def _year(read: Reading, index: int) -> Found:
    decade = read.words.match(_DECADE, read.skip(index, "the"))
    if decade:
        start = int(decade[0].group(1))
        return read.here.dates(date(start, 1, 1), date(start + 10, 1, 1), Grain.YEAR), decade[1]
    at = read.words.phrase(index, "the", "year") or read.words.phrase(index, "year") or index
    found = year(read, at)
    led = at > index or read.words[index - 1] in _BEFORE_YEAR
    if not found or not led or not read.words[at].isdigit() or read.words[found[1]] in UNITS:
        return None
    first = date(found[0], 1, 1)
    return read.here.dates(first, date(found[0] + 1, 1, 1), Grain.YEAR), found[1]


def _to_date(read: Reading, index: int) -> Found:
    """`YTD`, `month to date`, `so far this week`, `this week so far`."""
    here, words = read.here, read.words
    grain = _TO_DATE.get(words[index])
    if grain:
        return replace(here.unit(grain), end=here.now), index + 1
    named = UNITS.get(words[read.skip(index, "the")])
    after = words.phrase(read.skip(index, "the") + 1, "to", "date")
    if named and after and named[0] >= Grain.WEEK:
        return replace(here.unit(named[0]), end=here.now), after
    return None


def _season(read: Reading, index: int) -> Found:
    words, here = read.words, read.here
    at = read.skip(index, "the") if words[index] == "the" else index
    modifier = words[at] if words[at] in BACK | ONWARD | {"this"} else ""
    at += bool(modifier)
    begins = _SEASONS.get(words[at])
    if not begins or not (modifier or words[at - 1] in {"in", "since", "during", "of", "the", "until"}):
        return None
    said = year(read, read.skip(at + 1, "of"))
    first = date(said[0] if said else here.today.year, *begins)
    span = here.dates(first, shifted(first, Grain.MONTH, 3), Grain.QUARTER, Grain.YEAR)
    if said:
        return replace(span, every=None), said[1]
    if modifier in BACK:
        return here.step(span, 0 if span.end <= here.now else -1), at + 1
    return (span if modifier in ONWARD | {"this"} and span.end > here.now else here.meant(span)), at + 1
