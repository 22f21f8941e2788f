"""Workflows of plain steps, by Wardroom's engine and by DBOS, each in a process of its own (see bench.workflows).

`python -m bench.chains ours|dbos URL NAME COUNT AT_ONCE SINGLE` says `ready`, waits for a line, runs COUNT
workflows with AT_ONCE in flight, then SINGLE of them alone, prints what it found as JSON, and waits for a line again.
"""

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, ClassVar, Protocol

import sqlalchemy as sa
from pydantic import BaseModel

from bot.memory import settle
from core import wiring
from core.clock import SystemClock
from core.people.person import Person
from core.place import Place
from core.runbooks import plan
from core.runbooks.action import ActionSpec, Context
from core.runbooks.engine import Engine, Pace
from core.runbooks.load import load
from core.runbooks.params import Names
from core.runbooks.records import EXECUTION
from core.runbooks.states import ExecutionState
from core.runbooks.units import runs
from core.store.engine import Store, Unit
from core.store.opening import sqlite_path
from core.world import World
from tests.stores import opened

READY = "ready"
STEPS = 10
HERE = Place(platform="slack", channel="C0OPS")
WORLD = World("bench")
_OPEN = tuple(str(state) for state in ExecutionState if not state.is_final)
_UNDER_WAY = sa.select(sa.func.count()).where(
    EXECUTION.c.state.in_(_OPEN), EXECUTION.c.by == sa.bindparam("name")
)
BOOK = "name: chain\nsteps:\n" + "".join(
    f"  - {{id: s{number}, action: nothing, with: {{number: {number}}}"
    + (f", needs: [s{number - 1}]}}\n" if number else "}\n")
    for number in range(STEPS)
)


@dataclass
class Found:
    """What one process found: seconds and seconds of CPU for all workflows, and milliseconds to each first step."""

    seconds: float
    cpu: float
    first: list[float] = field(default_factory=list)


class Side(Protocol):
    """A way to run workflows."""

    async def fly(self, count: int, at_once: int) -> None:
        """Run so many workflows, with so many in flight."""
        ...

    async def alone(self) -> float:
        """Run one, and return the seconds until its first step began."""
        ...


class Numbered(BaseModel):
    """Arguments of a step that does nothing."""

    number: int


class Nothing:
    """An action that does nothing, and knows when it was last begun first."""

    spec: ClassVar[ActionSpec] = ActionSpec("nothing", Numbered, lambda _: "idempotent", lambda _: False)

    def __init__(self) -> None:
        self.first = 0.0

    async def run(self, args: Numbered, context: Context) -> dict[str, Any]:
        """Do nothing."""
        del context
        if not args.number:
            self.first = time.perf_counter()
        return {}


class Ours:
    """The engine as the house starts it, runs started as the verb does it; cards, events and audit as always."""

    def __init__(self, store: Store, name: str, at_once: int) -> None:
        self._store = store
        self._person = Person(id=name, name=name)
        self._action = Nothing()
        self._book = load(BOOK, "bench.yaml", {"nothing": Nothing.spec})
        pace = Pace(lease=timedelta(seconds=7), look=timedelta(seconds=2), steps=at_once)
        self.engine = Engine(store, {"nothing": self._action}, name, WORLD, pace=pace)
        self._changed = asyncio.Event()
        self._number = 0
        store.bus.listen("events", self._changed.set)

    async def fly(self, count: int, at_once: int) -> None:
        """Start as many as may be in flight, and more whenever some have ended."""
        left = count
        while True:
            self._changed.clear()
            flying = await self._store.transact(_under_way, self._person.id)
            if not left and not flying:
                return
            fresh = min(left, at_once - flying)
            left -= fresh
            await asyncio.gather(*(self._start() for _ in range(fresh)))
            if not fresh:
                await self._changed.wait()

    async def alone(self) -> float:
        """Start one, and wait until it has ended."""
        began = time.perf_counter()
        await self.fly(1, 1)
        return self._action.first - began

    async def _start(self) -> None:
        self._number += 1
        made = plan.make(self._book, {}, Names({}, {}))
        wish = runs.Start(plan=made, by=self._person, key=f"{self._person.id}-{self._number}", place=HERE)
        await self._store.transact(runs.start, wish, WORLD)


class Theirs:
    """DBOS: one asynchronous workflow that calls one asynchronous step after the other."""

    def __init__(self, dbos: Any) -> None:
        self.first = 0.0

        @dbos.step()
        async def nothing(number: int) -> int:
            if not number:
                self.first = time.perf_counter()
            return number

        @dbos.workflow()
        async def chain() -> int:
            for number in range(STEPS):
                await nothing(number)
            return STEPS

        self._chain: Callable[[], Awaitable[int]] = chain

    async def fly(self, count: int, at_once: int) -> None:
        """Call the workflow, so many at once."""
        waiting = iter(range(count))

        async def work() -> None:
            for _ in waiting:
                await self._chain()

        await asyncio.gather(*(work() for _ in range(at_once)))

    async def alone(self) -> float:
        """Call it once."""
        began = time.perf_counter()
        await self._chain()
        return self.first - began


def _under_way(unit: Unit, name: str) -> int:
    return int(unit.conn.execute(_UNDER_WAY, {"name": name}).scalar_one())


@asynccontextmanager
async def ours(url: str, name: str, at_once: int) -> AsyncIterator[Side]:
    """Our engine on a store."""
    async with opened(url, SystemClock(), reactions=wiring.BY_EVENT, process=name) as store:
        side = Ours(store, name, at_once)
        await side.engine.start()
        yield side
        await side.engine.stop()


@asynccontextmanager
async def theirs(url: str, name: str, at_once: int) -> AsyncIterator[Side]:
    """DBOS on the same kind of database, as it comes: SQLite's and PostgreSQL's own care with the disk, as ours."""
    del at_once
    from dbos import DBOS

    path = sqlite_path(url)
    address = url.replace("+asyncpg", "") if path is None else url
    DBOS(
        config={
            "name": "bench",
            "system_database_url": address,
            "executor_id": name,
            "application_version": "1",
            "log_level": "ERROR",
        }
    )
    side = Theirs(DBOS)
    DBOS.launch()
    yield side
    DBOS.destroy()


@asynccontextmanager
async def theirs_tuned(url: str, name: str, at_once: int) -> AsyncIterator[Side]:
    """DBOS on an SQLite file that somebody has given a write-ahead log by hand, as ours has."""
    path = sqlite_path(url)
    if path is not None:
        with sqlite3.connect(path) as file:
            file.execute("PRAGMA journal_mode=WAL")
    async with theirs(url, name, at_once) as side:
        yield side


SIDES = {"ours": ours, "dbos": theirs, "dbos-wal": theirs_tuned}


async def child(kind: str, url: str, name: str, numbers: list[int]) -> None:
    """Get ready, wait for the word, run, and say what was found."""
    count, at_once, single = numbers
    async with SIDES[kind](url, name, at_once) as side:
        await side.fly(at_once, at_once)  # warms up
        settle()
        print(READY, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        began, cpu = time.perf_counter(), time.process_time()
        await side.fly(count, at_once)
        found = Found(time.perf_counter() - began, time.process_time() - cpu)
        found.first = [await side.alone() * 1000 for _ in range(single)]
        print(json.dumps(asdict(found)), flush=True)
        await asyncio.to_thread(sys.stdin.readline)  # the database's work is looked at while it knows us


if __name__ == "__main__":
    asyncio.run(child(sys.argv[1], sys.argv[2], sys.argv[3], [int(number) for number in sys.argv[4:7]]))
