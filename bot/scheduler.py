"""APScheduler wakes us at the earliest deadline; the rows say what is due, and decide who serves it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog
from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.telemetry import Metrics
from core.clock import Clock
from core.errors import Unavailable
from core.store import deadlines
from core.store.deadlines import Deadline
from core.store.engine import Store, Unit
from core.world import World

Serve = Callable[[Unit, World, str], None]
log = structlog.get_logger("wardroom.scheduler")
_LONGEST = timedelta(seconds=60)
_WORST = timedelta(minutes=5)
_JOB = "deadlines"
_FAR = 365  # days: whoever was woken says when to be woken next
# Rounds of upkeep that fall together because one of them takes so long, until that is told.
_MISSED = 5


class Scheduler:
    """One job for all deadlines, moved to the next of them, and a few for upkeep."""

    def __init__(
        self, store: Store, world: World, clock: Clock, serve: Mapping[str, Serve], metrics: Metrics
    ) -> None:
        self._store = store
        self._world = world
        self._clock = clock
        self._serve = serve
        self._metrics = metrics
        # A late job is served, not skipped: the default would drop what is late by more than a second.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._jobs = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)
        self._busy = asyncio.Lock()
        self._is_stale = False
        self._rearming: asyncio.Task[None] | None = None
        self._serving: asyncio.Task[int] | None = None
        self._upkeep: dict[str, asyncio.Task[None]] = {}
        # Jobs that are set to another moment each time, since making one costs far more than moving it.
        self._moments: dict[str, Job] = {}
        store.bus.listen("deadlines", self._woken)

    def every(self, seconds: float, work: Callable[[], Awaitable[None]], name: str) -> None:
        """Run `work` again and again, with that many seconds between; not beside itself where it takes longer."""
        missed = 0

        async def ring() -> None:
            # As with due times, the work is no part of the job: when all ends, a job that runs is told as an error.
            nonlocal missed
            running = self._upkeep.get(name)
            if running is None or running.done():
                missed = 0
                self._upkeep[name] = asyncio.create_task(self._keep_up(name, work))
                return
            missed += 1
            if missed == _MISSED:
                log.warning("upkeep takes long", work=name, seconds=missed * seconds)

        self._jobs.add_job(ring, "interval", seconds=seconds, id=name)

    def once(self, name: str, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` after so many seconds, in the place of what was to be run under this name."""
        if not self._jobs.running:
            return
        now = datetime.now(self._jobs.timezone)  # noqa: TID251 - APScheduler's own clock, not the house's
        at = now + timedelta(seconds=seconds)
        job = self._moments.get(name)
        if job is None:
            self._moments[name] = self._jobs.add_job(work, "interval", days=_FAR, next_run_time=at, id=name)
        else:
            job.modify(next_run_time=at)

    async def start(self) -> None:
        """Serve what is overdue and arm the next."""
        self._jobs.start()
        await self.run_due()

    async def stop(self) -> None:
        """Wake no more; what is being served ends first, and upkeep is broken off."""
        self._jobs.shutdown(wait=False)
        for task in self._upkeep.values():
            task.cancel()
        await asyncio.gather(*self._upkeep.values(), return_exceptions=True)
        async with self._busy:
            return

    async def run_due(self) -> int:
        """Serve everything that is due now; returns how many."""
        served = 0
        async with self._busy:
            try:
                while batch := await self._store.read(deadlines.due):
                    # Side by side: each is a unit of its own, and they share commits.
                    done = await asyncio.gather(*map(self._one, batch), return_exceptions=True)
                    served += _counted(done)
                await self._arm()
            except Unavailable as error:
                log.warning("deadlines wait", why=error.what)
                self._set(self._clock.now() + timedelta(seconds=1))
        return served

    async def _keep_up(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:
            log.exception("upkeep failed", work=name)
            self._metrics.failures.labels("upkeep").inc()

    async def _one(self, deadline: Deadline) -> int:
        late = (self._clock.now() - deadline.due).total_seconds()
        try:
            taken = await self._store.transact(self._run, deadline)
        except Unavailable:
            raise
        except Exception:
            log.exception("deadline failed", kind=deadline.kind, ref=deadline.ref)
            self._metrics.failures.labels("deadline").inc()
            wait = min(_WORST, timedelta(seconds=2 ** min(deadline.failures, 10)))
            await self._store.transact(deadlines.postpone, deadline, self._clock.now() + wait)
            return 0
        self._metrics.lateness.observe(max(0.0, late))
        return int(taken)

    def _run(self, unit: Unit, deadline: Deadline) -> bool:
        if not deadlines.take(unit, deadline):
            return False
        self._serve[deadline.kind](unit, self._world, deadline.ref)
        return True

    async def _ring(self) -> None:
        # APScheduler drops a moment that comes while the work of the one before runs, so the work is no part of its job.
        self._serving = asyncio.get_running_loop().create_task(self.run_due())

    def _woken(self) -> None:
        # Also while due times are being served: what is set then may have been read past already.
        if self._jobs.running and not self._is_stale:
            self._is_stale = True
            self._rearming = asyncio.get_running_loop().create_task(self._rearm())

    async def _rearm(self) -> None:
        async with self._busy:
            self._is_stale = False
            try:
                await self._arm()
            except Unavailable:
                self._set(self._clock.now() + timedelta(seconds=1))

    async def _arm(self) -> None:
        earliest = await self._store.read(deadlines.earliest)
        latest = self._clock.now() + _LONGEST
        self._set(latest if earliest is None else min(earliest, latest))

    def _set(self, at: datetime) -> None:
        # The job's moment is told in the machine's time, the row's in the house's: only the distance counts.
        self.once(_JOB, max(0.0, (at - self._clock.now()).total_seconds()), self._ring)


def _counted(done: list[int | BaseException]) -> int:
    """How many were served; raises what kept one from being tried."""
    for one in done:
        if isinstance(one, BaseException):
            raise one
    return sum(one for one in done if not isinstance(one, BaseException))
