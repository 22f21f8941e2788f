"""The parts of a check that read the calendars of on-call schedules, and say whom they name."""

from collections.abc import Awaitable, Iterator
from typing import TYPE_CHECKING

from bot.cli.parts import Part, Status
from bot.settings import Settings
from core.errors import ConfigError, Invalid
from core.text import one_line

if TYPE_CHECKING:
    from core.oncall.schedule import Feed
    from core.wiring import World

_NAMED = 5


def calendars(settings: Settings) -> Iterator[tuple[str, Awaitable[list[Part]]]]:
    """Each calendar, to be read once; a configuration with mistakes is told of elsewhere."""
    from bot.configuration import load_world
    from core.oncall.calendars.units import feeds

    try:
        world = load_world(settings)
    except ConfigError:
        return
    for feed in feeds(world.schedules.values()):
        yield f"calendar of {feed.schedule}", _read(settings, world, feed)


async def _read(settings: Settings, world: "World", feed: "Feed") -> list[Part]:
    from bot.feeds import fetched, understood
    from bot.settings import secret_named
    from core.clock import SystemClock

    name = f"calendar of {feed.schedule}"
    try:
        body = await fetched(feed, settings.config.parent, secret_named)
        found = await understood(feed, world.people, body, SystemClock().now())
    except Invalid as error:
        return [Part(name, Status.FAIL, error.what, error.mend)]
    people = sorted({world.people[one.person].name for one in found.spells})
    told = f"{len(found.spells)} shifts of {', '.join(people)}" if people else "no shift of anybody known"
    if found.unknown:
        listed = ", ".join(f"“{one_line(one, 60)}”" for one in found.unknown[:_NAMED])
        mend = "Say who that is under `names:` of the layer, or correct the calendar."
        return [Part(name, Status.WARN, f"{told}; nobody known by {listed}", mend)]
    return [Part(name, Status.OK if people else Status.WARN, told)]
