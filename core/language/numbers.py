"""Numbers and lengths of time as people write them: `two dozen`, `1.5k`, `a couple of hours`, `1h30m`. Pure."""

import re
from dataclasses import dataclass
from enum import IntEnum

from core.language.tokens import Words

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SMALL = {word: number for number, word in enumerate(_UNITS)} | {
    word: 20 + 10 * number for number, word in enumerate(_TENS)
}
_VAGUE = {"couple": 2, "few": 3, "several": 3, "dozen": 12, "pair": 2}
_BIG = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
COUNTING = frozenset(SMALL) | frozenset(_VAGUE) | frozenset(_BIG) | {"a", "half"}
_MEASURING = COUNTING | {"an", "quarter"}
_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)?(?!\.?\d)")
_SUFFIX = {"k": 1000, "mio": 1_000_000}
_ORDINAL = re.compile(r"(\d{1,3})(?:st|nd|rd|th)\b", re.IGNORECASE)
ORDINALS = {
    word: number
    for number, word in enumerate(
        (
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        ).split(),
        1,
    )
} | {"thirtieth": 30}
_MOST = 10_000_000_000_000.0


class Grain(IntEnum):
    """How fine a time is: what a length counts in, or how long the thing is that was named."""

    SECOND = 1
    MINUTE = 2
    HOUR = 3
    DAY = 4
    WEEK = 5
    MONTH = 6
    QUARTER = 7
    YEAR = 8


_SECONDS = {
    Grain.SECOND: 1,
    Grain.MINUTE: 60,
    Grain.HOUR: 3600,
    Grain.DAY: 86_400,
    Grain.WEEK: 604_800,
    Grain.MONTH: 2_592_000,
    Grain.QUARTER: 7_776_000,
    Grain.YEAR: 31_536_000,
}
_NAMES = {
    "ms msec msecs millisecond milliseconds millis": (Grain.SECOND, 0.001),
    "s sec secs second seconds": (Grain.SECOND, 1),
    "m min mins minute minutes mn": (Grain.MINUTE, 1),
    "h hr hrs hour hours": (Grain.HOUR, 1),
    "d day days": (Grain.DAY, 1),
    "w wk wks week weeks": (Grain.WEEK, 1),
    "fortnight fortnights": (Grain.WEEK, 2),
    "mo mos mth mths month months": (Grain.MONTH, 1),
    "quarter quarters qtr qtrs": (Grain.QUARTER, 1),
    "y yr yrs year years": (Grain.YEAR, 1),
    "decade decades": (Grain.YEAR, 10),
    "century centuries": (Grain.YEAR, 100),
}
UNITS = {word: unit for words, unit in _NAMES.items() for word in words.split()}
_LETTERS = frozenset("smhdwy") | {"mo", "mos", "mn"}


@dataclass(frozen=True)
class Length:
    """A length of time: whole months that the calendar decides, the rest in seconds, and the finest unit it was said in."""

    months: float
    rest: float
    grain: Grain

    @property
    def seconds(self) -> float:
        """All of it in seconds, a month being 30 days and a year 365."""
        years, months = divmod(self.months, 12)
        return years * _SECONDS[Grain.YEAR] + months * _SECONDS[Grain.MONTH] + self.rest

    def plus(self, other: "Length") -> "Length":
        """Both, one after the other."""
        return Length(self.months + other.months, self.rest + other.rest, min(self.grain, other.grain))


def number(words: Words, index: int) -> tuple[float, int] | None:
    """The number that begins at a token, in digits or words, and the index after it: `1,000`, `1.5k`, `two and a half`."""
    word = words[index]
    if word[:1].isdigit():
        found = _digits(words, index)
    elif word in COUNTING:
        found = _vague(words, index) or _spelt(words, index)
    else:
        return None
    if not found or found[0] > _MOST:
        return None
    value, after = found
    if words.phrase(after, "and", "a", "half"):
        return value + 0.5, after + 3
    return value, after


def ordinal(words: Words, index: int) -> tuple[int, int] | None:
    """The place in a row that begins at a token: `3rd`, `third`, `twenty-first`."""
    word = words[index]
    if word[:1].isdigit():
        digits = words.match(_ORDINAL, index)
        return (int(digits[0].group(1)), digits[1]) if digits else None
    if word in ORDINALS:
        return ORDINALS[word], index + 1
    tens = SMALL.get(word, 0)
    if tens < 20:
        return None
    after = index + 2 if words[index + 1] == "-" else index + 1
    ones = ORDINALS.get(words[after], 0)
    return (tens + ones, after + 1) if 0 < ones < 10 else None


