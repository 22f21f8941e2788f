"""Tasks that must not die: started again after a fault, told in the log, stopped in order."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import structlog

from core.errors import Unavailable
from core.resilience.retry import delay

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
