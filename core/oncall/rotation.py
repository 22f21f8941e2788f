"""Who is on call at a moment, and until when. Pure.

Turns begin and end by the clock on the wall of the schedule's zone, so a handover at nine stays at nine when
clocks change, and one turn is then an hour shorter or longer.
"""

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from core.hours import at_wall
from core.oncall.schedule import Layer, Override, Schedule, Shift

_DAY, _WEEK = timedelta(days=1), timedelta(weeks=1)
_MONTHS = 12
# Where so many handovers change nothing, the end of a shift is not in sight.
_SIGHT = 400


def shift_at(schedule: Schedule, overrides: Sequence[Override], at: datetime) -> Shift:
    """Who is on call at this moment, and until when; `begins` is the moment itself."""
    return next(shifts(schedule, overrides, at))


def shifts(schedule: Schedule, overrides: Sequence[Override], at: datetime) -> Iterator[Shift]:
    """Who is on call from this moment on, one shift after the other; the last one has no end in sight."""
    current = _piece(schedule, overrides, at)
    unchanged = 0
    ends = _next_change(schedule, overrides, at)
    while ends is not None and unchanged < _SIGHT:
        following = _piece(schedule, overrides, ends)
        if following.person == current.person:
            unchanged += 1
        else:
            yield Shift(current.person, current.begins, ends, current.layer, current.override)
            current, unchanged = following, 0
        ends = _next_change(schedule, overrides, ends)
    yield current


def next_shift_of(
    person: str, schedule: Schedule, overrides: Sequence[Override], at: datetime
) -> Shift | None:
    """The shift that this person has, or has next, until it is handed over, though to themselves; None if none is in sight."""
    ahead = islice(shifts(schedule, overrides, at), _SIGHT)
    found = next((shift for shift in ahead if shift.person == person), None)
    return replace(found, ends=_handover(schedule, overrides, found)) if found is not None else None


def turn(layer: Layer, zone: str, at: datetime) -> tuple[int, datetime, datetime] | None:
    """Which turn it is, from 0, when it began and when it ends; None before the layer has begun."""
    where = ZoneInfo(zone)
    number = _guess(layer, at.astimezone(where).replace(tzinfo=None))
    while number >= 0 and _begin(layer, number, where) > at:
        number -= 1
    while _begin(layer, number + 1, where) <= at:
        number += 1
    if number < 0:
        return None
    return number, _begin(layer, number, where), _begin(layer, number + 1, where)


def _piece(schedule: Schedule, overrides: Sequence[Override], at: datetime) -> Shift:
    """Whoever goes before all others at this moment; its end is not known here."""
    for override in reversed(overrides):
        if override.begins <= at < override.ends:
            return Shift(override.person, at, None, None, override)
    for number, layer in reversed(list(enumerate(schedule.layers, start=1))):
        person = _of_layer(layer, schedule.zone, at)
        if person and (layer.hours is None or layer.hours.is_open(at, schedule.zone)):
            return Shift(person, at, None, number)
    return Shift("", at, None)


def _handover(schedule: Schedule, overrides: Sequence[Override], shift: Shift) -> datetime | None:
    """When the first turn, or shift taken in exchange, of a person's time is over; the end of it all if it is one."""
    before = _piece(schedule, overrides, shift.begins)
    for _ in range(_SIGHT):
        at = _next_change(schedule, overrides, before.begins)
        if at is None or (shift.ends is not None and at >= shift.ends):
            break
        after = _piece(schedule, overrides, at)
        if _is_handed_over(schedule, before, after):
            return at
        before = after
    return shift.ends


def _is_handed_over(schedule: Schedule, before: Shift, after: Shift) -> bool:
    """Whether another turn, or a shift taken in exchange, begins or ends between the two. Other overrides cut nothing."""
    if before.override is not after.override:
        return any(one.override is not None and one.override.swapped_with for one in (before, after))
    layers = [schedule.layers[one.layer - 1] for one in (before, after) if one.layer is not None]
    turns = [
        turn(each, schedule.zone, after.begins) for each in layers if len(each.people) > 1 and not each.feed
    ]
    return any(now is not None and now[1] == after.begins for now in turns)


def _of_layer(layer: Layer, zone: str, at: datetime) -> str:
    """Whom a layer has at this moment, its hours aside; empty if nobody."""
    if layer.feed is not None:
        return layer.named(at)
    now = turn(layer, zone, at)
    return layer.people[now[0] % len(layer.people)] if now is not None else ""


def _next_change(schedule: Schedule, overrides: Sequence[Override], at: datetime) -> datetime | None:
    """The next moment at which somebody else may be on call."""
    moments = [moment for each in overrides for moment in (each.begins, each.ends)]
    for layer in schedule.layers:
        now = turn(layer, schedule.zone, at) if layer.feed is None else None
        if layer.feed is not None:
            moments += [moment for one in layer.spells for moment in (one.begins, one.ends)]
        elif now is None:
            moments.append(_begin(layer, 0, ZoneInfo(schedule.zone)))
        elif len(layer.people) > 1:
            moments.append(now[2])
        if layer.hours is not None:
            is_open = layer.hours.is_open(at, schedule.zone)
            hours = layer.hours.next_close if is_open else layer.hours.next_open
            moments += [moment for moment in (hours(at, schedule.zone),) if moment is not None]
    return min((moment for moment in moments if moment > at), default=None)


def _length(layer: Layer) -> timedelta:
    """How long a turn is on the wall, where turns are of one length."""
    if isinstance(layer.rotate, timedelta):
        return layer.rotate
    return _DAY if layer.rotate == "daily" else _WEEK


def _guess(layer: Layer, wall: datetime) -> int:
    """The number of the turn, or one beside it; -1 or less before the beginning."""
    if layer.rotate == "monthly":
        return (wall.year - layer.start.year) * _MONTHS + wall.month - layer.start.month
    return (wall - layer.start) // _length(layer)


def _begin(layer: Layer, number: int, where: ZoneInfo) -> datetime:
    start = layer.start
    if layer.rotate == "monthly":
        year, month = divmod(start.year * _MONTHS + start.month - 1 + number, _MONTHS)
        day = min(start.day, calendar.monthrange(year, month + 1)[1])
        begin = start.replace(year=year, month=month + 1, day=day)
    else:
        begin = start + number * _length(layer)
    return at_wall(begin.date(), begin.time(), where)