def length(words: Words, index: int) -> tuple[Length, int] | None:
    """The length of time that begins at a token: `2 hours`, `1h30m`, `an hour and a half`, `half an hour`."""
    word = words[index]
    found = _part(words, index) if word[:1].isdigit() or word in _MEASURING else None
    if not found:
        return None
    whole, after = found
    for _ in range(4):
        further = _further(words, after, whole)
        if not further:
            break
        whole, after = whole.plus(further[0]), further[1]
    return whole, after


def unit(words: Words, index: int) -> tuple[Grain, float, int] | None:
    """The unit of time that stands at a token, how many of its grain it is, and the index after it."""
    found = UNITS.get(words[index])
    return (*found, index + 1) if found else None


def of_units(count: float, grain: Grain, size: float) -> Length:
    """So many units of time."""
    amount = count * size
    months = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}.get(grain)
    if months and float(amount * months).is_integer():
        return Length(amount * months, 0, grain)
    return Length(0, amount * _SECONDS[grain], grain)


def _further(words: Words, index: int, whole: Length) -> tuple[Length, int] | None:
    """A smaller part that follows: `and 30 minutes`, `30m`, `and a half`."""
    half = words.phrase(index, "and", "a", "half")
    if half:
        return of_units(0.5, whole.grain, 1), half
    after = index + 1 if words[index] in {"and", ",", "&"} else index
    found = _part(words, after)
    return found if found and found[0].grain < whole.grain else None


def _part(words: Words, index: int) -> tuple[Length, int] | None:
    word = words[index]
    if word == "half" or (word == "a" and words[index + 1] == "half"):
        return _fraction(words, index + (word == "a") + 1, 0.5)
    if word in {"a", "quarter"}:
        quarter = words.phrase(index, "quarter", "of") or words.phrase(index, "a", "quarter", "of")
        if quarter:
            return _fraction(words, quarter, 0.25)
    found = number(words, index)
    if not found and word in {"a", "an"}:
        found = (1.0, index + 1)
    if not found:
        return None
    return _counted(words, *found)


def _counted(words: Words, count: float, after: int) -> tuple[Length, int] | None:
    if words[after] == "-" and not words.spaced(after):
        after += 1  # a 10-minute test
    if words[after] == "quarters" and words.phrase(after + 1, "of", "an", "hour"):
        return Length(0, count * 900, Grain.MINUTE), after + 4
    named = unit(words, after)
    if not named:
        return None
    grain, size, end = named
    letters = words[after] in _LETTERS
    if letters and (not words[after - 1].isdigit() or (words.spaced(after) and words[after] == "m")):
        return None  # “a d”, “5 m”: no unit
    if words[end] == "." and words[end + 1] in {"ago", "back", "from", "and"} and len(words[after]) < 5:
        end += 1  # 5 min. ago
    return of_units(count, grain, size), end


def _fraction(words: Words, index: int, share: float) -> tuple[Length, int] | None:
    after = index + 1 if words[index] in {"a", "an"} else index
    if words[after] == "-":
        after += 1
    named = unit(words, after)
    return (of_units(share, named[0], named[1]), named[2]) if named else None


def _digits(words: Words, index: int) -> tuple[float, int] | None:
    found = words.match(_DIGITS, index)
    if not found or len(found[0].group()) > 20:
        return None
    value, after = float(found[0].group().replace(",", "")), found[1]
    suffix = words[after]
    if suffix in _SUFFIX and not words.spaced(after):
        return value * _SUFFIX[suffix], after + 1
    if suffix in _BIG or suffix == "dozen":
        return value * (_BIG.get(suffix) or 12), after + 1
    return value, after


def _vague(words: Words, index: int) -> tuple[float, int] | None:
    """`a couple of`, `the past few`, `two dozen`, `half a dozen`."""
    if words.phrase(index, "half", "a", "dozen"):
        return 6.0, index + 3
    after = index + 1 if words[index] == "a" else index
    count = _VAGUE.get(words[after])
    if not count:
        return None
    return float(count), after + 2 if words[after + 1] == "of" else after + 1


def _spelt(words: Words, index: int, below: float = _MOST) -> tuple[float, int] | None:
    """A number in words; each power of ten has to be smaller than the one before it."""
    hundreds = words[index] in {"a", "one"} and words[index + 1] in _BIG
    lone = words[index] in _BIG
    first = 1 if hundreds or lone else SMALL.get(words[index])
    if first is None:
        return None
    total, after = float(first), index if lone else index + 1
    if first >= 20:
        dash = after + 1 if words[after] == "-" else after
        ones = SMALL.get(words[dash], 0)
        if 0 < ones < 10:
            total, after = total + ones, dash + 1
    scale = _BIG.get(words[after]) or (12 if words[after] == "dozen" else 0)
    if not scale or scale >= below:
        return total, after
    total, after = total * scale, after + 1
    rest = _spelt(words, after + 1 if words[after] == "and" else after, scale)
    return (total + rest[0], rest[1]) if rest and rest[0] < scale else (total, after)
