"""The rounds: wakes whoever looks at services when the next look is due, and says in figures how they are."""

import asyncio

import structlog

from bot import plugins
from bot.breakers import Breakers
from bot.prober import Prober
from bot.scheduler import Scheduler
from bot.telemetry import Metrics
from core.clock import Clock
from core.errors import Unavailable
from core.health import records, units
from core.health.check import Status
from core.health.poller import Poller
from core.store.engine import Store
from core.wiring import World

log = structlog.get_logger("wardroom.health")
_JOB = "health"
_SHORTEST = 0.1  # seconds between two wake-ups: what is due in between is looked at together
_AGAIN = 1.0


class Rounds:
    """Looks at every check of every service, in the one process of several that does."""

    def __init__(
        self, store: Store, world: World, scheduler: Scheduler, breakers: Breakers, metrics: Metrics
    ) -> None:
        self._clock: Clock = store.clock
        self._store = store
        self._scheduler = scheduler
        self._metrics = metrics
        self._has_checks = any(service.health for service in world.services.values())
        self._prober = Prober(plugins.checks(world, store.clock), breakers, metrics)
        self.poller = Poller(
            store,
            world,
            self._prober.look,
            lambda late: metrics.health.look_late.observe(late.total_seconds()),
        )
        self._ticking: asyncio.Task[None] | None = None
        self._shown: set[str] = set()
        store.bus.listen(units.TOPIC, self._changed)
        self._telling: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; without any check there is nothing to begin."""
        if self._has_checks:
            self._arm(0.0)

    async def stop(self) -> None:
        """Look no more, and keep what was seen."""
        await self.poller.stop()
        if self._ticking is not None:
            await asyncio.gather(self._ticking, return_exceptions=True)

    async def run_due(self) -> int:
        """Look at everything that is due now, and return once it is kept; how many that were."""
        begun = await self.poller.tick()
        await self.poller.settle()
        return begun

    def _arm(self, seconds: float) -> None:
        self._scheduler.once(_JOB, seconds, self._ring)

    async def _ring(self) -> None:
        # As with deadlines: the work is no part of the job, which would drop a moment that comes meanwhile.
        self._ticking = asyncio.get_running_loop().create_task(self._tick())

    async def _tick(self) -> None:
        led = self.poller.leads
        try:
            await self.poller.tick()
            if self.poller.leads != led:
                await self._tell()
            wait = (self.poller.next - self._clock.now()).total_seconds()
        except Unavailable as error:
            log.warning("services are not looked at", why=error.what)
            wait = _AGAIN
        self._arm(max(_SHORTEST, wait))

    def _changed(self) -> None:
        self._telling = asyncio.get_running_loop().create_task(self._tell())

    async def _tell(self) -> None:
        """Say how services count; a process that does not look says nothing, so that nothing is told twice."""
        gauge = self._metrics.health.services
        try:
            counts = await self._store.read(records.counts) if self.poller.leads else {}
        except Unavailable:
            return
        for service in self._shown - counts.keys():
            for status in Status:
                gauge.remove(service, str(status))
        for service, count in counts.items():
            for status in Status:
                gauge.labels(service, str(status)).set(count.status is status)
        self._shown = set(counts)
