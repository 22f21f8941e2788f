"""Quarters and halves of a year: `Q1 2026`, `2026Q1`, `1Q26`, `H1`, `the third quarter of last year`. Pure."""

import re
from datetime import date

from core.language.moments.dates import year
from core.language.moments.reading import Found, Reading
from core.language.moments.span import Span, shifted
from core.language.numbers import Grain, ordinal

_QUARTER = re.compile(
    r"(?:(20\d\d|\d\d)[ -]?)?([qh])([1-4])(?:[ /-]?['’]?(20\d\d|\d\d))?(?![\w])", re.IGNORECASE
)
_TURNED = re.compile(r"([1-4])([qh])[ ']?(20\d\d|\d\d)(?![\w])", re.IGNORECASE)


def part_of_year(read: Reading, index: int) -> Found:
    """The quarter or half that is named at a token, and the index after it."""
    return _coded(read, index) or _quarter_in_words(read, index)


def _coded(read: Reading, index: int) -> Found:
    turned = read.words.match(_TURNED, index)
    if turned:
        count, letter, when = turned[0].groups()
        return _part_of_year(
            read, 3 if letter.lower() == "q" else 6, int(count), 2000 + int(when) % 100, turned[1]
        )
    found = read.words.match(_QUARTER, index)
    if not found:
        return None
    before, letter, count, after = found[0].groups()
    size = 3 if letter.lower() == "q" else 6
    if int(count) > 12 // size:
        return None
    said = int(before or after or 0)
    return _part_of_year(read, size, int(count), said + 2000 if 0 < said < 100 else said, found[1])


def _part_of_year(read: Reading, size: int, count: int, said: int, index: int) -> Found:
    """The so-manieth quarter or half of a year; of the one that is meant if none is said."""
    at = read.skip(index, ",", "of", "in")
    named = year(read, at) if not said else None
    offset = {"last": -1, "previous": -1, "this": 0, "next": 1}.get(read.words[read.skip(at, "the")])
    if named:
        said, index = named
    elif not said and offset is not None and read.words[read.skip(at, "the") + 1] == "year":
        said, index = read.here.today.year + offset, read.skip(at, "the") + 2
    first = date(said or read.here.today.year, (count - 1) * size + 1, 1)
    grain = Grain.QUARTER if size == 3 else Grain.YEAR
    span = read.here.dates(first, shifted(first, Grain.MONTH, size), grain, None if said else Grain.YEAR)
    return read.here.meant(span), index


def _quarter_in_words(read: Reading, index: int) -> Found:
    """`the third quarter of 2025`, `first half of last year`."""
    whose = {"last": -1, "this": 0, "next": 1}.get(read.words[index])
    if whose is not None and read.words[index + 1] == "year":
        inner = _quarter_in_words(read, index + 2)
        return (_of_year(read, inner[0], read.here.today.year + whose), inner[1]) if inner else None
    found = ordinal(read.words, read.skip(index, "the"))
    if not found or not 1 <= found[0] <= 4:
        return None
    size = {"quarter": 3, "qtr": 3, "half": 6}.get(read.words[found[1]])
    if not size or found[0] > 12 // size:
        return None
    whole = _part_of_year(read, size, found[0], 0, found[1] + 1)
    yearly = whole and (size == 3 or whole[1] > found[1] + 1 or read.words[found[1] + 1] != "of")
    return whole if yearly else None


def _of_year(read: Reading, span: Span, when: int) -> Span:
    """The like of it in that year."""
    first, after = read.here.date_of(span.start), read.here.date_of(span.end)
    begin = first.replace(year=when)
    return read.here.dates(begin, after.replace(year=when + after.year - first.year), span.grain)
