"""Days and clock times that are said together: `yesterday at 14:00`, `9am on Monday`, `this morning between 9 and 10`. Pure."""

from dataclasses import dataclass, replace
from datetime import date

from core.language.moments.beginnings import may_begin
from core.language.moments.clocks import Part, clock, part
from core.language.moments.days import day
from core.language.moments.edges import edge
from core.language.moments.periods import period
from core.language.moments.placing import Clocks, clock_on, placed_clock, placed_clocks, placed_part, rough
from core.language.moments.reading import Found, Reading
from core.language.moments.relative import relative
from core.language.moments.span import DAY, Span
from core.language.numbers import Grain

TO = frozenset({"to", "-", "–", "—", "..", "until", "through", "till"})
_AT = frozenset(
    {"at", "@", "from", "between", "around", "about", "~", "after", "before", "since", "until", "by"}
)
_JOINTS = frozenset({",", "on", "of", "in", "during", "the"})


@dataclass(frozen=True)
class _Placed:
    """A day, or a part of it, that a clock time may follow."""

    day: date
    part: Part | None
    span: Span


def moment(read: Reading, index: int, *, bare: bool = False) -> Found:
    """The time that begins at a token, whatever it is. `bare`: a lone number may be an hour."""
    if not may_begin(read.words, index):
        return None
    return _day_first(read, index) or _clock_first(read, index, bare=bare)


def clocks(read: Reading, index: int, *, bare: bool = False) -> tuple[Clocks, int] | None:
    """From one clock time to another: `9:30 - 11:00`, `9 to 11 am`, and with `between` also `9 and 10`."""
    between = read.words[index - 1] == "between"
    bare = bare and read.here.hours
    first = clock(read.words, index, bare=bare or between or _dashed(read, index))
    if not first or not (read.words[first[1]] in TO or (between and read.words[first[1]] in {"and", "&"})):
        return None
    last = clock(read.words, first[1] + 1, bare=True)
    if not last or not (bare or last[0].marked or not last[0].loose or not first[0].loose):
        return None
    return Clocks(first[0], last[0]), last[1]


def _dashed(read: Reading, index: int) -> bool:
    """Whether this is the first of two numbers with a dash or `to`, so that the second may say am or pm for both."""
    word = read.words[index]
    return word.isdigit() and len(word) < 3 and read.words[index + 1] in TO and read.here.hours


def _day_first(read: Reading, index: int) -> Found:
    placed = _part_of_day(read, index)
    if placed:
        return _with_clock(read, *placed)
    found = _longest(read, index)
    if not found:
        return None
    span, after = found
    if span.grain is not Grain.DAY or span.end - span.start > 2 * DAY:
        return found
    one = read.here.date_of(span.start)
    behind = _part_behind(read, one, after)
    if behind:
        return _with_clock(read, *behind)
    return _with_clock(read, _Placed(one, None, span), after)


def _longest(read: Reading, index: int) -> Found:
    found = [one for rule in (relative, edge, day, period) if (one := rule(read, index))]
    return max(found, key=lambda one: one[1]) if found else None


def _part_of_day(read: Reading, index: int) -> tuple[_Placed, int] | None:
    """`this morning`, `last night`, `tonight`, `overnight`, `in the afternoon`, `morning of March 3rd`."""
    words, here = read.words, read.here
    edged = _edged_part(read, index)
    if edged:
        return edged
    other_night = words.phrase(read.skip(index, "the"), "night", "before", "last")
    if other_night:
        return _place(read, here.today - 2 * DAY, Part(18, 30)), other_night
    keyword = {"tonight": (0, Part(18, 30)), "overnight": (0 if here.forward else -1, Part(18, 30))}.get(
        words[index]
    )
    if keyword:
        return _place(read, here.today + keyword[0] * DAY, keyword[1]), index + 1
    offset = {"last": -1, "this": 0}.get(words[index])
    if offset is not None:
        found = part(words, index + 1)
        named = found and (not offset or words[index + 1] in {"night", "evening", "afternoon", "morning"})
        return (_place(read, here.today + offset * DAY, found[0]), found[1]) if found and named else None
    found = part(words, index + 1 if words[index] == "the" else index)
    if not found:
        return None
    return _named_part(read, index, *found)


def _edged_part(read: Reading, index: int) -> tuple[_Placed, int] | None:
    """`late last night`, `early tomorrow morning`: half of what follows."""
    if read.words[index] not in {"late", "early"} or read.words[index + 1] in {"late", "early"}:
        return None
    whole = _part_of_day(read, index + 1)
    said = None if whole else day(read, index + 1)
    if said and said[0].grain is Grain.DAY:
        one = read.here.date_of(said[0].start)
        lone = Part(18, 24) if read.words[index] == "late" else Part(0, 8)
        whole = _part_behind(read, one, said[1])
        if not whole:
            return _place(read, one, lone), said[1]
    if not whole or not whole[0].part or part(read.words, index):
        return None
    begin, end = whole[0].part.begin, whole[0].part.end
    cut = Part((begin + end) / 2, end) if read.words[index] == "late" else Part(begin, (begin + end) / 2)
    return _place(read, whole[0].day, cut), whole[1]


