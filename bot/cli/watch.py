"""The part of a check that says who is on call now by each schedule, or that nobody is."""

from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING

from bot.cli.parts import Part, Status
from bot.settings import Settings
from core.errors import ConfigError, WardroomError

if TYPE_CHECKING:
    from core.oncall.schedule import Schedule, Shift
    from core.wiring import World

_MEND = "Add people or a layer to it, or put somebody in with `/oncall override`."
_LOOK = timedelta(weeks=8)


async def on_call(settings: Settings, *, offline: bool) -> list[Part]:
    """One part for each schedule; a configuration with mistakes is told of elsewhere.

    What people have put over the schedules is in the database; `offline`, or without one, the file alone counts.
    """
    from bot.configuration import load_world

    try:
        world = load_world(settings)
    except ConfigError:
        return []
    if not world.schedules:
        return []
    known = {} if offline else await _looked_up(settings, world)
    return [_part(world, each, known.get(each.name)) for each in world.schedules.values()]


async def _looked_up(settings: Settings, world: "World") -> dict[str, list["Shift"]]:
    """The shifts of the next weeks, with what was put over them; nothing where there is no database."""
    from bot.database import looked_into
    from core.oncall import units

    try:
        async with looked_into(settings) as store:
            now = store.clock.now()
            return {
                name: await store.read(units.between, each, now, now + _LOOK)
                for name, each in world.schedules.items()
            }
    except (WardroomError, OSError):
        return {}


def _part(world: "World", schedule: "Schedule", known: list["Shift"] | None) -> Part:
    ahead = known or _by_the_file(schedule)
    shift = ahead[0]
    name = "on call"
    until = f"until {_minute(shift.ends)}" if shift.ends else "with no end in sight"
    alone = "" if known else ", by the file alone"
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
    return Part(name, Status.WARN, f"{told}; {_gap(empty)}", _MEND) if empty else Part(name, Status.OK, told)


def _by_the_file(schedule: "Schedule") -> list["Shift"]:
    from core.clock import SystemClock
    from core.oncall.rotation import shifts

    now = SystemClock().now()
    return list(takewhile(lambda shift: shift.begins < now + _LOOK, shifts(schedule, (), now)))


def _gap(empty: list["Shift"]) -> str:
    """In words, when nobody is on call within the weeks that are looked at."""
    first, *more = empty
    until = _minute(first.ends) if first.ends else "further notice"
    often = f", and {len(more)} more times within {_LOOK.days // 7} weeks" if more else ""
    return f"nobody from {_minute(first.begins)} until {until}{often}"


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
