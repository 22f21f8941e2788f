"""Stretches of days whose month is said once: `March 3 to 7`, `13-15 July 2025`, `the 3rd to the 7th of March`. Pure."""

from dataclasses import replace

from core.language.moments.dates import MONTHS, dated, written, year
from core.language.moments.joining import TO
from core.language.moments.reading import Found, Reading
from core.language.moments.span import Span
from core.language.numbers import Grain, ordinal


def number_after(read: Reading, span: Span, index: int) -> Found:
    """`March 3 to 7`, `the 3rd to the 7th`, `July 13-15 2025`."""
    if span.grain is not Grain.DAY:
        return None
    at = read.skip(index, "the")
    found = ordinal(read.words, at)
    if not found and read.words[at].isdigit() and len(read.words[at]) < 3 and read.words[at + 1] != ":":
        found = int(read.words[at]), at + 1
    if (
        not found
        or read.words[read.skip(found[1], "of")] in MONTHS
        or (written(read, at) and read.words[at + 1] in {"/", ".", "-"})
    ):
        return None
    first = read.here.date_of(span.start)
    this_month = read.words.phrase(found[1], "of", "this", "month") or read.words.phrase(
        found[1], "of", "the", "month"
    )
    said = year(read, read.skip(found[1], ","))
    when = said[0] if said else first.year
    start, last = dated(read, when, first.month, first.day), dated(read, when, first.month, found[0])
    if not start or not last or last.end <= start.start:
        return None
    return replace(span, start=start.start, end=last.end), said[1] if said else this_month or found[1]


def numbered(read: Reading, index: int) -> Found:
    """`13 to 15 July`, `the 3rd to the 7th of March`, `3-7 March 2026`."""
    at = read.skip(index, "the")
    word = read.words[at]
    first = ordinal(read.words, at) or ((int(word), at + 1) if word.isdigit() and len(word) < 3 else None)
    between = read.words[index - 1] == "between"
    if not first or not (read.words[first[1]] in TO or (between and read.words[first[1]] == "and")):
        return None
    last = written(read, read.skip(first[1] + 1, "the")) or written(read, first[1] + 1)
    month_named = last and any(read.words[step] in MONTHS for step in range(first[1], last[1]))
    if not last or not month_named or last[0].grain is not Grain.DAY:
        return None
    end = read.here.date_of(last[0].start)
    start = dated(read, end.year, end.month, first[0])
    return (replace(start, end=last[0].end), last[1]) if start and start.start < last[0].end else None
