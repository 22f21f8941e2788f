"""Days that have names: Christmas, New Year's Eve, Easter, Thanksgiving. Pure."""

from collections.abc import Callable
from datetime import date, timedelta

from core.language.tokens import Words

_DAY = timedelta(days=1)


def _fixed(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _nth(month: int, weekday: int, count: int, later: int = 0) -> Callable[[int], date]:
    """The so-manieth weekday of a month, counted from its end if negative, and so many days later."""

    def day(year: int) -> date:
        if count > 0:
            first = date(year, month, 1)
            return first + ((weekday - first.weekday()) % 7 + 7 * (count - 1) + later) * _DAY
        last = date(year + month // 12, month % 12 + 1, 1) - _DAY
        return last - ((last.weekday() - weekday) % 7) * _DAY + later * _DAY

    return day


def easter(year: int) -> date:
    """Easter Sunday of the western churches (Meeus, Jones and Butcher's algorithm)."""
    golden, century, rest = year % 19, year // 100, year % 100
    leap = (8 * century + 13) // 25
    epact = (19 * golden + century - century // 4 - leap + 15) % 30
    days = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * days) // 451
    month, day = divmod(epact + days - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def _from_easter(later: int) -> Callable[[int], date]:
    return lambda year: easter(year) + later * _DAY


_DAYS: dict[str, Callable[[int], date]] = {
    "christmas|christmas day|xmas|xmas day": _fixed(12, 25),
    "christmas eve|xmas eve": _fixed(12, 24),
    "boxing day": _fixed(12, 26),
    "new year|new years|new year day|new years day": _fixed(1, 1),
    "new year eve|new years eve|nye": _fixed(12, 31),
    "valentine day|valentines day|valentines|valentine": _fixed(2, 14),
    "st patrick day|st patricks day|saint patrick day": _fixed(3, 17),
    "april fools day|april fools|april fool day": _fixed(4, 1),
    "may day|labour day": _fixed(5, 1),
    "independence day": _fixed(7, 4),
    "juneteenth": _fixed(6, 19),
    "halloween": _fixed(10, 31),
    "veterans day": _fixed(11, 11),
    "epiphany": _fixed(1, 6),
    "martin luther king day|mlk day": _nth(1, 0, 3),
    "presidents day|president day": _nth(2, 0, 3),
    "mother day|mothers day": _nth(5, 6, 2),
    "memorial day": _nth(5, 0, -1),
    "father day|fathers day": _nth(6, 6, 3),
    "labor day": _nth(9, 0, 1),
    "columbus day": _nth(10, 0, 2),
    "thanksgiving|thanksgiving day": _nth(11, 3, 4),
    "black friday": _nth(11, 3, 4, 1),
    "cyber monday": _nth(11, 3, 4, 4),
    "easter|easter sunday": _from_easter(0),
    "good friday": _from_easter(-2),
    "easter monday": _from_easter(1),
    "ash wednesday": _from_easter(-46),
    "pentecost|whit sunday": _from_easter(49),
    "ascension day": _from_easter(39),
}
_NAMES = {tuple(name.split()): day for names, day in _DAYS.items() for name in names.split("|")}
FIRST = frozenset(name[0] for name in _NAMES)


def feast(words: Words, index: int) -> tuple[Callable[[int], date], int] | None:
    """The named day that begins at a token, as a function of the year, and the index after it."""
    if words[index] not in FIRST:
        return None
    for size in (4, 3, 2, 1):
        found = _NAMES.get(tuple(words[index + step].removesuffix("'") for step in range(size)))
        if found:
            return found, index + size
    return None