def _named_part(read: Reading, index: int, shape: Part, after: int) -> tuple[_Placed, int] | None:
    """A part of the day whose day follows, or that is the latest or the next one."""
    words, here = read.words, read.here
    joint = after
    while words[joint] in _JOINTS and joint < after + 2:
        joint += 1
    following = day(read, joint) or (day(read, joint - 1) if words[joint - 1] == "the" else None)
    if following and following[0].grain is Grain.DAY:
        return _place(read, here.date_of(following[0].start), shape), following[1]
    led = words[index] == "the" and words[index - 1] in {
        "in",
        "during",
        "since",
        "until",
        "by",
        "before",
        "after",
        "of",
    }
    led = led or (
        words[index - 1] in {"at", "over", "during"}
        and words[after - 1] in {"lunch", "lunchtime", "night", "dawn", "dusk", "hours", "time"}
    )
    if not led:
        return None
    today = here.wall(here.today, shape.begin) <= here.now
    passed = here.wall(here.today, shape.end) <= here.now
    offset = (1 if passed else 0) if here.forward else (0 if today else -1)
    return _place(read, here.today + offset * DAY, shape), after


def _part_behind(read: Reading, one: date, index: int) -> tuple[_Placed, int] | None:
    """`yesterday morning`, `Monday in the early afternoon`, `March 3rd, evening`."""
    at = read.skip(index, ",", "in", "during", "at", "the")
    found = part(read.words, at)
    return (_place(read, one, found[0]), found[1]) if found else None


def _place(read: Reading, one: date, shape: Part) -> _Placed:
    return _Placed(one, shape, placed_part(read.here, one, shape))


def _with_clock(read: Reading, placed: _Placed, index: int) -> Found:
    """The day, or the clock time on it if one follows."""
    words, here = read.words, read.here
    at = read.skip(index, ",")
    joint = words[at] if words[at] in _AT else ""
    at += bool(joint)
    at += joint in {"at", "@"} and words[at] in {"around", "about", "~"}
    several = clocks(read, at, bare=bool(joint) or words[index - 1].isalpha())
    if several:
        return placed_clocks(here, several[0], placed.day, placed.part), several[1]
    single = clock(words, at, bare=bool(joint) and here.hours)
    if not single or (joint == "between"):
        return placed.span, index
    on = clock_on(here, placed.day, single[0], placed.part)
    return _by_joint(read, words[at - 1] if joint else "", on, placed), single[1]


def _by_joint(read: Reading, joint: str, on: Span, placed: _Placed) -> Span:
    if joint in {"around", "about", "~"}:
        return rough(on)
    whole = placed.span if placed.part else read.here.day(placed.day)
    if joint in {"after", "since"} or (joint == "from" and not read.here.forward):
        return read.here.begun(replace(on, end=max(on.start, whole.end)))
    return replace(on, start=min(whole.start, on.end)) if joint in {"before", "until", "by"} else on


def _clock_first(read: Reading, index: int, *, bare: bool) -> Found:
    """`9am on Monday`, `between 9 and 10 yesterday`, `14:00`."""
    here = read.here
    several = clocks(read, index, bare=bare) or _clocks_of_day(read, index)
    if several:
        placed = _day_behind(read, several[1])
        if placed:
            return placed_clocks(here, several[0], placed[0].day, placed[0].part), placed[1]
        return placed_clocks(here, several[0]), several[1]
    single = clock(read.words, index, bare=bare)
    placed = _day_behind(read, single[1]) if single else None
    if single and not placed and not here.hours:
        single = clock(read.words, index)  # where things are counted a lone number is an hour only of a day
    if not single:
        return None
    if placed:
        return clock_on(here, placed[0].day, single[0], placed[0].part), placed[1]
    return placed_clock(here, single[0]), single[1]


def _clocks_of_day(read: Reading, index: int) -> tuple[Clocks, int] | None:
    """`10 to 11` in `10 to 11 yesterday`: two numbers are hours if a day follows."""
    several = clocks(read, index, bare=True) if _dashed(read, index) else None
    return several if several and _day_behind(read, several[1]) else None


def _day_behind(read: Reading, index: int) -> tuple[_Placed, int] | None:
    at = read.skip(index, ",", "on", "of")
    placed = _part_of_day(read, at)
    if placed:
        return placed
    found = _longest(read, at)
    if not found or found[0].grain is not Grain.DAY or found[0].end - found[0].start > 2 * DAY:
        return None
    one = read.here.date_of(found[0].start)
    return _part_behind(read, one, found[1]) or (_Placed(one, None, found[0]), found[1])
