"""The worker that runs steps: takes them under a lease, runs their actions with a time limit, says what came.

Several may run, in one process or in many: a step belongs to whoever holds its lease and newest fencing number.
One that is killed leaves its lease to run out; another then takes over as the step's nature allows.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from core.errors import Invalid, Unavailable, VersionConflict
from core.runbooks import expressions, outcome, secrecy
from core.runbooks.action import (
    Action,
    ActionFailed,
    AnyAction,
    AskAction,
    ByRows,
    Context,
    Say,
    UnitAction,
)
from core.runbooks.asking import units as asking
from core.runbooks.progress import units as progress
from core.runbooks.secrecy import Hider
from core.runbooks.turn import Failure
from core.runbooks.units import work as units
from core.runbooks.units.commit import TOPIC
from core.runbooks.units.work import TakenOver, Work
from core.store.engine import Store, Unit

LOG = logging.getLogger("wardroom.runbooks")
_GRACE = timedelta(seconds=12)
_TOLD = timedelta(seconds=2)  # between two lines that a running step shows


@dataclass(frozen=True)
class Pace:
    """How long a lease lasts, how often idle workers look, how many steps run at once, how long a stop may take."""

    lease: timedelta = timedelta(seconds=30)
    look: timedelta = timedelta(seconds=5)
    steps: int = 16
    drain: timedelta = timedelta(seconds=20)


@dataclass
class _Line:
    """What a running step said last and nobody was told yet."""

    words: str = ""
    new: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, words: str) -> None:
        self.words = words
        self.new.set()


@dataclass
class _Running:
    work: Work
    task: asyncio.Task[None]
    stop: asyncio.Event


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
        self._owner = owner
        self._scene = scene
        self._secrets = secret_values or {}
        self._hider = Hider()
        self._pace = pace or Pace()
        self._wake = asyncio.Event()
        self._running: dict[tuple[str, str, int], _Running] = {}
        self._loop: asyncio.Task[None] | None = None
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
        tasks = [running.task for running in self._running.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=self._pace.drain.total_seconds())
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
        await self._store.transact(units.recover, self._scene)
        if self._running:
            for execution, step in await self._store.read(units.stopping, self._owner):
                for (running_execution, running_step, _), running in self._running.items():
                    if (running_execution, running_step) == (execution, step):
                        running.stop.set()
        while len(self._running) < self._pace.steps and not self._stopping:
            work = await self._store.transact(units.claim, self._scene, self._owner, self._pace.lease)
            if work is None:
                return
            self._take(work)

    async def idle(self) -> None:
        """Return when nothing that was taken is still running."""
        while self._running:
            await asyncio.wait([running.task for running in self._running.values()])

    def _take(self, work: Work) -> None:
        key = (work.execution, work.step, work.fence)
        stop = asyncio.Event()
        task = asyncio.create_task(self._run(work, stop), name=f"{work.execution}/{work.step}")
        self._running[key] = _Running(work, task, stop)
        task.add_done_callback(lambda _: self._forget(key))

    def _forget(self, key: tuple[str, str, int]) -> None:
        gone = self._running.pop(key, None)
        if gone is not None and not gone.task.cancelled() and gone.task.exception() is not None:
            LOG.error("a step was left to its lease", extra={"ref": key[0]}, exc_info=gone.task.exception())
        self._wake.set()

    async def _run(self, work: Work, stop: asyncio.Event) -> None:
        line = _Line()
        beside = [
            asyncio.create_task(self._keep_lease(work, stop)),
            asyncio.create_task(self._show(work, line)),
        ]
        try:
            # Taken over: what this worker did is told by whoever has the newer fencing number.
            with suppress(TakenOver):
                await self._attempt(work, stop, line)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _attempt(self, work: Work, stop: asyncio.Event, line: _Line) -> None:
        try:
            action, args = self._prepare(work)
        except (Invalid, ValidationError) as error:
            await self._fail(work, Failure(self._hider.text(outcome.mistakes(error))))
            return
        context = Context(
            execution=work.execution,
            step=work.step,
            key=work.key,
            attempt=work.attempt,
            deadline=work.deadline,
            stop=stop,
            resuming=work.resuming,
            place=work.place,
            runbook=work.runbook,
            by=work.by,
            incident=work.incident,
            tell=line.tell,
        )
        try:
            if not isinstance(action, Action):
                await self._commit(work, action, args, context)
                return
            result = await self._within_time(work, stop, action.run(args, context))
        except ActionFailed as failed:
            chance = secrets.randbelow(1_000) / 1_000
            log = self._hider.text(failed.log)
            await self._fail(
                work, Failure(self._hider.text(failed.why), failed.retriable, failed.retry_after, log, chance)
            )
            return
        clean = self._hider.value(result)
        await self._persist(
            lambda: self._store.transact(units.succeed, self._scene, work, clean, outcome.tail(clean))
        )

    async def _commit(self, work: Work, action: ByRows, args: Any, context: Context) -> None:
        """Do an action whose whole effect is rows."""
        if isinstance(action, AskAction):
            question = action.ask(args, context)
            await self._persist(lambda: self._store.transact(asking.ask, self._scene, work, question))
            return

        def write(unit: Unit, say: Say) -> dict[str, Any]:
            if isinstance(action, UnitAction):
                return action.record(say, args, context)
            return action.write(unit, args, context)

        await self._persist(lambda: self._store.transact(units.record, self._scene, work, write))

    async def _within_time(self, work: Work, stop: asyncio.Event, running: Any) -> dict[str, Any]:
        """The action's result; at the deadline it is told to stop, and left if it does not within 12 s."""
        limit = max(0.0, (work.deadline - self._store.clock.now()).total_seconds())
        task: asyncio.Task[dict[str, Any]] = asyncio.ensure_future(running)
        try:
            done, _ = await asyncio.wait({task}, timeout=limit)
            if done:
                return _outcome(task)
            stop.set()
            await asyncio.wait({task}, timeout=_GRACE.total_seconds())
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        # Nobody can tell how far it came, so only what may run twice is tried again.
        again = work.node.nature != "at_most_once"
        raise ActionFailed(f"It took longer than {limit:g} s and was stopped.", retriable=again)

    def _prepare(self, work: Work) -> tuple[AnyAction, Any]:
        action = self._actions.get(work.node.action)
        if action is None:
            raise Invalid(f"There is no action “{work.node.action}” here.")
        told = secrecy.pick(self._secrets, secrecy.read(work.node.arguments))
        self._hider.learn(told.values())
        values = {**work.values, "secrets": told}
        return action, action.spec.args.model_validate(expressions.fill(work.node.arguments, values))

    async def _fail(self, work: Work, failure: Failure) -> None:
        await self._persist(lambda: self._store.transact(units.fail, self._scene, work, failure))

    async def _persist(self, write: Callable[[], Any]) -> None:
        """Say what came of a step, again and again while the store is gone: it was done, so it must be told."""
        while True:
            try:
                await write()
            except (Unavailable, VersionConflict):
                await _pause(timedelta(seconds=1))
            else:
                return

    async def _show(self, work: Work, line: _Line) -> None:
        while True:
            await line.new.wait()
            line.new.clear()
            with suppress(Unavailable, VersionConflict):
                await self._store.transact(progress.note, work, self._hider.text(line.words))
            await _pause(_TOLD)

    async def _keep_lease(self, work: Work, stop: asyncio.Event) -> None:
        while True:
            await _pause(self._pace.lease / 3)
            try:
                mine = await self._store.transact(units.renew, work, self._pace.lease)
            except (Unavailable, VersionConflict):
                continue
            if not mine:
                stop.set()
                return


def _outcome(task: asyncio.Task[dict[str, Any]]) -> dict[str, Any]:
    error = task.exception()
    if error is None:
        return task.result()
    if isinstance(error, ActionFailed):
        raise error
    # An action by a third party may raise anything; the run must go on.
    raise ActionFailed(f"The action broke: {type(error).__name__}: {error}") from error


async def _pause(length: timedelta) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), length.total_seconds())
