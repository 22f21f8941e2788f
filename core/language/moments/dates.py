"""Dates as people write them: `2026-03-14`, `3/14`, `14.3.`, `March 14th`, `the 3rd`, and timestamps. Pure."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from core.language.moments.reading import LEADS, Found, Reading
from core.language.moments.span import DAY, Span, instant, shifted, utc
from core.language.numbers import Grain, ordinal

_MONTH_NAMES = (
    "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sep sept|october oct|"
    "november nov|december dec"
)
MONTHS = {name: at for at, names in enumerate(_MONTH_NAMES.split("|"), 1) for name in names.split()}
_STAMP = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)[T_](\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,9})?)?\s?(z|[+-]\d\d:?(?:\d\d)?)?(?!\d|:\d)",
    re.IGNORECASE,
)
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d|[-/.]\d)")
_COMPACT = re.compile(r"(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_YEARED = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d|[-/.]\d)")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?!\d|/\d)")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.(?![\d])")
_DASHED = re.compile(r"(\d{1,2})[-/ ]?([a-z]{3,9})[-/ ]?(\d{4}|\d{2})(?!\w|[-:./]\d)", re.IGNORECASE)
_UNIX = re.compile(r"(1[0-9]{9})(\d{3})?(?!\d)")
_YEAR = re.compile(r"(?:19|20)\d\d(?![\d:./-]?\d)")
_SHORT_YEAR = re.compile(r"['’](\d\d)(?!\d)")
_PAIRING = frozenset("to until till through thru vs versus and - –".split())
_NEVER = {(24, 7), (50, 50)}


def written(read: Reading, index: int) -> Found:
    """The date or timestamp that is written at a token, and the index after it."""
    word = read.words[index]
    if word[:1].isdigit():
        if _is_tail(read, index):
            return None
        if len(word) > 3:
            return _timestamp(read, index) or _year_first(read, index)
        return _numeric(read, index) or _day_first(read, index)
    return _month_first(read, index) or the_day(read, index)


def _is_tail(read: Reading, index: int) -> bool:
    """Whether the number only ends a word: `release-2026.03.1`."""
    words = read.words
    return (
        words[index - 1] in {"-", "_"}
        and not words.spaced(index)
        and not words.spaced(index - 1)
        and words[index - 2].isalpha()
        and words[index - 2] not in MONTHS
    )


def year(read: Reading, index: int) -> tuple[int, int] | None:
    """The year that is written at a token: `2026`, `'26`."""
    word = read.words[index]
    if word[:1].isdigit():
        found = read.words.match(_YEAR, index)
        return (int(found[0].group()), found[1]) if found else None
    short = read.words.match(_SHORT_YEAR, index) if word == "'" else None
    return (2000 + int(short[0].group(1)), short[1]) if short else None


def dated(read: Reading, when: int | None, month: int, day: int) -> Span | None:
    """The day of that date; without a year it is the one that is meant. None if there is no such day."""
    try:
        if when is not None:
            return read.here.day(date(when if when > 99 else 2000 + when, month, day))
        start = date(
            read.here.today.year if (month, day) != (2, 29) else _leap(read.here.today.year), month, day
        )
        return read.here.meant(read.here.day(start, Grain.YEAR))
    except (ValueError, OverflowError):
        return None


def the_day(read: Reading, index: int) -> Found:
    """`the 3rd`, `the third of March`, `the 20th of last month`: a day by its number alone."""
    start = index + 1 if read.words[index] == "the" else index
    found = ordinal(read.words, start)
    if not found or not 1 <= found[0] <= 31:
        return None
    number, after = found
    if read.words[after] == "day":
        after += 1
    of = read.skip(after, "of", "the")
    month = _month_at(read, of)
    if month:
        return _with_year(read, month[0], number, month[1])
    relative = {"last": -1, "previous": -1, "this": 0, "current": 0, "next": 1}.get(read.words[of])
    if of > after and relative is not None and read.words[of + 1] == "month":
        return _in_month(read, relative, number), of + 2
    if of > after and read.words[of] == "month":
        return _in_month(read, 0, number), of + 1
    lone = start > index or (read.words[index - 1] in LEADS and read.words[start].isdigit())
    fits = read.words[after] not in {
        "time",
        "attempt",
        "try",
        "one",
        "pod",
        "party",
        "replica",
        "step",
        "quarter",
        "week",
        "percentile",
    }
    return (_nearest(read, number), after) if lone and fits and _stands_alone(read, after) else None


def _stands_alone(read: Reading, index: int) -> bool:
    """Whether no noun follows that would be counted: `the first deploy` is no day."""
    word = read.words[index]
    return not word.isalpha() or word in LEADS | {
        "of",
        "please",
        "this",
        "last",
        "next",
        "thru",
        "morning",
        "afternoon",
        "evening",
        "noon",
    }


def _nearest(read: Reading, number: int) -> Span:
    """That day of this month, or the month before or after it."""
    here = read.here
    for offset in (1, 0, -1, -2) if not here.forward else (0, 1, 2, 3):
        month = shifted(here.today.replace(day=1), Grain.MONTH, offset)
        day = shifted(month, Grain.MONTH, 0) + (number - 1) * DAY
        if day.month != month.month:
            continue
        if (here.forward and day >= here.today) or (not here.forward and day <= here.today):
            return here.day(day, Grain.MONTH)
    return here.day(here.today)


def _in_month(read: Reading, offset: int, number: int) -> Span:
    first = shifted(read.here.today.replace(day=1), Grain.MONTH, offset)
    return read.here.day(first + (number - 1) * DAY)


def _month_at(read: Reading, index: int) -> tuple[int, int] | None:
    month = MONTHS.get(read.words[index])
    if not month:
        return None
    dotted = read.words[index + 1] == "." and read.words[index + 2].isdigit() and len(read.words[index]) < 5
    return month, index + 2 if dotted else index + 1


def _with_year(read: Reading, month: int, day: int, index: int) -> Found:
    comma = index + 1 if read.words[index] in {",", "of", "in"} else index
    found = year(read, comma)
    span = dated(read, found[0] if found else None, month, day)
    return (span, found[1] if found else index) if span else None


def _month_first(read: Reading, index: int) -> Found:
    """`March 14`, `Mar. 14th, 2026`, `March the 14th`, `march first`."""
    month = _month_at(read, index)
    if not month:
        return None
    at = read.skip(month[1], "the")
    word = read.words[at]
    found = ordinal(read.words, at)
    if not found and word.isdigit() and len(word) < 3 and not _clock_follows(read, at):
        found = int(word), at + 1
    return _with_year(read, month[0], *found) if found and found[0] <= 31 else None


def _clock_follows(read: Reading, index: int) -> bool:
    """Whether the number there is an hour, not a day: `March 14:00`."""
    return (
        read.words[index + 1] == ":" and not read.words.spaced(index + 1) and read.words[index + 2].isdigit()
    )


def _day_first(read: Reading, index: int) -> Found:
    """`14 March`, `14th of March 2026`, `14-Mar-2026`, `14MAR26`."""
    dashed = read.words.match(_DASHED, index)
    if dashed and (month := MONTHS.get(dashed[0].group(2).lower())):
        span = dated(read, int(dashed[0].group(3)), month, int(dashed[0].group(1)))
        if span:
            return span, dashed[1]
    counted = ordinal(read.words, index)
    if not counted and read.words[index].isdigit() and len(read.words[index]) < 3:
        counted = int(read.words[index]), index + 1
    if not counted:
        return None
    at = read.skip(counted[1], ".", "day", "of", "-")
    month_at = _month_at(read, at)
    if month_at:
        return _with_year(read, month_at[0], counted[0], month_at[1])
    return the_day(read, index)


def _year_first(read: Reading, index: int) -> Found:
    iso = read.words.match(_ISO, index)
    if iso:
        span = dated(read, int(iso[0].group(1)), int(iso[0].group(3)), int(iso[0].group(4)))
        return (span, iso[1]) if span else None
    compact = read.words.match(_COMPACT, index)
    if compact:
        span = dated(read, *(int(group) for group in compact[0].groups()))
        return (span, compact[1]) if span else None
    return None


def _numeric(read: Reading, index: int) -> Found:
    yeared = read.words.match(_YEARED, index)
    if yeared:
        first, sign, second, when = yeared[0].groups()
        if sign == "." and len(when) < 4 and read.words[index - 1] not in LEADS:
            return None  # a version
        span = _either(read, int(first), int(second), int(when), sign)
        return (span, yeared[1]) if span else None
    return _without_year(read, index)


def _without_year(read: Reading, index: int) -> Found:
    found = read.words.match(_SLASHED, index) or read.words.match(_DOTTED, index)
    if not found:
        return None
    first, second = int(found[0].group(1)), int(found[0].group(2))
    led = read.words[index - 1] in LEADS or index == 0 or _begins_a_pair(read, found[1])
    sign = "/" if "/" in found[0].group() else "."
    counted = read.words[found[1]] in {"of", "the", "%", "pods", "replicas", "nodes", "ready", "done"}
    if (first, second) in _NEVER or not led or counted:
        return None
    span = _either(read, first, second, None, sign)
    return (span, found[1]) if span else None


def _begins_a_pair(read: Reading, index: int) -> bool:
    """Whether another date follows: `3/14 to 3/16`, `3/4 vs 3/11`."""
    return read.words[index] in _PAIRING and read.words.match(_SLASHED, index + 1) is not None


def _either(read: Reading, first: int, second: int, when: int | None, sign: str) -> Span | None:
    """Month before day with slashes and dashes, day before month with dots; turned round if only that is a date."""
    month, day = (second, first) if sign == "." else (first, second)
    return dated(read, when, month, day) or dated(read, when, day, month)


def _timestamp(read: Reading, index: int) -> Found:
    found = read.words.match(_STAMP, index)
    if found:
        *parts, zone = found[0].groups()
        when, month, day, hour, minute, second = (int(part or 0) for part in parts)
        try:
            local = datetime(when, month, day, hour, minute, second, tzinfo=_offset(zone) or read.here.zone)
            moment = utc(local)
        except (ValueError, OverflowError):
            return None
        return instant(utc(moment), Grain.SECOND), found[1]
    unix = read.words.match(_UNIX, index)
    if unix and (read.words[index - 1] in LEADS | {"epoch", "unix", "timestamp", "ts", "@"}):
        return instant(datetime.fromtimestamp(int(unix[0].group(1)), UTC), Grain.SECOND), unix[1]
    return None


def _offset(text: str | None) -> timezone | None:
    """The zone that a timestamp ends with: `Z`, `+02:00`."""
    if not text:
        return None
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2] or 0) * 60 + int(digits[2:] or 0)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _leap(around: int) -> int:
    """The leap year that is nearest."""
    return min(
        (around + step for step in range(-4, 5) if (around + step) % 4 == 0),
        key=lambda one: abs(one - around),
    )
