"""One worker process of the crash harness: an engine, and people who answer; killed where it is told to be.

It ends by itself once every run has ended. The effects of its steps are lines of a file.
"""

import asyncio
import os
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
from core.runbooks.states import StepState
from core.runbooks.units import runs
from core.runbooks.working import records as working
from core.store.bus import Bus
from core.store.engine import Store, Unit
from core.store.opening import store_for
from core.wiring import World
from tests.core.runbooks.house import ANA, DEV, ENVIRONMENTS, PEOPLE, SERVICES, SPECS, due, react

When = Literal["before", "after", "moment", "never"]
LEASE = timedelta(seconds=1.2)
WORLD = World(workspace="acme", people=PEOPLE, services=SERVICES, environments=ENVIRONMENTS)
REACTIONS = {"approval.closed": ("runbooks.on_approval_closed",)}
_LOOK = 0.05


@dataclass(frozen=True)
class Fate:
    """When to die: at the commit number `at`, before or after it is durable, or after `at` milliseconds."""

    when: When = "never"
    at: int = 0


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
        return {"stdout": context.step}


def live(url: str, folder: Path, name: str, fate: Fate) -> None:
    """Work until every run has ended, or die."""
    asyncio.run(_live(url, folder, name, fate))


def a_store(url: str, name: str) -> Store:
    """The store that all share."""
    return store_for(url, SystemClock(), Bus(), reactions=REACTIONS, process=name)


async def _live(url: str, folder: Path, name: str, fate: Fate) -> None:
    store = a_store(url, name)
    _doom(store, fate)
    await store.start()
    if url.startswith("sqlite"):
        await store.transact(working.end_leases, name)
    actions: dict[str, AnyAction] = {one: Trace(spec, folder / "effects") for one, spec in SPECS.items()}
    pace = Pace(lease=LEASE, look=timedelta(seconds=0.2), steps=8, drain=timedelta(seconds=5))
    engine = Engine(store, actions, name, WORLD, pace=pace)
    await engine.start()
    while True:
        with suppress(Unavailable, VersionConflict):
            await store.transact(react, WORLD)
            await store.transact(due, WORLD)
            await store.transact(_people, folder)
            if not await store.read(records.find, running=True, limit=1):
                break
        await _moment()
    await engine.stop()
    await store.stop()


def _people(unit: Unit, folder: Path) -> None:
    """Whoever is asked says yes; whoever is asked what became of a step looks whether its effect is there."""
    seen = (folder / "effects").read_text().splitlines() if (folder / "effects").exists() else []
    for run in records.find(unit, running=True, limit=50):
        for step in run.steps.values():
            if step.state is StepState.WAITING_APPROVAL:
                asked = approval_records.get(unit, step.request)
                if asked.is_pending:
                    approvals.decide(unit, step.request, ANA, Choice.APPROVE, "fine", asked.digest)
            elif step.state is StepState.UNKNOWN:
                said: Literal["done", "again"] = "done" if f"{run.id} {step.id}" in seen else "again"
                with suppress(WardroomError):
                    runs.answer(unit, WORLD, run.id, step.id, said, DEV)


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
