"""Clock times and parts of the day as people write them: `14:00`, `9am CET`, `half past two`, `late evening`. Pure."""

import re
from dataclasses import dataclass, replace
from datetime import tzinfo

from core.language.moments.zones import zone
from core.language.numbers import SMALL, Grain
from core.language.tokens import Words

NOON = 12
_COLON = re.compile(r"(\d{1,2})[:h](\d{2})(?:[:](\d{2})(?:[.,]\d{1,6})?)?(?!\d|:\d)", re.IGNORECASE)
_DOT = re.compile(r"(\d{1,2})\.(\d{2})(?=\s?(?:[ap]\.?\s?m\b|h\b|uhr\b))(?!\d)", re.IGNORECASE)
_HALF = re.compile(r"\s?([ap])(?:\.\s?m\.|\.?\s?m\b\.?|\b(?!['’]))", re.IGNORECASE)
_MILITARY = re.compile(
    r"([01]\d|2[0-3])([0-5]\d)(?=\s?(?:h\b|hrs\b|hours\b|z\b|utc\b|gmt\b|[ap]\.?\s?m\b))", re.IGNORECASE
)
_SHORT_HALF = re.compile(r"(1[0-2]|\d)([0-5]\d)(?=\s?[ap]\.?\s?m\b)", re.IGNORECASE)
_NAMED = {"noon": 12.0, "midday": 12.0, "midnight": 0.0, "lunchtime": 12.0, "noontime": 12.0}
_PAST = frozenset({"past", "after"})
_TO = frozenset({"to", "before", "of", "til", "till"})
_PARTS = {
    "morning": (6.0, 12.0), "forenoon": (6.0, 12.0), "afternoon": (12.0, 18.0), "evening": (18.0, 24.0), "night": (18.0, 30.0),
    "lunchtime": (12.0, 14.0), "lunch": (12.0, 14.0), "dawn": (5.0, 7.0), "dusk": (18.0, 20.0), "eve": (18.0, 24.0),
}  # fmt: skip
_AFTER_HOURS = frozenset(
    "in on at for today yesterday tomorrow this and or until to through sharp monday tuesday wednesday thursday friday "
    "saturday sunday last the please utc o'clock oclock ish local what why how show which did was is were it we i they all run "
    "restart deploy start give tell can could any latency logs traces then while when"
    .split()
)  # fmt: skip


@dataclass(frozen=True)
class Clock:
    """A time of day; `loose` if it may be one of the morning or of the evening. `rough`: “ish”; `marked`: with am or pm."""

    hour: float
    zone: tzinfo | None = None
    loose: bool = False
    rough: bool = False
    marked: bool = False
    grain: Grain = Grain.MINUTE


@dataclass(frozen=True)
class Part:
    """A part of the day, from one hour to another; past 24 it is the next day."""

    begin: float
    end: float


def clock(words: Words, index: int, *, bare: bool = False) -> tuple[Clock, int] | None:
    """The clock time that begins at a token. `bare`: a lone number may be an hour, because `at` or the like goes before."""
    found = _digital(words, index) or _spoken(words, index) or _hour(words, index, bare=bare)
    if not found:
        return None
    return _ending(words, *found)


def part(words: Words, index: int) -> tuple[Part, int] | None:
    """The part of the day that begins at a token: `morning`, `early afternoon`, `small hours`, `business hours`."""
    phrases = (
        (("small", "hours"), Part(0, 6)),
        (("early", "hours"), Part(0, 6)),
        (("lunch", "time"), Part(12, 14)),
    )
    for said, meant in phrases:
        after = words.phrase(index, *said)
        if after:
            return meant, words.phrase(after, "of", "the", "morning") or after
    if words[index] in {"business", "working", "office"} and words[index + 1] == "hours":
        return Part(9, 17), index + 2
    edge = words[index] if words[index] in {"early", "mid", "late"} else ""
    after = index + (2 if edge and words[index + 1] == "-" else bool(edge))
    if edge and words.phrase(after, "in", "the"):
        after += 2
    hours = _PARTS.get(words[after])
    return (_edge(edge, *hours), after + 1) if hours else None


