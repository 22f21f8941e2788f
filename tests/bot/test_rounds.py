"""The rounds by the machine's clock: they wake for each look, say how services are, and fall silent for another process."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from bot.breakers import Breakers
from bot.rounds import Rounds
from bot.scheduler import Scheduler
from bot.telemetry import Metrics
from core.catalogue.model import HealthCheck, Service
from core.clock import SystemClock
from core.health import units
from core.store import leases
from core.store.engine import Unit
from core.world import World
from tests.bot.checks.servers import http
from tests.stores import opened, sqlite_url

_HEALTHY = {"service": "shop", "status": "healthy"}


async def until(fits: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not fits():
            await asyncio.sleep(0.05)


async def test_services_are_looked_at_by_the_clock_until_another_process_does(tmp_path: Path) -> None:
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response()

    async with http(answer) as base, opened(sqlite_url(tmp_path), SystemClock(), process="this") as store:
        check = HealthCheck(
            name="live",
            kind="liveness",
            means="http",
            target=base,
            options={"url": base},
            interval=timedelta(seconds=1),
        )
        world = World(workspace="acme", services={"shop": Service(name="shop", health=(check,))})
        metrics = Metrics()
        scheduler = Scheduler(store, world, store.clock, {}, metrics)
        rounds = Rounds(store, world, scheduler, Breakers(store.clock, metrics), metrics)

        def shown() -> float | None:
            return metrics.registry.get_sample_value("wardroom_service_status", _HEALTHY)

        await scheduler.start()
        rounds.start()
        await until(lambda: shown() == 1.0 and len(asked) >= 4)
        assert (True, "looked at here") == (rounds.health().ok, rounds.health().detail)
        await store.transact(_taken_by_another)
        await until(lambda: shown() is None)
        assert (True, "looked at by another process") == (rounds.health().ok, rounds.health().detail)
        await scheduler.stop()
        await rounds.stop()
        assert [] == scheduler._jobs.get_jobs(), "nothing is looked at after the end"


async def test_without_checks_nothing_is_done_but_to_forget(tmp_path: Path) -> None:
    async with opened(sqlite_url(tmp_path), SystemClock(), process="this") as store:
        world, metrics = World(workspace="acme"), Metrics()
        scheduler = Scheduler(store, world, store.clock, {}, metrics)
        rounds = Rounds(store, world, scheduler, Breakers(store.clock, metrics), metrics)
        await scheduler.start()
        rounds.start()
        await until(lambda: rounds.poller.leads)
        assert (True, "none is watched") == (rounds.health().ok, rounds.health().detail)
        await scheduler.stop()
        await rounds.stop()


def _taken_by_another(unit: Unit) -> None:
    leases.release(unit, units.LEASE)
    unit.process = "other"
    assert leases.hold(unit, units.LEASE, timedelta(minutes=5))
