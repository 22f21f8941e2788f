"""The worker that looks again and again: begins what is due, a few at once, and keeps what was seen together.

Of several processes one looks. It holds a lease, which it renews with everything it keeps; a process that has lost
it keeps nothing, so no look counts twice.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.errors import Unavailable, VersionConflict
from core.health import units
from core.health.check import Finding, Sighting, Status, Watched
from core.health.timetable import Timetable
from core.health.units import Scene
from core.store.engine import Store

LOG = logging.getLogger("wardroom.health")
_RENEW = units.TTL / 3
_GATHER = 0.25  # seconds in which what ends close together is gathered into one commit
_AGAIN = 1.0  # seconds until a database that did not answer is asked again
_MOST = 5_000  # sightings that wait for such a database; older ones are dropped, since newer ones say more

Look = Callable[[Watched], Awaitable[Finding]]


@dataclass(frozen=True)
class Listener:
    """Is told how long after its moment each look began, and which services became what."""

    late: Callable[[timedelta], None]
    became: Callable[[Mapping[str, Status]], None]


class Poller:
    """Looks at every check of every service when it is due.

    Args:
        store: where what is seen is kept.
        scene: the services, and where changes are told.
        look: looks once, within the check's time limit, and raises nothing.
        listener: is told what others want to know of it.
    """

    def __init__(self, store: Store, scene: Scene, look: Look, listener: Listener) -> None:
        self._store = store
        self._scene = scene
        self._look = look
        self._listener = listener
        self._room = asyncio.Semaphore(scene.health.at_once)
        self._table: Timetable | None = None
        self._asked: datetime | None = None
        self._busy: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._seen: list[Sighting] = []
        self._keeping: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._settling = asyncio.Event()

    @property
    def leads(self) -> bool:
        """Whether this is the process that looks."""
        return self._table is not None

    @property
    def next(self) -> datetime:
        """When to `tick` next."""
        ask = self._asked + _RENEW if self._asked else self._store.clock.now()
        due = self._table.next if self._table else None
        return ask if due is None else min(ask, due)

    async def tick(self) -> int:
        """Begin every look that is due; returns how many.

        Raises:
            Unavailable: the database does not answer.
        """
        now = self._store.clock.now()
        await self._lead(now)
        begun = 0
        for at, each in self._table.take(now) if self._table else ():
            # One that takes longer than until its next moment is not doubled.
            if each.key not in self._busy:
                self._busy[each.key] = asyncio.create_task(self._one(each, at))
                begun += 1
        return begun

    async def settle(self) -> None:
        """Wait until everything that was begun has ended and is kept, which then is not gathered first."""
        self._settling.set()
        try:
            while self._busy or self._keeping:
                await asyncio.gather(*self._busy.values(), *filter(None, (self._keeping,)))
        finally:
            self._settling.clear()

    async def stop(self) -> None:
        """Break off what is looked at, and keep what was seen."""
        self._stopping.set()
        self._settling.set()
        busy = list(self._busy.values())
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)
        if self._keeping is not None:
            await self._keeping

    async def _lead(self, now: datetime) -> None:
        """Take or renew the lease where it is time for that."""
        if self._asked is not None and abs(now - self._asked) < _RENEW:
            return
        begins = self._table is None
        counts = await self._store.transact(units.take, self._scene, begins=begins)
        self._asked = now
        if counts is None:
            self._table = None
        elif begins:
            self._table = Timetable(units.watched(self._scene), now)
            self._listener.became(counts)

    async def _one(self, each: Watched, due: datetime) -> None:
        try:
            async with self._room:
                began = self._store.clock.now()
                self._listener.late(began - due)
                finding = await self._look(each)
                self._seen.append(Sighting(each, began, self._store.clock.now() - began, finding))
        finally:
            del self._busy[each.key]
        if self._keeping is None:
            self._keeping = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        """Keep what was seen, as long as there is something."""
        try:
            while self._seen:
                await _or_set(self._settling, _GATHER)
                batch, self._seen = self._seen, []
                if not await self._kept(batch):
                    return
        finally:
            self._keeping = None

    async def _kept(self, batch: list[Sighting]) -> bool:
        """Keep these; False if nothing can be kept now that the house stops."""
        try:
            became = await self._store.transact(units.record, self._scene, batch)
        except (Unavailable, VersionConflict) as error:
            LOG.warning("what was seen of services is not kept yet: %s", error.what)
            self._seen = [*batch, *self._seen][-_MOST:]
            await _or_set(self._stopping, _AGAIN)
            return not self._stopping.is_set()
        except Exception:
            LOG.exception("what was seen of services could not be kept")
            return True
        if became is None:
            self._table = None
        else:
            self._asked = self._store.clock.now()
            self._listener.became(became)
        return True


async def _or_set(event: asyncio.Event, seconds: float) -> None:
    waiting: Coroutine[Any, Any, bool] = event.wait()
    try:
        await asyncio.wait_for(waiting, seconds)
    except TimeoutError:
        return