def _edge(edge: str, begin: float, end: float) -> Part:
    middle = (begin + min(end, 24)) / 2
    if edge == "late":
        return Part(middle, end)
    if edge == "mid":
        return Part(middle - 1, middle + 1)
    return Part(begin, middle) if edge == "early" else Part(begin, end)


def _digital(words: Words, index: int) -> tuple[Clock, int] | None:
    word = words[index]
    if not word[:1].isdigit():
        return None
    found = (words.match(_COLON, index) or words.match(_DOT, index)) if len(word) < 3 else None
    if found:
        hour, minute, second = (int(part or 0) for part in (*found[0].groups(), 0)[:3])
        clocked = hour + minute / 60 + second / 3600
        fine = minute < 60 and second < 60 and clocked <= 24
        return (Clock(clocked, grain=Grain.SECOND if second else Grain.MINUTE), found[1]) if fine else None
    found = (words.match(_MILITARY, index) or words.match(_SHORT_HALF, index)) if len(word) > 2 else None
    if not found:
        return None
    military = int(found[0].group(1)) + int(found[0].group(2)) / 60
    after = found[1] + 1 if words[found[1]] in {"h", "hrs", "hours"} else found[1]
    return Clock(military), after


def _spoken(words: Words, index: int) -> tuple[Clock, int] | None:
    """`noon`, `half past two`, `quarter to five`, `20 past 3`, `half three`."""
    start = index + 1 if words[index] == "a" and words[index + 1] == "quarter" else index
    minutes, after = _minutes(words, start)
    if after and words[after] in _PAST | _TO:
        sign = 1 if words[after] in _PAST else -1
        if sign < 0 and minutes % 5 and words[after] == words[start + 1]:
            return None  # “two to three” are no 2 minutes
        if (
            sign < 0
            and words[start].isdigit()
            and words[after] == words[start + 1]
            and _may_be_range(words, start, after)
        ):
            return None
        base = _whole(words, after + 1)
        if base and (base[0].loose or base[0].hour in {0, NOON} or words[start] in {"half", "quarter"}):
            hour = (base[0].hour + sign * minutes / 60) % 24
            return replace(base[0], hour=hour), base[1]
    if words[index] == "half" and words[index + 1] in SMALL and 0 < SMALL[words[index + 1]] <= NOON:
        return Clock(SMALL[words[index + 1]] + 0.5, loose=True), index + 2
    named = _NAMED.get(words[index])
    return (Clock(named), index + 1) if named is not None else None


def _may_be_range(words: Words, index: int, after: int) -> bool:
    """Whether `9 to 11` is rather from 9 to 11 than 9 minutes before 11."""
    led = words[index - 1] in {"at", "around", "about", "by"}
    return not (led or words[after + 1] in _NAMED) or words[index - 1] in {"from", "between"}


def _minutes(words: Words, index: int) -> tuple[int, int]:
    if words[index] in {"half", "quarter"}:
        return (30 if words[index] == "half" else 15), index + 1
    small = _small(words, index)
    if not small or not 0 < small[0] < 60:
        return 0, 0
    after = small[1] + 1 if words[small[1]] in {"minutes", "minute", "mins", "min"} else small[1]
    return small[0], after


def _small(words: Words, index: int) -> tuple[int, int] | None:
    """A number up to 59, in digits or words."""
    word = words[index]
    if word.isdigit() and len(word) < 3:
        return int(word), index + 1
    if word not in SMALL:
        return None
    after = index + 2 if words[index + 1] == "-" else index + 1
    ones = SMALL.get(words[after], 0)
    return (
        (SMALL[word] + ones, after + 1) if SMALL[word] >= 20 and 0 < ones < 10 else (SMALL[word], index + 1)
    )


def _whole(words: Words, index: int) -> tuple[Clock, int] | None:
    if words[index] in _NAMED:
        return Clock(_NAMED[words[index]]), index + 1
    found = _small(words, index)
    if not found or not 0 <= found[0] <= 24:
        return None
    return Clock(found[0], loose=0 < found[0] <= NOON), found[1]


