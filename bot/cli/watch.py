"""The part of a check that says who is on call now by each schedule, or that nobody is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.cli.parts import Part, Status
from bot.settings import Settings
from core.errors import ConfigError, WardroomError

if TYPE_CHECKING:
    from core.oncall.schedule import Override, Schedule, Shift, Spell
    from core.world import World

_MEND = "Add people or a layer to it, or put somebody in with `/oncall override`."
_BY_THE_FILE = ", by the file alone"
_LOOK = timedelta(weeks=8)


@dataclass(frozen=True)
class _Seen:
    """A schedule with what its calendars say, what was put over it, and what of all this is not known."""

    schedule: "Schedule"
    over: "tuple[Override, ...]" = ()
    unknown: str = ""


async def on_call(settings: Settings, *, offline: bool) -> list[Part]:
    """One part for each calendar and each schedule; a configuration with mistakes is told of elsewhere.

    What people have put over the schedules is in the database; `offline`, or without one, the file alone counts, and
    no calendar is read.
    """
    from bot.cli.calendars import looked_at
    from bot.configuration import load_world

    try:
        world = load_world(settings)
    except ConfigError:
        return []
    if not world.schedules:
        return []
    calendars = {} if offline else await looked_at(settings, world)
    read = {key: one.spells for key, one in calendars.items() if one.spells is not None}
    known = {} if offline else await _looked_up(settings, world)
    seen = [
        _with(known.get(name) or _Seen(each, unknown=_BY_THE_FILE), read)
        for name, each in world.schedules.items()
    ]
    return [*(one.part for one in calendars.values()), *(_part(world, one) for one in seen)]


async def _looked_up(settings: Settings, world: "World") -> dict[str, _Seen]:
    """The schedules with what was put over them and what their calendars said last; nothing where there is no database."""
    from bot.database import looked_into
    from core.oncall import units

    try:
        async with looked_into(settings) as store:
            found = await store.read(units.known, world.schedules, store.clock.now())
    except (WardroomError, OSError):
        return {}
    return {name: _Seen(schedule, over) for name, (schedule, over) in found.items()}


def _with(seen: _Seen, read: "Mapping[str, tuple[Spell, ...]]") -> _Seen:
    """With what the calendars say now; one that was never read leaves open who is on call."""
    layers = tuple(
        replace(layer, spells=read[layer.feed.key]) if layer.feed and layer.feed.key in read else layer
        for layer in seen.schedule.layers
    )
    is_open = any(one.feed and one.feed.key not in read and not one.spells for one in layers)
    unknown = f"{seen.unknown}, without its calendar" if is_open else seen.unknown
    return replace(seen, schedule=replace(seen.schedule, layers=layers), unknown=unknown)


def _part(world: "World", seen: _Seen) -> Part:
    schedule, alone = seen.schedule, seen.unknown
    ahead = _ahead(seen)
    shift = ahead[0]
    name = "on call"
    until = f"until {_minute(shift.ends, schedule)}" if shift.ends else "with no end in sight"
    if not shift.person:
        return Part(name, Status.WARN, f"{schedule.name}: nobody {until}{alone}", _MEND)
    person = world.people.get(shift.person)
    who = person.name if person else shift.person
    if person is None or not person.active:
        return Part(
            name, Status.WARN, f"{schedule.name}: {who}, who is not here any more, {until}{alone}", _MEND
        )
    told = f"{schedule.name}: {who}, {until}{alone}"
    empty = [each for each in ahead if not each.person]
    if not empty:
        return Part(name, Status.OK, told)
    return Part(name, Status.WARN, f"{told}; {_gap(empty, schedule)}", _MEND)


def _ahead(seen: _Seen) -> list["Shift"]:
    from core.clock import SystemClock
    from core.oncall.rotation import shifts

    now = SystemClock().now()
    return list(takewhile(lambda shift: shift.begins < now + _LOOK, shifts(seen.schedule, seen.over, now)))


def _gap(empty: list["Shift"], schedule: "Schedule") -> str:
    """In words, when nobody is on call within the weeks that are looked at."""
    first, *more = empty
    until = _minute(first.ends, schedule) if first.ends else "further notice"
    often = f", and {len(more)} more times within {_LOOK.days // 7} weeks" if more else ""
    return f"nobody from {_minute(first.begins, schedule)} until {until}{often}"


def _minute(at: datetime, schedule: "Schedule") -> str:
    """A moment by the clock of the schedule, which is named."""
    return f"{at.astimezone(ZoneInfo(schedule.zone)):%Y-%m-%d %H:%M} {schedule.zone}"
