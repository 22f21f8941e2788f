"""The outbox's worker: claims in order, sends through the platforms, records what became of it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.platform import Gone, Limited, Refused, SendError
from bot.sending.delivery import Courier
from bot.telemetry import Metrics
from bot.workers import pause
from core.clock import Clock
from core.errors import Unavailable
from core.ids import new_reference
from core.resilience.retry import delay
from core.store import dispatch, leases
from core.store.dispatch import Outgoing
from core.store.engine import Store, Unit
from core.world import World

React = Callable[[Unit, World, str, Mapping[str, Any]], None]
log = structlog.get_logger("wardroom.sender")
_TRIES = 10
_AT_ONCE = 16
_NOTICES_AT_ONCE = 16
_LONGEST = 5.0  # seconds without looking, should a wake-up be lost
_SHORTEST = 0.01
_BLOCKED = 0.5


class Sender:
    """Sends until it is stopped. One process of several is the leader and sends for all."""

    def __init__(
        self, store: Store, world: World, courier: Courier, reactions: Mapping[str, React], metrics: Metrics
    ) -> None:
        self._store = store
        self._world = world
        self._courier = courier
        self._reactions = reactions
        self._metrics = metrics
        self._clock: Clock = store.clock
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        # A mail server that hangs must not hold up cards: notices have places of their own.
        self._notices: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(_NOTICES_AT_ONCE)
        self.leader = True
        store.bus.listen("outbox", self._wake.set)

    async def run(self) -> None:
        """Send whatever may be sent, and wait for more."""
        while not self._stopping.is_set():
            self._wake.clear()
            due = None
            if len(self._tasks) < _AT_ONCE:
                batch, due = await self._store.transact(self._claim)
                for out in batch:
                    self._start(out)
            await self._rest(due)

    async def stop(self, seconds: float) -> None:
        """Claim no more; let what is being sent arrive."""
        self._stopping.set()
        self._wake.set()
        if busy := self._tasks | self._notices:
            await asyncio.wait(busy, timeout=seconds)

    async def drained(self) -> bool:
        """Nothing is being sent, and nothing could be sent now."""
        if self._tasks or self._notices:
            return False
        return self._stopping.is_set() or not await self._store.read(dispatch.is_due)

    async def measure(self) -> None:
        """Say in the figures how much waits."""
        self._metrics.backlog.set(await self._store.read(dispatch.backlog))

    async def reconcile(self) -> int:
        """Ask the platforms about what a process that is gone was sending; returns how many rows there were."""
        lost = await self._store.read(lambda unit: dispatch.orphans(unit, leases.alive(unit)))
        for out in lost:
            await self._settle(out)
        return len(lost)

    async def _settle(self, out: Outgoing) -> None:
        """Find out whether a message is there; what cannot be looked for now is looked for again later."""
        try:
            found = await self._courier.find(out)
        except Refused as error:
            # Where we may not look, telling it perhaps twice is better than perhaps never.
            log.warning("may not look for a message, sending it again", about=out.about, why=str(error))
            found = None
        except (SendError, Unavailable) as error:
            log.warning("cannot look for a message now", about=out.about, why=str(error))
            return
        except Exception:
            log.exception("looking for a message failed", about=out.about)
            self._metrics.failures.labels("reconcile").inc()
            return
        if found is None:
            again = self._clock.now()
            await self._store.transact(
                dispatch.later, out, again, "requeued", "its process ended while sending"
            )
        else:
            await self._record(self._courier.arrived(out, found, "found after a crash"))

    def _claim(self, unit: Unit) -> tuple[list[Outgoing], datetime | None]:
        """What may be sent now, and when the next of the rest is due."""
        return dispatch.claim(unit, leader=self.leader, limit=_AT_ONCE), dispatch.next_due(unit)

    async def _rest(self, due: datetime | None) -> None:
        """Wait for news, or until `due`; never so short that rows are claimed one by one."""
        seconds = _LONGEST
        if due is not None:
            left = (due - self._clock.now()).total_seconds()
            # What is due and was not claimed waits behind something that is being sent, whose end wakes us.
            seconds = min(seconds, left if left > 0 else _BLOCKED)
        await pause(self._stopping, _SHORTEST)
        if not self._stopping.is_set():
            await pause(self._wake, seconds)

    def _start(self, out: Outgoing) -> None:
        is_notice = out.kind == "notice"
        task = asyncio.create_task(self._send_notice(out) if is_notice else self._send(out))
        (self._notices if is_notice else self._tasks).add(task)
        task.add_done_callback(self._ended)

    async def _send_notice(self, out: Outgoing) -> None:
        async with self._room:
            await self._send(out)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._notices.discard(task)
        self._wake.set()

    async def _send(self, out: Outgoing) -> None:
        try:
            if out.kind == "react":
                await self._react(out)
                return
            outcome = await self._deliver(out)
        except Limited as error:
            outcome = self._later(out, error.retry_after or 1.0, "limited", str(error))
        except (Refused, Gone) as error:
            outcome = self._gave_up(out, str(error))
        except (SendError, Unavailable) as error:
            outcome = self._again(out, str(error), getattr(error, "retry_after", None))
        except Exception:
            reference = new_reference()
            log.exception("sending failed", kind=out.kind, about=out.about, reference=reference)
            self._metrics.failures.labels("sender").inc()
            outcome = self._again(out, f"a fault of ours, {reference}", None)
        await self._record(outcome)

    async def _deliver(self, out: Outgoing) -> Callable[[Unit], None]:
        """Send it. A post that failed before may have arrived all the same: it is looked for, and not said twice."""
        found = None
        if out.attempts > 1 and out.kind in ("say", "show", "file"):
            with suppress(Refused):
                found = await self._courier.find(out)
        if found is not None:
            return self._courier.arrived(out, found, "found when it was tried again")
        return await self._courier.send(out)

    async def _react(self, out: Outgoing) -> None:
        """Let it react; that it did is written with what it did."""
        payload = out.payload

        def react(unit: Unit) -> None:
            self._reactions[payload["reaction"]](unit, self._world, payload["ref"], payload["data"])
            dispatch.sent(unit, out, None)

        await self._store.transact(react)

    async def _record(self, outcome: Callable[[Unit], None]) -> None:
        """Write the outcome, however long the database is away: what was sent must not be sent again."""
        tries = 0
        while True:
            try:
                await self._store.transact(outcome)
            except Unavailable:
                tries += 1
                if await pause(self._stopping, min(5.0, 0.2 * tries)) and tries > _TRIES:
                    return
            else:
                return

    def _again(self, out: Outgoing, why: str, wait: float | None) -> Callable[[Unit], None]:
        if out.attempts >= _TRIES:
            return self._gave_up(out, why)
        seconds = wait if wait is not None else delay(out.attempts, "exponential", 1.0, 300.0, 0.5)
        return self._later(out, seconds, "failed", why)

    def _later(self, out: Outgoing, seconds: float, state: str, why: str) -> Callable[[Unit], None]:
        self._metrics.deliveries.labels(_platform(out), state).inc()
        due = self._clock.now() + timedelta(seconds=seconds)
        return lambda unit: dispatch.later(unit, out, due, state, why)

    def _gave_up(self, out: Outgoing, why: str) -> Callable[[Unit], None]:
        log.warning("message not delivered", kind=out.kind, about=out.about, lane=_platform(out), why=why)
        self._metrics.deliveries.labels(_platform(out), "given_up").inc()
        return lambda unit: self._courier.lost(unit, out, why)


def _platform(out: Outgoing) -> str:
    return out.lane.split(":", 1)[0]
