"""The worker that runs steps: takes them under a lease, runs their actions with a time limit, says what came.

Several may run, in one process or in many: a step belongs to whoever holds its lease and newest fencing number.
One that is killed leaves its lease to run out; another then takes over as the step's nature allows.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import ValidationError

from core.errors import Invalid, Unavailable, VersionConflict
from core.runbooks import expressions, outcome, secrecy
from core.runbooks.action import (
    Action,
    ActionFailed,
    AnyAction,
    AskAction,
    Context,
    Say,
    UnitAction,
)
from core.runbooks.asking import units as asking
from core.runbooks.progress import units as progress
from core.runbooks.secrecy import Hider
from core.runbooks.turn import Failure
from core.runbooks.underway.engine import Ours, Running, pause
from core.runbooks.units import work as units
from core.runbooks.units.commit import TOPIC
from core.runbooks.units.work import Done, Room, TakenOver, Work
from core.store.engine import Store, Unit

LOG = logging.getLogger("wardroom.runbooks")
T = TypeVar("T")


@dataclass(frozen=True)
class Pace:
    """How long a lease lasts, how often idle workers look, how many steps run at once, how long a stop may take."""

    lease: timedelta = timedelta(seconds=30)
    look: timedelta = timedelta(seconds=5)
    steps: int = 16
    drain: timedelta = timedelta(seconds=20)


class Engine:
    """A worker. `owner` must differ from every other worker that runs or ever ran on this store.

    `secret_values` is what `${{ secrets.NAME }}` means. A step that names some has them read when it begins; they are
    masked from then on in everything that is kept or shown.
    """

    def __init__(
        self,
        store: Store,
        actions: Mapping[str, AnyAction],
        owner: str,
        scene: asking.Scene,
        *,
        secret_values: Mapping[str, str] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._store = store
        self._actions = actions
        # Told apart once: to ask of an action what it is costs as much as to prepare it.
        self._doings = {name: action for name, action in actions.items() if isinstance(action, Action)}
        self._writings = {name: action for name, action in actions.items() if not isinstance(action, Action)}
        self._owner = owner
        self._scene = scene
        self._secrets = secret_values or {}
        self._hider = Hider()
        self._pace = pace or Pace()
        self._wake = asyncio.Event()
        self._running: dict[tuple[str, str, int], Running] = {}
        self._ours = Ours()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._beat: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        """Begin to take steps."""
        self._store.bus.listen(TOPIC, self._wake.set)
        self._loop = asyncio.create_task(self.work_until_stopped(), name=f"runbooks {self._owner}")

    async def stop(self) -> None:
        """Take nothing more; let what runs end, within the drain time. What does not is left to its lease."""
        self._stopping = True
        self._wake.set()
        if self._loop is not None:
            await self._loop
        tasks = set(self._tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=self._pace.drain.total_seconds())
        tasks |= {self._beat} if self._beat is not None else set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def work_until_stopped(self) -> None:
        """Look, take, run; again when something was committed, and every few seconds for what nobody announces."""
        while not self._stopping:
            self._wake.clear()
            with suppress(
                Unavailable, VersionConflict
            ):  # the store says so itself; the next look comes anyway
                await self.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._pace.look.total_seconds())

    async def look(self) -> None:
        """Take over from the dead, stop what was cancelled, and take everything that is ready."""
        await self._ours.settle(
            lambda known: self._store.transact(units.put_back, self._scene, self._owner, known)
        )
        free = max(0, self._pace.steps - len(self._tasks))
        stopping, taken = await self._ours.hear(
            lambda: self._store.transact(units.tend, self._scene, self._room(free)), lambda told: told[1]
        )
        for running in self._running.values():
            if (running.work.execution, running.work.step) in stopping:
                running.stop.set()
        for work in taken:
            self._take(work)

    async def idle(self) -> None:
        """Return when nothing that was taken is still running."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _room(self, steps: int = 1) -> Room:
        return Room(self._owner, self._pace.lease, 0 if self._stopping else steps)

    def _take(self, work: Work) -> None:
        task = asyncio.create_task(self._run(work), name=f"{work.execution}/{work.step}")
        self._tasks.add(task)
        task.add_done_callback(self._gone)
        if self._beat is None or self._beat.done():
            self._beat = asyncio.create_task(self._keep_leases(), name=f"leases of {self._owner}")

    def _gone(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            LOG.error(
                "a step was left to its lease", extra={"ref": task.get_name()}, exc_info=task.exception()
            )
        self._wake.set()

    async def _run(self, first: Work) -> None:
        """A step, and what follows it at once, one after the other."""
        following: list[Work] = [first]
        while following:
            work = following.pop()
            running = self._running[work.claim] = Running(work, self._note)
            try:
                following = await self._attempt(running)
            except TakenOver:
                # What this worker did is told by whoever has the newer fencing number.
                LOG.warning(
                    "what a late worker says is refused", extra={"ref": f"{work.execution}/{work.step}"}
                )
                self._ours.known.discard(work.claim)
                return
            finally:
                del self._running[work.claim]
                await running.end()
            self._ours.known.discard(work.claim)

    async def _attempt(self, running: Running) -> list[Work]:
        """Run one step and say what came of it; gives what this worker does next."""
        work = running.work
        try:
            args = self._prepare(work)
        except (Invalid, ValidationError) as error:
            return await self._fail(work, Failure(self._hider.text(outcome.mistakes(error))))
        context = Context(
            execution=work.execution,
            step=work.step,
            key=work.key,
            attempt=work.attempt,
            deadline=work.deadline,
            stop=running.stop,
            resuming=work.resuming,
            place=work.place,
            runbook=work.runbook,
            by=work.by,
            incident=work.incident,
            tell=running.tell,
        )
        try:
            if work.node.action not in self._doings:
                return await self._commit(work, args, context)
            doing = self._doings[work.node.action].run(args, context)
            result = await running.within(self._left(work), doing)
        except ActionFailed as failed:
            chance = secrets.randbelow(1_000) / 1_000
            log = self._hider.text(failed.log)
            return await self._fail(
                work, Failure(self._hider.text(failed.why), failed.retriable, failed.retry_after, log, chance)
            )
        clean = self._hider.value(result)
        done = Done(clean, outcome.tail(clean))
        return await self._tell(
            lambda: self._store.transact(units.succeed, self._scene, work, done, self._room())
        )

    async def _commit(self, work: Work, args: Any, context: Context) -> list[Work]:
        """Do an action whose whole effect is rows."""
        action = self._writings[work.node.action]
        if isinstance(action, AskAction):
            question = action.ask(args, context)
            await self._persist(lambda: self._store.transact(asking.ask, self._scene, work, question))
            return []

        def write(unit: Unit, say: Say) -> dict[str, Any]:
            if isinstance(action, UnitAction):
                return action.record(say, args, context)
            return action.write(unit, args, context)

        return await self._tell(
            lambda: self._store.transact(units.record, self._scene, work, write, self._room())
        )

    def _left(self, work: Work) -> float:
        return max(0.0, (work.deadline - self._store.clock.now()).total_seconds())

    def _prepare(self, work: Work) -> Any:
        action = self._actions.get(work.node.action)
        if action is None:
            raise Invalid(f"There is no action “{work.node.action}” here.")
        told = secrecy.pick(self._secrets, secrecy.read(work.node.arguments))
        self._hider.learn(told.values())
        values = {**work.values, "secrets": told}
        given = expressions.fill_arguments(work.node.arguments, values, action.spec.queries)
        return action.spec.args.model_validate(given)

    async def _fail(self, work: Work, failure: Failure) -> list[Work]:
        return await self._tell(
            lambda: self._store.transact(units.fail, self._scene, work, failure, self._room())
        )

    async def _tell(self, end: Callable[[], Awaitable[list[Work]]]) -> list[Work]:
        """Say how a step ended; gives what this worker does next."""
        return await self._persist(lambda: self._ours.hear(end, lambda works: works))

    async def _persist(self, write: Callable[[], Awaitable[T]]) -> T:
        """Say what came of a step, again and again while the store is gone: it was done, so it must be told."""
        while True:
            try:
                return await write()
            except (Unavailable, VersionConflict):
                await pause(timedelta(seconds=1))

    async def _note(self, work: Work, words: str) -> None:
        with suppress(Unavailable, VersionConflict):
            await self._store.transact(progress.note, work, self._hider.text(words))

    async def _keep_leases(self) -> None:
        """Renew the leases of all that runs here, in one unit; what others have taken over is told to stop."""
        while True:
            await pause(self._pace.lease / 3)
            works = [running.work for running in self._running.values()]
            if not works:
                continue
            with suppress(Unavailable, VersionConflict):
                for work in await self._store.transact(units.renew, works, self._pace.lease):
                    if work.claim in self._running:
                        self._running[work.claim].stop.set()
