"""The part of a check that says who is on call now by each schedule, or that nobody is."""

from typing import TYPE_CHECKING

from bot.cli.parts import Part, Status
from bot.settings import Settings
from core.errors import ConfigError, WardroomError

if TYPE_CHECKING:
    from core.oncall.schedule import Schedule, Shift
    from core.wiring import World

_MEND = "Add people or a layer to it, or put somebody in with `/oncall override`."


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


async def _looked_up(settings: Settings, world: "World") -> dict[str, "Shift"]:
    """The shifts with what was put over them; nothing where there is no database to look into."""
    from bot.database import looked_into
    from core.oncall import units

    try:
        async with looked_into(settings) as store:
            shifts = {
                name: await store.read(units.ahead, each, store.clock.now(), count=1)
                for name, each in world.schedules.items()
            }
    except (WardroomError, OSError):
        return {}
    return {name: found[0] for name, found in shifts.items()}


def _part(world: "World", schedule: "Schedule", known: "Shift | None") -> Part:
    from core.clock import SystemClock
    from core.oncall.rotation import shift_at

    shift = known or shift_at(schedule, (), SystemClock().now())
    name = "on call"
    until = f"until {shift.ends:%Y-%m-%d %H:%M} UTC" if shift.ends else "with no end in sight"
    alone = "" if known else ", by the file alone"
    if not shift.person:
        return Part(name, Status.WARN, f"{schedule.name}: nobody {until}{alone}", _MEND)
    person = world.people.get(shift.person)
    who = person.name if person else shift.person
    if person is None or not person.active:
        return Part(
            name, Status.WARN, f"{schedule.name}: {who}, who is not here any more, {until}{alone}", _MEND
        )
    return Part(name, Status.OK, f"{schedule.name}: {who}, {until}{alone}")
