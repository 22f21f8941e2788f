"""The parts of a check that read the calendars of on-call schedules, and say whom they name."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.cli.parts import Part, Status
from bot.settings import Settings
from core.errors import Invalid
from core.text import one_line

if TYPE_CHECKING:
    from core.oncall.schedule import Feed, Schedule, Spell
    from core.world import World

_NAMED = 5
_PATIENCE = 10.0


@dataclass(frozen=True)
class Looked:
    """What was seen of a calendar: the part of the check, and its shifts; None if it could not be read."""

    part: Part
    spells: "tuple[Spell, ...] | None" = None


async def looked_at(settings: Settings, world: "World") -> Mapping[str, Looked]:
    """Each calendar, read once, by its key."""
    named = {
        feed.key: (f"calendar of {each.name}{_layer(each, number)}", feed)
        for each in world.schedules.values()
        for number, feed in enumerate((layer.feed for layer in each.layers), start=1)
        if feed is not None
    }
    found = await asyncio.gather(*(_within(settings, world, name, feed) for name, feed in named.values()))
    return dict(zip(named, found, strict=True))


def _layer(schedule: "Schedule", number: int) -> str:
    """Which layer it is, where that is not plain."""
    return f", layer {number}" if sum(layer.feed is not None for layer in schedule.layers) > 1 else ""


async def _within(settings: Settings, world: "World", name: str, feed: "Feed") -> Looked:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await _read(settings, world, name, feed)
    except TimeoutError:
        mend = "Is the address right, and reachable?"
        return Looked(Part(name, Status.FAIL, f"no answer within {_PATIENCE:.0f} s", mend))


async def _read(settings: Settings, world: "World", name: str, feed: "Feed") -> Looked:
    from bot.feeds import fetched, understood
    from bot.settings import secret_named
    from core.clock import SystemClock

    try:
        body = await fetched(feed, settings.config.parent, secret_named)
        found = await understood(feed, world.people, body, SystemClock().now())
    except Invalid as error:
        return Looked(Part(name, Status.FAIL, error.what, error.mend))
    people = sorted({world.people[one.person].name for one in found.spells})
    told = f"{len(found.spells)} shifts of {', '.join(people)}" if people else "no shift of anybody known"
    if found.unknown:
        listed = ", ".join(f"“{one_line(one, 60)}”" for one in found.unknown[:_NAMED])
        mend = "Say who that is under `names:` of the layer, or correct the calendar."
        return Looked(Part(name, Status.WARN, f"{told}; nobody known by {listed}", mend), found.spells)
    return Looked(Part(name, Status.OK if people else Status.WARN, told), found.spells)
