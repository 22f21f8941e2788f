"""Days by what they are called: today, the day before yesterday, last Friday, Monday of next week, Christmas. Pure."""

from dataclasses import replace
from datetime import date

from core.language.moments.dates import written, year
from core.language.moments.feasts import feast
from core.language.moments.reading import BACK, LEADS, ONWARD, Found, Reading
from core.language.moments.span import DAY, Span, bounds, shifted
from core.language.numbers import Grain

_NAMES = "monday mon mondays|tuesday tue tues tuesdays|wednesday wed weds wednesdays|thursday thu thur thurs thursdays|friday fri fridays|saturday sat saturdays|sunday sun sundays"
WEEKDAYS = {name: at for at, names in enumerate(_NAMES.split("|")) for name in names.split()}
_DOUBTFUL = frozenset({"sat", "sun", "mon", "wed"})
_KEYWORDS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_PHRASES = (
    (("day", "before", "yesterday"), -2),
    (("day", "after", "tomorrow"), 2),
    (("overmorrow",), 2),
    (("previous", "day"), -1),
    (("day", "before", "last"), -2),
)


def day(read: Reading, index: int) -> Found:
    """The day that is named at a token, and the index after it."""
    if not read.words[index][:1].isdigit():
        found = _keyword(read, index) or _weekday(read, index) or _feast(read, index)
        if found:
            return found
    return _with_weekday(read, written(read, index))


def _with_weekday(read: Reading, found: Found) -> Found:
    """The date, and the name of its weekday if that follows: `March 13, Fri`."""
    if not found or found[0].grain is not Grain.DAY:
        return found
    at = read.skip(found[1], ",")
    said = WEEKDAYS.get(read.words[at])
    return (found[0], at + 1) if said == read.here.date_of(found[0].start).weekday() else found


def weekday_of(read: Reading, week: date, weekday: int) -> Span:
    """That day of the week that `week` is in."""
    return read.here.day(bounds(Grain.WEEK, week)[0] + weekday * DAY)


def _keyword(read: Reading, index: int) -> Found:
    here, words = read.here, read.words
    for said, offset in _PHRASES:
        after = words.phrase(read.skip(index, "the"), *said)
        if after:
            return here.day(here.today + offset * DAY), after
    at = index + 1 if words[index] in {"earlier", "later"} and words[index + 1] in _KEYWORDS else index
    offset = _KEYWORDS.get(words[at], 9)
    if offset == 9:
        return None
    span = here.day(here.today + offset * DAY)
    if words[index] == "later" and not offset:
        return replace(span, start=here.now), at + 1
    return here.begun(span), at + 1


def _weekday(read: Reading, index: int) -> Found:
    words = read.words
    at = (
        read.skip(index, "the", "this")
        if words[index + 1] in BACK | ONWARD or words[index + 2] in BACK | ONWARD
        else index
    )
    modifier = words[at] if words[at] in BACK | ONWARD | {"this"} else ""
    at += bool(modifier)
    name = words[at]
    weekday = WEEKDAYS.get(name)
    if weekday is None or (name in _DOUBTFUL and not modifier and not _clearly(read, at)):
        return None
    after = at + 2 if words[at + 1] == "." and len(name) < 5 else at + 1
    return (
        _of_date(read, weekday, after)
        or _of_week(read, weekday, after)
        or (_by(read, modifier, weekday), after)
    )


def _clearly(read: Reading, index: int) -> bool:
    """Whether `sat`, `sun` and the like can be nothing but a day there."""
    around = LEADS | {",", "/", "(", "last", "next"} | ({""} if not read.words[index + 1] else set())
    raw = read.words.text[read.words.token(index).start : read.words.token(index).end]
    return (
        read.words[index - 1] in around
        or raw[:1].isupper()
        or read.words[index + 1].isdigit()
        or read.words[index + 1] in {"to", "-", "until"}
    )


def _by(read: Reading, modifier: str, weekday: int) -> Span:
    """The latest before today, or with `next` the one after it; with `this` that of this week."""
    here = read.here
    if modifier == "this":
        return weekday_of(read, here.today, weekday)
    onward = modifier in ONWARD or (here.forward and modifier not in BACK)
    if onward:
        return here.day(here.today + ((weekday - here.today.weekday() - 1) % 7 + 1) * DAY, Grain.WEEK)
    return here.day(here.today - ((here.today.weekday() - weekday - 1) % 7 + 1) * DAY, Grain.WEEK)


def _of_date(read: Reading, weekday: int, index: int) -> Found:
    """`Saturday, March 14`, `Saturday the 14th`, `Sat 14`."""
    at = read.skip(index, ",", "the")
    found = written(read, index) or written(read, at)
    if found and found[0].grain is Grain.DAY and found[0].every is not Grain.MONTH:
        return found
    number = read.words[at]
    counted = found[1] if found else at + 1
    if found or (number.isdigit() and 0 < int(number[:4]) <= 31 and not read.words[counted] and at == index):
        wanted = read.here.date_of(found[0].start).day if found else int(number)
        matching = _on(read, weekday, wanted)
        return (matching, counted) if matching else None
    return None


def _on(read: Reading, weekday: int, number: int) -> Span | None:
    """The nearest day of that number that is that day of the week."""
    here = read.here
    for offset in range(13):
        month = shifted(here.today.replace(day=1), Grain.MONTH, offset if here.forward else -offset)
        one = month + (number - 1) * DAY
        past = one <= here.today
        if one.month == month.month and one.weekday() == weekday and past is not here.forward:
            return here.day(one)
    return None


def _of_week(read: Reading, weekday: int, index: int) -> Found:
    """`Monday last week`, `Tuesday of next week`, `Friday before last`, `Monday after next`, `a week ago Monday`."""
    words, here = read.words, read.here
    for said, modifier in ((("before", "last"), "last"), (("after", "next"), "next")):
        after = words.phrase(index, *said)
        if after:
            return here.step(_by(read, modifier, weekday), 1 if modifier == "next" else -1), after
    at = read.skip(index, "of", "in", "from", "the")
    offset = {"last": -1, "previous": -1, "this": 0, "next": 1}.get(words[at])
    if offset is None or words[at + 1] != "week":
        return None
    return weekday_of(read, here.today + 7 * offset * DAY, weekday), at + 2


def _feast(read: Reading, index: int) -> Found:
    words, here = read.words, read.here
    modifier = words[index] if words[index] in BACK | ONWARD | {"this"} else ""
    found = feast(words, index + bool(modifier))
    if not found:
        return None
    rule, after = found
    at = read.skip(after, ",", "of", "in")
    said = year(read, at)
    if said:
        return here.day(rule(said[0])), said[1]
    offset = {"last": -1, "this": 0, "next": 1}.get(words[at])
    if offset is not None and words[at + 1] == "year":
        return here.day(rule(here.today.year + offset)), at + 2
    forward = modifier in ONWARD or (here.forward and modifier not in BACK)
    days = [rule(here.today.year + step) for step in (-1, 0, 1)]
    if modifier == "this":
        return here.day(days[1]), after
    if forward:
        return here.day(next(one for one in days if one >= here.today)), after
    return here.day([one for one in days if one <= here.today][-1], Grain.YEAR), after
