"""The part of a check that looks once at every service, as the house would."""

import asyncio
from typing import TYPE_CHECKING

from bot.cli.parts import Part, Status
from bot.settings import Settings
from core.errors import ConfigError

if TYPE_CHECKING:
    from core.health.check import Finding, Watched
    from core.world import World

_MEND = "Mend the service, or the check; `wardroom run` tells the team's channel when a service changes."


async def services(settings: Settings, *, offline: bool) -> list[Part]:
    """What is seen of all services that are watched, and whether anybody would be told; a configuration with mistakes is told of elsewhere.

    A service that is not well is no mistake of the configuration, so it is a warning.
    """
    from bot.configuration import load_world
    from core.health.units import places, watched

    try:
        world = load_world(settings)
    except ConfigError:
        return []
    checks = watched(world)
    if not checks:
        return []
    count = f"{len(checks)} check{'s' if len(checks) > 1 else ''} of {len({one.service for one in checks})}"
    parts = []
    silent = [each.name for each in world.services.values() if each.health and not places(world, each)]
    if silent:
        detail = f"nobody is told of {', '.join(silent)}"
        mend = "Name a channel in `health: {notify}`, or give the team that owns it a `channel`."
        parts.append(Part("services", Status.WARN, detail, mend))
    if offline:
        return [*parts, Part("services", Status.OK, f"{count}, not looked at")]
    return [*parts, _seen_as(count, await _seen(world, checks))]


def _seen_as(count: str, found: "list[tuple[Watched, Finding]]") -> Part:
    bad = [
        f"{one.service}, {one.check.name}: {finding.status}, {finding.why}"
        for one, finding in found
        if finding.status != "healthy"
    ]
    if not bad:
        return Part("services", Status.OK, f"{count}, all healthy")
    return Part("services", Status.WARN, f"{count}, {len(bad)} not healthy", _MEND, tuple(bad))


async def _seen(world: "World", checks: "list[Watched]") -> "list[tuple[Watched, Finding]]":
    from bot import plugins
    from bot.breakers import Breakers
    from bot.prober import Prober
    from bot.telemetry import Metrics
    from core.clock import SystemClock

    clock, metrics = SystemClock(), Metrics()
    prober = Prober(plugins.checks(world, clock), Breakers(clock, metrics), metrics)
    room = asyncio.Semaphore(world.health.at_once)

    async def look(one: "Watched") -> "Finding":
        async with room:
            return await prober.look(one)

    return list(zip(checks, await asyncio.gather(*map(look, checks)), strict=True))