def _hour(words: Words, index: int, *, bare: bool) -> tuple[Clock, int] | None:
    """`3pm`, `3 o'clock`, `14h`, `nine fifteen am`, and `3` where an hour is expected."""
    found = _whole(words, index)
    if not found or words[index] in _NAMED:
        return None
    base, after = found
    if base.loose and words.match(_HALF, after) and not _article(words, after):
        return base, after
    if words[after] in {"o'clock", "oclock", "ish"} or _by_daylight(words, after):
        return replace(base, rough=words[after] == "ish"), after + (words[after] != "in")
    if words[after] in {"h", "hrs", "uhr"} and words[index].isdigit() and bare:
        return replace(base, loose=False), after + 1
    minute = _small(words, after)
    if minute and 10 <= minute[0] < 60 and base.loose and _may_end(words, minute[1], bare=bare):
        return replace(base, hour=base.hour + minute[0] / 60), minute[1]
    return found if bare and _may_end(words, after, bare=True) else None


def _article(words: Words, index: int) -> bool:
    """Whether the `a` there is an article: `3 a day`."""
    return words[index] == "a" and words[index + 1] not in {"m", ".", ""}


def _may_end(words: Words, index: int, *, bare: bool, last: bool = False) -> bool:
    """Whether an hour can end here: nothing is counted by it."""
    if words.match(_HALF, index) and not _article(words, index):
        return True
    word = words[index]
    signed = not word or (not word.isalnum() and word not in {"%", "/", "$", "€"})
    fraction = word in {".", ":", "-", ","} and words[index + 1].isdigit() and not words.spaced(index + 1)
    if fraction:
        return word in {"-", ","} and bare
    if word in {"to", "and", "until"} and not last:
        counted = _small(words, index + 1)
        return bare and (
            not counted or words[counted[1]] == ":" or _may_end(words, counted[1], bare=True, last=True)
        )
    return bare and (signed or word in _AFTER_HOURS or zone(words, index) is not None)


def _ending(words: Words, said: Clock, index: int) -> tuple[Clock, int]:
    """What may follow: am or pm, `in the morning`, `o'clock`, `sharp`, a time zone."""
    after, hour = index, said.hour
    if words[after] in {"o'clock", "oclock", "uhr", "h"}:
        after += 1
    half = words.match(_HALF, after)
    evening: bool | None = None
    if half and hour < 13 and not _article(words, after):
        evening, after = half[0].group(1).lower() == "p", half[1]
    else:
        phrase = _by_daylight(words, after)
        if phrase and said.hour < 13:
            evening, after = phrase
    if evening is not None:
        hour = hour % 12 + (12 if evening else 0)
    while words[after] in {"sharp", "ish", "exactly"} or (
        words[after] == "around" and not words[after + 1].isalnum()
    ):
        said, after = replace(said, rough=said.rough or words[after] in {"ish", "around"}), after + 1
    named = zone(words, after, dash=said.grain is Grain.SECOND) or _in_brackets(words, after)
    loose = said.loose and evening is None and named is None
    full = replace(said, hour=hour, loose=loose, zone=named[0] if named else None, marked=evening is not None)
    return full, named[1] if named else after


def _in_brackets(words: Words, index: int) -> tuple[tzinfo, int] | None:
    named = zone(words, index + 1) if words[index] == "(" else None
    return (named[0], named[1] + 1) if named and words[named[1]] == ")" else None


def _by_daylight(words: Words, index: int) -> tuple[bool, int] | None:
    if words[index] not in {"in", "at"}:
        return None
    for said, evening in (
        (("in", "the", "morning"), False),
        (("in", "the", "am"), False),
        (("in", "the", "pm"), True),
        (("in", "the", "afternoon"), True),
        (("in", "the", "evening"), True),
        (("at", "night"), True),
    ):
        after = words.phrase(index, *said)
        if after:
            return evening, after
    return None
