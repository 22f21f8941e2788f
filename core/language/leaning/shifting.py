"""Times that are told by the one before them: “the day before?”, “and an hour earlier?”, “same time yesterday”. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.language.entities import stamp
from core.language.entity import Entity, EntityType
from core.language.leaning.finder import Finder
from core.language.numbers import SMALL
from core.language.times import zone_of

_UNIT = r"(?P<unit>minute|min|hour|hr|day|week|month)s?"
_COUNT = rf"(?P<count>half an?|an?|one|another|\d{{1,3}}|{'|'.join(SMALL)})"
_BACK = r"(?P<back>before|earlier|prior|previous(?:ly)?|back)"
_ON = r"(?:later|after(?:wards)?|on|next)"
_BY = re.compile(
    rf"\b{_COUNT}\s+{_UNIT}\s+(?:{_BACK}|{_ON})\b(?:\s+(?:that|this|it)\b)?(?!\s+(?:the|we|i|\w+ing)\b)",
    re.IGNORECASE,
)
_NEXT_TO = re.compile(
    rf"\b(?:the\s+)?(?:(?P<half>half[ -])?(?:an? )?{_UNIT}\s+(?:{_BACK}|after)\b(?:\s+(?:that|this|it)\b)?(?!\s+(?:last|yesterday|the|next|we|i)\b)"
    rf"|(?P<which>previous|preceding|prior|next|following)\s+(?P<other>minute|hour|day|week|month)\b)",
    re.IGNORECASE,
)
_SAME = re.compile(
    r"\b(?:the\s+|at\s+the\s+|in\s+the\s+)?same\s+(?:time|hours?|period|window|range|interval|span|moment)(?:\s+(?:of|on|but|for|the))*\s+"
    r"(?P<when>.{3,40}?)(?=[?.!,]|$)",
    re.IGNORECASE,
)
_LENGTHS = {
    "min": 60,
    "minute": 60,
    "hour": 3_600,
    "hr": 3_600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_592_000,
}
_WEEKS = re.compile(r"\b(?:last week|(?:a|one) week (?:ago|earlier|before))\b", re.IGNORECASE)
_SURE = 0.9


@dataclass(frozen=True)
class _Range:
    start: datetime
    end: datetime

    def moved(self, by: timedelta) -> "_Range":
        return _Range(self.start + by, self.end + by)


def shifted(text: str, before: Iterable[Entity], finder: Finder) -> Entity | None:
    """The time that `text` tells by the time of `before`; None if it tells none that way, or one that no calendar has."""
    old = _range(before)
    if old is None:
        return None
    for pattern, told in ((_SAME, _same_time), (_BY, _by), (_NEXT_TO, _next_to)):
        found = pattern.search(text)
        try:
            new = told(found, old, finder) if found else None
        except (ValueError, OverflowError):  # a hundred thousand weeks earlier, the 29th of February
            continue
        if found is not None and new is not None:
            return _entity(found, new)
    return None


def with_time(found: tuple[Entity, ...], time: Entity) -> tuple[Entity, ...]:
    """What was found, without what is part of the words that tell this time."""
    return (*(one for one in found if not one.start < time.end or not time.start < one.end), time)


def _range(before: Iterable[Entity]) -> _Range | None:
    value = next((one.value for one in before if one.type is EntityType.TIME_RANGE), None)
    if not isinstance(value, Mapping):
        return None
    return _Range(datetime.fromisoformat(value["start"]), datetime.fromisoformat(value["end"]))


def _entity(found: re.Match[str], new: _Range) -> Entity:
    value = {"start": stamp(new.start), "end": stamp(new.end)}
    return Entity(EntityType.TIME_RANGE, value, found.group(), found.start(), found.end(), _SURE)


def _by(found: re.Match[str], old: _Range, finder: Finder) -> _Range:
    word = found["count"].lower()
    count = 0.5 if word.startswith("half") else float(word) if word.isdigit() else SMALL.get(word, 1)
    unit = found["unit"].lower()
    if unit == "month":
        return _months(old, -round(count) if found["back"] else round(count), finder)
    length = timedelta(seconds=_LENGTHS[unit] * count)
    return old.moved(-length if found["back"] else length)


def _next_to(found: re.Match[str], old: _Range, finder: Finder) -> _Range | None:
    """The whole one before or after, if one of its kind was meant or begun; else the same stretch one unit away."""
    unit = (found["unit"] or found["other"]).lower()
    length = timedelta(seconds=_LENGTHS[unit]) / (2 if found["half"] else 1)
    back = bool(found["back"]) or (found["which"] or "").lower() in {"previous", "preceding", "prior"}
    span = old.end - old.start
    if found["which"] and not length * 0.02 < span <= length * 1.1:
        return None  # of another size: the previous month from now
    if unit == "month":
        return _months(old, -1 if back else 1, finder)
    is_begun = old.end == finder.now and span <= length and _is_round(old.start, unit, finder)
    if is_begun:
        return _Range(old.start - length, old.start) if back else None
    return old.moved(-length if back else length)


def _is_round(moment: datetime, unit: str, finder: Finder) -> bool:
    local = moment.astimezone(zone_of(finder.zone))
    if unit in {"minute", "min"}:
        return local.second == 0
    if unit in {"hour", "hr"}:
        return local.minute == 0
    return (local.hour, local.minute) == (0, 0) and (unit == "day" or local.weekday() == 0)


def _months(old: _Range, by: int, finder: Finder) -> _Range:
    """Whole months where it begins with one, else the same days of another month."""
    start = old.start.astimezone(zone_of(finder.zone))
    if (start.day, start.hour, start.minute) == (1, 0, 0):
        return _Range(_month(start, by), _month(start, by + 1))
    return _Range(_month(start, by, start.day), _month(start, by, start.day) + (old.end - old.start))


def _month(moment: datetime, by: int, day: int = 1) -> datetime:
    years, month = divmod(moment.month - 1 + by, 12)
    return moment.replace(year=moment.year + years, month=month + 1, day=min(day, 28))


def _same_time(found: re.Match[str], old: _Range, finder: Finder) -> _Range | None:
    """The same hours of another day."""
    if _WEEKS.search(found["when"]):
        return old.moved(timedelta(days=-7))
    days = [one for one in finder.find(found["when"], "") if isinstance(one.value, Mapping)]
    if not days or not isinstance(value := days[0].value, Mapping):
        return None
    zone = zone_of(finder.zone)
    start = old.start.astimezone(zone)
    day = datetime.fromisoformat(value["start"]).astimezone(zone)
    new = start.replace(year=day.year, month=day.month, day=day.day)
    return _Range(new, new + (old.end - old.start))
