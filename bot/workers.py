"""Tasks that must not die: started again after a fault, told in the log, stopped in order; and what most of them do."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from core.errors import Unavailable
from core.resilience.retry import delay
from core.store.engine import Store

log = structlog.get_logger("wardroom.workers")


class Workers:
    """The house's long-running tasks."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stopping = asyncio.Event()

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Keep `work` running; it returns when it should not be started again."""
        self._tasks[name] = asyncio.create_task(self._keep(name, work), name=f"wardroom-{name}")

    def running(self) -> dict[str, bool]:
        """Each task, and whether it runs."""
        return {name: not task.done() for name, task in self._tasks.items()}

    async def stop(self, seconds: float) -> None:
        """Give every task that long to end by itself, then cancel it."""
        self._stopping.set()
        tasks = [task for task in self._tasks.values() if not task.done()]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        faults = 0
        while not self._stopping.is_set():
            try:
                await work()
            except Unavailable as error:
                log.warning("worker waits", worker=name, why=error.what)
            except Exception:
                log.exception("worker failed", worker=name)
            else:
                return
            faults += 1
            await pause(self._stopping, backoff(faults))


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: from half a second up to half a minute."""
    return delay(failures, "exponential", 0.5, 30.0, secrets.randbelow(1_000) / 1_000)


async def pause(stop: asyncio.Event, seconds: float | None) -> bool:
    """Wait that long (None: for ever), or until `stop` is set; True if it was."""
    try:
        async with asyncio.timeout(seconds):
            return await stop.wait()
    except TimeoutError:
        return False


class Worker:
    """Does what lies in rows, one after the other, and waits for more; one of several that share the work."""

    longest = 60.0
    """Seconds without looking, should a wake-up be lost."""

    def __init__(self, store: Store, topic: str) -> None:
        self._store = store
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        store.bus.listen(topic, self._wake.set)

    async def run(self) -> None:
        """Do whatever waits, and wait for more."""
        while not self._stopping.is_set():
            self._wake.clear()
            while not self._stopping.is_set() and await self.work():
                pass
            await pause(self._wake, await self._seconds())

    def stop(self) -> None:
        """Take nothing more."""
        self._stopping.set()
        self._wake.set()

    async def work(self) -> bool:
        """Do the next thing that waits; False if nothing does."""
        raise NotImplementedError

    async def due(self) -> datetime | None:
        """When something will wait though nobody wakes this one, such as what another process took and never ended."""
        return None

    async def _seconds(self) -> float:
        at = await self.due()
        if at is None:
            return self.longest
        return min(self.longest, max(0.1, (at - self._store.clock.now()).total_seconds()))
