"""One worker process of the crash harness: an engine, and people who answer; killed where it is told to be.

It ends by itself once every run has ended. The effects of its steps are lines of a file.
"""

import asyncio
import os
import random
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from core.approvals import records as approval_records
from core.approvals import units as approvals
from core.approvals.request import Choice
from core.clock import SystemClock
from core.errors import Unavailable, VersionConflict, WardroomError
from core.runbooks import records
from core.runbooks.action import ActionFailed, ActionSpec, AnyAction, Context
from core.runbooks.engine import Engine, Pace
from core.runbooks.execution import Execution, StepRun
from core.runbooks.following import units as following
from core.runbooks.following.records import followers
from core.runbooks.states import ExecutionState, StepState
from core.runbooks.units import pausing, runs
from core.runbooks.working import records as working
from core.store.bus import Bus
from core.store.engine import Store, Unit
from core.store.opening import store_for
from core.world import World
from tests.core.runbooks.house import (
    ANA,
    DEV,
    ENVIRONMENTS,
    OWN_REACTIONS,
    PEOPLE,
    SERVICES,
    SPECS,
    due,
    react,
)
from tests.crash.tales import INSIDE, LATER

When = Literal["before", "after", "moment", "never"]
LEASE = 1.2
WORLD = World(workspace="acme", people=PEOPLE, services=SERVICES, environments=ENVIRONMENTS, runbooks=INSIDE)
_CHANCE = random.SystemRandom()
_LOOK = 0.05
_PAUSES, _RESUMES, _CANCELS = 0.1, 0.3, 0.1


@dataclass(frozen=True)
class Fate:
    """When to die: at the commit number `at`, before or after it is durable, or after `at` milliseconds."""

    when: When = "never"
    at: int = 0


@dataclass(frozen=True)
class Life:
    """Where workers live: the database, the folder of their effects, and how long they hold a step, in seconds."""

    url: str
    folder: Path
    lease: float


@dataclass
class Trace:
    """An action whose effect is a line: the run, the step, and who did it."""

    spec: ActionSpec
    file: Path
    failed: set[str] = field(default_factory=set)

    async def run(self, args: Any, context: Context) -> dict[str, Any]:
        """Leave the line, a moment after it began and a moment before it says so."""
        if getattr(args, "fail", False):
            raise ActionFailed("It breaks, as it should.")
        if getattr(args, "stumble", False) and context.attempt == 1:
            raise ActionFailed("Not yet.", retriable=True)
        await _moment()
        with self.file.open("a") as book:
            book.write(f"{context.execution} {context.step}\n")
        await _moment()
        return {"stdout": context.step, "attempt": context.attempt}


def live(life: Life, name: str, fate: Fate) -> None:
    """Work until every run has ended, or die."""
    asyncio.run(_live(life, name, fate))


def a_store(url: str, name: str) -> Store:
    """The store that all share."""
    return store_for(url, SystemClock(), Bus(), reactions=OWN_REACTIONS, process=name)


async def _live(life: Life, name: str, fate: Fate) -> None:
    store = a_store(life.url, name)
    _doom(store, fate)
    await store.start()
    if life.url.startswith("sqlite"):
        await store.transact(working.end_leases, name)
    actions: dict[str, AnyAction] = {one: Trace(spec, life.folder / "effects") for one, spec in SPECS.items()}
    pace = Pace(
        lease=timedelta(seconds=life.lease), look=timedelta(seconds=0.2), steps=8, drain=timedelta(seconds=5)
    )
    engine = Engine(store, actions, name, WORLD, pace=pace)
    await engine.start()
    while True:
        with suppress(Unavailable, VersionConflict):
            going = await store.read(records.find, running=True, limit=1)
            reacted = await store.transact(react, WORLD)
            await store.transact(due, WORLD)
            await store.transact(_people, life.folder)
            if not going and not reacted and not await store.transact(_takes_back):
                break
        await _moment()
    await engine.stop()
    await store.stop()


def _people(unit: Unit, folder: Path) -> None:
    """Whoever is asked answers; whoever is asked what became of a step looks whether its effect is there."""
    seen = (folder / "effects").read_text().splitlines() if (folder / "effects").exists() else []
    for run in records.find(unit, running=True, limit=50):
        for step in run.steps.values():
            if step.state is StepState.WAITING_APPROVAL and step.request:
                asked = approval_records.get(unit, step.request)
                if asked.is_pending:
                    said = Choice.REJECT if step.id == "gate" else Choice.APPROVE
                    approvals.decide(unit, step.request, ANA, said, "so it is", asked.digest)
            elif step.state is StepState.UNKNOWN:
                told: Literal["done", "again"] = "done" if f"{run.id} {step.id}" in seen else "again"
                with suppress(WardroomError):
                    runs.answer(unit, WORLD, run.id, step.id, told, DEV)
        with suppress(WardroomError):
            _meddle(unit, run)


def _takes_back(unit: Unit) -> bool:
    """Take back what has ended and is called so; whether anything was left to be taken back."""
    ended = [run for run in records.find(unit, limit=50) if LATER in run.runbook and not run.origin]
    left = [run for run in ended if run.state.is_final and not followers(unit, run.id)]
    for run in left:
        following.take_back(unit, WORLD, following.Wish(run.id, DEV, f"back {run.id}"))
    return bool(left)


def _meddle(unit: Unit, run: Execution) -> None:
    """Pause, resume or cancel what is called so; a pause of what another run called is lifted with that."""
    begun = any(step.state is StepState.SUCCEEDED for step in run.steps.values())
    if run.state is ExecutionState.PAUSED and "paused" in run.runbook:
        if _CHANCE.random() < _RESUMES:
            pausing.resume(unit, WORLD, run.id, DEV)
    elif "paused" in run.runbook and begun and not run.ending and _CHANCE.random() < _PAUSES:
        pausing.pause(unit, WORLD, run.id, DEV)
    elif "cancelled" in run.runbook and begun and not run.ending and _CHANCE.random() < _CANCELS:
        runs.cancel(unit, WORLD, run.id, DEV, rollback="taken-back" in run.runbook)


def _doom(store: Store, fate: Fate) -> None:
    """Die from outside the code that is tested: within a transaction, right after it, or at a moment."""
    if fate.when == "moment":
        signal.signal(signal.SIGALRM, lambda _signal, _frame: _die())
        signal.setitimer(signal.ITIMER_REAL, fate.at / 1000)
    count = [0]
    save, transact = records.save, store.transact

    def saving(unit: Unit, execution: Execution, touched: Mapping[str, StepRun]) -> None:
        save(unit, execution, touched)
        count[0] += 1
        if fate.when == "before" and count[0] >= fate.at:
            _die()

    async def transacting(work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        result = await transact(work, *args, **more)
        if fate.when == "after" and count[0] >= fate.at:
            _die()
        return result

    records.save = saving
    store.transact = transacting  # type: ignore[method-assign]


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def _moment() -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), _LOOK)
