"""When: the stretches of time that a message names. Pure; the grammar is in `moments`."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.language.moments.dates import MONTHS
from core.language.moments.days import WEEKDAYS
from core.language.moments.feasts import FIRST
from core.language.moments.ranges import LEADING, stretch
from core.language.moments.reading import BACK, ONWARD, THIS, Reading
from core.language.moments.span import Facts, Here, Span, utc
from core.language.moments.spelling import mended
from core.language.numbers import ORDINALS, SMALL
from core.language.tokens import Words

_BEGINNINGS = (
    LEADING | BACK | ONWARD | THIS | set(WEEKDAYS) | set(MONTHS) | FIRST | set(ORDINALS) | set(SMALL)
    | set(
        "yesterday today tomorrow tonight overnight the these those a an half quarter noon midday midnight early mid "
        "late start beginning end middle top final week month day days weekend cw kw q h ytd mtd qtd wtd eod eow eom "
        "eoq eoy sod sow som cob morning afternoon evening night lunch lunchtime year earlier later couple few "
        "several dozen business working small overmorrow season spring summer autumn winter"
        .split()
    )
)  # fmt: skip


@dataclass(frozen=True)
class Time:
    """A stretch of time that was named: in UTC, the end excluded, both alike for an instant; and where it stands in the text."""

    start: datetime
    end: datetime
    text: str
    begin: int
    finish: int
    fuzzy: bool = False


def find(
    text: str | Words,
    *,
    now: datetime,
    zone: str = "UTC",
    forward: bool = False,
    facts: Facts | None = None,
    hours: bool = True,
) -> tuple[Time, ...]:
    """The times that `text`, whole or cut into words, names, in order; overlapping ones are not reported.

    `zone` is that of whoever says it; one that nobody knows counts as UTC. `forward`: it is to be done, so a clock
    time or a weekday is the next one, not the latest. `facts` says when things were that can be named instead of a
    time. `hours`: whether a bare number may be an hour, as in `between 9 and 11`. Never raises, whatever the text.
    """
    words = mended(text if isinstance(text, Words) else Words.of(text))
    read = Reading(words, Here(utc(now), zone_of(zone), forward, facts or {}, hours))
    found: list[Time] = []
    index = 0
    while index < len(words):
        one = _at(read, index)
        if one:
            found.append(_time(words, *one))
        index = max(one[2], index + 1) if one else index + 1
    return tuple(found)


def _at(read: Reading, index: int) -> tuple[Span, int, int] | None:
    word = read.words[index]
    if not (word in _BEGINNINGS or word[:1].isdigit() or word in {"'", "~", "@"}):
        return None
    if read.words[index - 1] in {"every", "each"}:
        return None
    try:
        return stretch(read, index)
    except (ValueError, OverflowError):  # a year 0, a day of the year 12000
        return None


def _time(words: Words, span: Span, first: int, after: int) -> Time:
    # “the last week” and “last week” are not the same time.
    while after - first > 1 and words[first] in {"the", "these", "those"} and words[first + 1] != "last":
        first += 1
    begin, finish = words.token(first).start, words.token(after - 1).end
    return Time(span.start, max(span.start, span.end), words.text[begin:finish], begin, finish, span.fuzzy)


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The zone with this IANA name; UTC where nobody knows it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
