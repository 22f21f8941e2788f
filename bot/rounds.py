"""The rounds: wakes whoever looks at services when the next look is due, and says in figures how they are."""

import asyncio
from collections.abc import Mapping

import structlog

from bot import plugins
from bot.breakers import Breakers
from bot.platform import Health
from bot.prober import Prober
from bot.scheduler import Scheduler
from bot.telemetry import Metrics
from core.clock import Clock
from core.errors import Unavailable
from core.health.check import Status
from core.health.poller import Listener, Poller
from core.store.engine import Store
from core.world import World

log = structlog.get_logger("wardroom.health")
_JOB = "health"
_SHORTEST = 0.1  # seconds between two wake-ups: what is due in between is looked at together
_LONGEST, _AGAIN = 5.0, 1.0


class Rounds:
    """Looks at every check of every service, in the one process of several that does."""

    def __init__(
        self, store: Store, world: World, scheduler: Scheduler, breakers: Breakers, metrics: Metrics
    ) -> None:
        self._clock: Clock = store.clock
        self._scheduler = scheduler
        self._metrics = metrics
        self._has_checks = any(service.health for service in world.services.values())
        self._prober = Prober(plugins.checks(world, store.clock), breakers, metrics)
        listener = Listener(
            late=lambda late: metrics.health.look_late.observe(late.total_seconds()), became=self._tell
        )
        self.poller = Poller(store, world, self._prober.look, listener)
        self._ticking: asyncio.Task[None] | None = None
        self._told: set[str] = set()
        self._fault = ""

    def start(self) -> None:
        """Begin."""
        self._arm(0.0)

    async def stop(self) -> None:
        """Look no more, and keep what was seen; the scheduler has to be stopped before."""
        if self._ticking is not None:
            await asyncio.gather(self._ticking, return_exceptions=True)
        await self.poller.stop()

    def health(self) -> Health:
        """Whether services are looked at, by this process or another."""
        if self._fault:
            return Health(ok=False, detail=f"not looked at: {self._fault}")
        if not self._has_checks:
            return Health(ok=True, detail="none is watched")
        return Health(
            ok=True, detail="looked at here" if self.poller.leads else "looked at by another process"
        )

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
        wait, fault = _AGAIN, ""
        try:
            await self.poller.tick()
            if not self.poller.leads:
                self._forget()
            # The machine's clock may be set back, and then the moment that was next is far away.
            wait = min(_LONGEST, (self.poller.next - self._clock.now()).total_seconds())
        except Unavailable as error:
            fault = error.what
        except Exception:
            log.exception("the rounds failed")
            self._metrics.failures.labels("health").inc()
            fault = "a fault of ours, which is in the log"
        if fault != self._fault:
            log.warning("services are not looked at" if fault else "services are looked at", why=fault)
        self._fault = fault
        # Without checks there is nothing to do once what was watched before is forgotten.
        if self._has_checks or fault:
            self._arm(max(_SHORTEST, wait))

    def _tell(self, counts: Mapping[str, Status]) -> None:
        """Say what services count as now."""
        for service, counted in counts.items():
            for status in Status:
                self._metrics.health.services.labels(service, str(status)).set(counted is status)
        self._told.update(counts)

    def _forget(self) -> None:
        """Say nothing of services while another process looks, so that nothing is told twice."""
        for service in self._told:
            for status in Status:
                self._metrics.health.services.remove(service, str(status))
        self._told.clear()
