"""Stretches that are said with more than one word for a time: since, until, between, from-to, around, for. Pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from core.language.moments.beginnings import may_begin
from core.language.moments.clocks import clock
from core.language.moments.happenings import happening
from core.language.moments.joining import TO, moment
from core.language.moments.numbered import number_after, numbered
from core.language.moments.placing import AROUND, clock_on, placed_clock, rough
from core.language.moments.reading import Found, Reading
from core.language.moments.relative import ahead
from core.language.moments.span import DAY, Span
from core.language.numbers import Grain, Length, length

_WORDS_FOR_AROUND = frozenset({"around", "about", "~"})
_UNTIL = frozenset({"until", "till", "before", "by"})
_PLAIN = frozenset({"during", "throughout", "over", "within", "in", "on", "at", "for", "@", "of", "as"})
_PART = timedelta(hours=18)
_NOW = frozenset({"now", "present", "date"})


def stretch(read: Reading, index: int) -> tuple[Span, int, int] | None:
    """The stretch of time that begins at a token, with the index of its first word and of the word after it."""
    rule = _RULES.get(read.words[index])
    found = rule(read, index) if rule else None
    if found:
        return found
    plain = _onward(read, index, bare=False)
    return (plain[0], index, plain[1]) if plain else None


def _whole(read: Reading, index: int, *, bare: bool) -> Found:
    """A time or what happened; rough if that is said of it."""
    if read.words[index] in _WORDS_FOR_AROUND:
        found = moment(read, index + 1, bare=True)
        return (rough(found[0]), found[1]) if found else None
    return moment(read, index, bare=bare) or happening(read, index)


def _onward(read: Reading, index: int, *, bare: bool) -> Found:
    """A time, and where it goes on: `Monday to Wednesday`, `14:00 for an hour`."""
    if not bare and not may_begin(read.words, index):
        return None
    days = numbered(read, index)
    if days:
        return days
    found = _whole(read, index, bare=bare) if bare else moment(read, index)
    if not found:
        return None
    return _to(read, *found) or _lasting(read, *found) or found


def _lasting(read: Reading, span: Span, index: int) -> Found:
    """`4pm for 30 minutes`, `18 December for 10 days`."""
    if read.words[index] != "for" or span.grain > Grain.DAY:
        return None
    found = length(read.words, index + 1)
    if not found:
        return None
    return _for(read, span, found[0]), found[1]


def _to(read: Reading, span: Span, index: int, joints: frozenset[str] = TO) -> Found:
    """What follows `to`: the end, as a time after the beginning."""
    word = read.words[index]
    if _slash(read, span, index):
        word, joints, index = "-", TO, index + (word == ".")
    if word not in joints or (word in {"-", "–"} and read.words[index + 1] == "-"):
        return None
    at = index + 1
    if read.words[at] in _NOW:
        return replace(span, end=max(span.start, read.here.now)), at + 1
    return _clock_after(read, span, at) or number_after(read, span, at) or _time_after(read, span, at)


def _slash(read: Reading, span: Span, index: int) -> bool:
    """`2026-03-02/2026-03-06` and `2026-03-02..2026-03-06`, both with the year first."""
    words = read.words
    after = index + 1 if words[index] == "/" else index + 2 if words[index] == words[index + 1] == "." else 0
    return bool(after) and span.grain <= Grain.DAY and words[after].isdigit() and len(words[after]) == 4


def _clock_after(read: Reading, span: Span, index: int) -> Found:
    """`yesterday 22:00 to 02:00`: a clock time alone is the next one after the beginning."""
    if span.grain > Grain.HOUR:
        return None
    found = clock(read.words, index, bare=read.here.hours)
    if not found or moment(read, index, bare=True) != (placed_clock(read.here, found[0]), found[1]):
        return None
    day = read.here.date_of(span.start)
    end = next(
        (one for step in (0, 1) if (one := clock_on(read.here, day + step * DAY, found[0]).end) > span.start),
        span.end,
    )
    return replace(span, end=end), found[1]


def _time_after(read: Reading, span: Span, index: int) -> Found:
    found = _whole(read, index, bare=span.grain <= Grain.HOUR and read.here.hours)
    if not found:
        return None
    last, after = found
    here = read.here
    if last.every and span.every is None:
        last = _next_after(read, last, span)
    elif last.every and last.end <= span.start:
        onward = here.step(last, 1)
        if here.forward or onward.start <= here.now:
            last = onward
        else:
            span = here.step(span, -1)
    elif here.forward and span.every and span.start > last.start:
        span = here.step(span, -1)
    return (replace(span, end=last.end), after) if last.end >= span.start else None


def _next_after(read: Reading, last: Span, span: Span) -> Span:
    """The first of those that come round after what is certain: `March 3 2015 to March 5`. Looks a hundred rounds far."""
    here, ahead = read.here, last.end <= span.start
    for _ in range(100):
        other = here.step(last, 1 if ahead else -1)
        if not ahead and other.end <= span.start:
            break
        last = other
        if ahead and last.end > span.start:
            break
    return last


def _since(read: Reading, index: int) -> tuple[Span, int, int] | None:
    read = Reading(read.words, replace(read.here, forward=False))  # it has begun, whatever is to be done
    at = read.skip(index + 1, "about", "around", "~")
    found = _whole(read, at, bare=True) or _so_long(read, at)
    if not found:
        return None
    span, after = found
    ended = _to(read, span, after, TO)
    if ended:
        return ended[0], index, ended[1]
    return replace(span, end=max(span.start, read.here.now)), index, _on(read, after)


def _so_long(read: Reading, index: int) -> Found:
    """`since 2 hours`, `since a few minutes`: as long as that."""
    found = length(read.words, index) or length(read.words, read.skip(index, "a"))
    return (
        (Span(read.here.after(read.here.now, found[0], -1), read.here.now, found[0].grain), found[1])
        if found
        else None
    )


def _on(read: Reading, index: int) -> int:
    """After the rest of `from Monday on`, `since 9 onwards`."""
    return (
        index + 1
        if read.words[index] in {"on", "onward", "onwards"}
        and read.words[index + 1] in {"", ",", ".", "?", "!"}
        else index
    )


def _from(read: Reading, index: int) -> tuple[Span, int, int] | None:
    days = numbered(read, index + 1)
    if days:
        return days[0], index, days[1]
    found = _whole(read, index + 1, bare=True)
    if not found:
        return None
    span, after = found
    ended = _to(read, span, after) or _lasting(read, span, after)
    if ended:
        return ended[0], index, ended[1]
    if _on(read, after) != after or (span.start == span.end and not read.here.forward):
        return replace(span, end=max(span.start, read.here.now)), index, _on(read, after)
    return span, index + 1, after


def _between(read: Reading, index: int) -> tuple[Span, int, int] | None:
    days = numbered(read, index + 1)
    if days:
        return days[0], index, days[1]
    found = _whole(read, index + 1, bare=read.here.hours)
    if not found:
        return None
    ended = _to(read, *found, frozenset({"and", "&"}) | TO)
    if ended:
        return ended[0], index, ended[1]
    several = found[0].start != found[0].end
    return (found[0], index, found[1]) if several and read.words[index + 2] else None


def _after(read: Reading, index: int) -> tuple[Span, int, int] | None:
    found = _whole(read, index + 1, bare=read.here.hours)
    if not found:
        return None
    span, after = found
    if read.words[index - 1] in {"shortly", "just", "right", "soon"}:
        return Span(span.end, span.end + AROUND, span.grain, fuzzy=True), index - 1, after
    start = span.end
    if read.words[after] in {"and", "but"} and read.words[after + 1] in {"before", "until"}:
        ended = _to(read, replace(span, start=start), after + 1, frozenset({"before", "until"}))
        if ended:
            return ended[0], index, ended[1]
    return Span(start, start if read.here.forward else max(start, read.here.now), span.grain), index, after


def _before(read: Reading, index: int) -> tuple[Span, int, int] | None:
    """Until a time: from the beginning of its day, or from now if it is still to come.

    `until` takes in a whole day, and ends where a part of one begins that is still to come: `until Friday evening`.
    """
    found = _whole(read, index + 1, bare=read.here.hours)
    if not found:
        return None
    span, after = found
    here, word = read.here, read.words[index]
    if read.words[index - 1] in {"shortly", "just", "right"} and word == "before":
        return Span(span.start - AROUND, span.start, span.grain, fuzzy=True), index - 1, after
    end = span.start if word == "before" or span.start == span.end else span.end
    if span.start > here.now and end - span.start < _PART:
        end = span.start
    if end > here.now:
        return Span(here.now, end, span.grain), index, after
    day = here.date_of(end - timedelta(seconds=1))
    return Span(here.wall(day), end, span.grain), index, after


def _around(read: Reading, index: int) -> tuple[Span, int, int] | None:
    found = moment(read, index + 1, bare=read.here.hours)
    return (rough(found[0]), index, found[1]) if found else None


def _plain(read: Reading, index: int) -> tuple[Span, int, int] | None:
    """A time after a word that adds nothing to it: `in the last hour`, `on Monday`; and `in 2 hours`, `for 2 hours from 4pm`."""
    word = read.words[index]
    if word == "in" and (coming := ahead(read, index + 1)):
        return coming[0], index, coming[1]
    if word == "for" and (lasting := length(read.words, index + 1)):
        begun = _lasting_first(read, *lasting)
        if begun:
            return begun[0], index, begun[1]
    bare = word in {"at", "@"}
    if bare and read.words[index + 1] in _WORDS_FOR_AROUND:
        return _around(read, index + 1)
    found = _onward(read, index + 1, bare=bare) or (
        happening(read, index + 1) if word in {"during", "throughout"} else None
    )
    return (found[0], index if word in {"at", "@"} else index + 1, found[1]) if found else None


def _lasting_first(read: Reading, lasting: Length, index: int) -> Found:
    at = read.skip(index, ",", "starting", "beginning")
    if read.words[at] not in {"from", "at", "on", "since"}:
        return None
    found = moment(read, at + 1, bare=True)
    return (_for(read, found[0], lasting), found[1]) if found and found[0].grain <= Grain.DAY else None


def _for(read: Reading, span: Span, lasting: Length) -> Span:
    return replace(span, end=max(span.start, read.here.after(span.start, lasting)))


_Rule = Callable[[Reading, int], tuple[Span, int, int] | None]
_RULES: dict[str, _Rule] = {
    "since": _since,
    "from": _from,
    "starting": _from,
    "between": _between,
    "after": _after,
    **dict.fromkeys(_UNTIL, _before),
    **dict.fromkeys(_WORDS_FOR_AROUND, _around),
    **dict.fromkeys(_PLAIN, _plain),
}
LEADING = frozenset(_RULES)
