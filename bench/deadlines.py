"""A million pending due times: what they cost while they wait, and how late one is: `python -m bench.deadlines`."""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.memory import settle
from bot.scheduler import Scheduler
from bot.telemetry import Metrics
from core.clock import SystemClock
from core.ids import numbered
from core.store import deadlines
from core.store.deadlines import DEADLINE
from core.store.engine import Store, Unit
from core.world import World
from tests.stores import opened, sqlite_url

KIND = "bench.due"
WORLD = World("bench")
FEW = 1_000
_MEBIBYTE = 1024 * 1024


@dataclass
class Served:
    """What was served, and how late each was, in milliseconds."""

    late: list[float] = field(default_factory=list)

    def take(self, unit: Unit, _world: World, ref: str) -> None:
        """The deadline's unit: it knows its moment by its reference."""
        due = datetime.fromisoformat(ref.partition("@")[2])
        self.late.append((unit.now - due).total_seconds() * 1000)

    def share(self, part: float) -> float:
        """The lateness below which this part stayed."""
        ordered = sorted(self.late)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


@dataclass(frozen=True)
class Found:
    """What was measured with so many pending: seconds to start, MiB more, seconds for a wake-up, lateness in ms."""

    start: float
    memory: float
    wake_up: float
    p50: float
    p99: float


def lay(unit: Unit, count: int, now: datetime) -> None:
    """So many deadlines, all of them far away."""
    step = 20_000
    for first in range(0, count, step):
        rows = [
            {
                "kind": KIND,
                "ref": numbered("AP", number),
                "due": now + timedelta(days=1, seconds=number % 86_400),
                "failures": 0,
            }
            for number in range(first, min(first + step, count))
        ]
        unit.conn.execute(sa.insert(DEADLINE), rows)


def add_due(unit: Unit, moments: list[datetime], name: str) -> None:
    """Deadlines at these moments."""
    for number, moment in enumerate(moments):
        deadlines.set(unit, KIND, f"{name}-{number}@{moment.isoformat()}", moment)


def lay_bare(unit: Unit, count: int) -> None:
    """The rows that the bare database takes out again."""
    now = unit.now
    rows = [{"kind": "bare", "ref": str(number), "due": now, "failures": 0} for number in range(count)]
    unit.conn.execute(sa.insert(DEADLINE), rows)


def bare(unit: Unit, number: int) -> None:
    """The bare database's part of a wake-up: take one row out by its key."""
    unit.conn.execute(sa.delete(DEADLINE).where(DEADLINE.c.kind == "bare", DEADLINE.c.ref == str(number)))


async def measured(count: int, options: argparse.Namespace) -> Found:
    """Lay `count`, start, wake up for those that are due, and see how late the next ones are."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="wardroom-bench-") as folder:
        async with opened(sqlite_url(Path(folder)), clock) as store:
            await store.transact(lay, count, clock.now())
            served = Served()
            scheduler = Scheduler(store, WORLD, clock, {KIND: served.take}, Metrics())
            before, began = resident(), time.perf_counter()
            await scheduler.start()
            start, more = time.perf_counter() - began, resident() - before
            wake_up = await woken(store, scheduler, options)
            late = await lateness(store, scheduler, served, options)
            await scheduler.stop()
            return Found(start, more, wake_up, late.share(0.5), late.share(0.99))


async def woken(store: Store, scheduler: Scheduler, options: argparse.Namespace) -> float:
    """Seconds for one wake-up that serves `due` deadlines, the median of some."""
    times = []
    for turn in range(options.turns):
        moment = store.clock.now() - timedelta(seconds=1)
        await store.transact(_quietly, [moment] * options.due, f"wake-{turn}")
        began = time.perf_counter()
        await scheduler.run_due()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _quietly(unit: Unit, moments: list[datetime], name: str) -> None:
    """Set them without waking anybody: the wake-up is what is measured."""
    add_due(unit, moments, name)
    unit.wakes.clear()


async def lateness(store: Store, scheduler: Scheduler, served: Served, options: argparse.Namespace) -> Served:
    """How late deadlines are that come one by one, some milliseconds apart."""
    served.late.clear()
    start = store.clock.now() + timedelta(seconds=0.5)
    moments = [start + timedelta(milliseconds=number * 10) for number in range(options.late)]
    await store.transact(add_due, moments, "late")
    while len(served.late) < len(moments):
        await asyncio.sleep(0.05)
    await scheduler.run_due()
    return served


async def bare_rate(options: argparse.Namespace) -> float:
    """Seconds for as many bare transactions as a wake-up has deadlines, side by side."""
    with tempfile.TemporaryDirectory(prefix="wardroom-bench-") as folder:
        async with opened(sqlite_url(Path(folder)), SystemClock()) as store:
            times = []
            for _ in range(options.turns):
                await store.transact(lay_bare, options.due)
                began = time.perf_counter()
                await asyncio.gather(*(store.transact(bare, number) for number in range(options.due)))
                times.append(time.perf_counter() - began)
            return statistics.median(times)


def resident() -> float:
    """The memory of this process, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / _MEBIBYTE


def report(few: Found, many: Found, bare_time: float, options: argparse.Namespace) -> bool:
    """Print it; whether every target is reached."""
    ratio = many.wake_up / few.wake_up
    checks: list[tuple[str, float, Callable[[float], bool], str]] = [
        ("start, s", many.start, lambda it: it < 3, "under 3"),
        ("memory, MiB more", many.memory, lambda it: it < 20, "under 20"),
        (f"wake-up beside that with {FEW:,} pending", ratio, lambda it: it < 2, "about 1"),
        ("lateness p50, ms", many.p50, lambda it: it < 5, "under 5"),
        ("lateness p99, ms", many.p99, lambda it: it < 50, "under 50"),
    ]
    print(f"{options.pending:,} pending deadlines, SQLite")
    for name, value, fits, goal in checks:
        print(f"  {name:44} {value:9.3f}   target {goal}: {'reached' if fits(value) else 'MISSED'}")
    each = many.wake_up / options.due * 1_000_000
    print(
        f"  {options.due} due at once: {many.wake_up * 1000:.1f} ms, {each:.0f} us each; "
        f"bare deletes take {bare_time * 1000:.1f} ms, ratio {bare_time / many.wake_up:.2f}",
        flush=True,
    )
    return all(fits(value) for _, value, fits, _ in checks)


async def compare(options: argparse.Namespace) -> bool:
    """Few pending, many pending, and the bare database."""
    few = await measured(FEW, options)
    many = await measured(options.pending, options)
    return report(few, many, await bare_rate(options), options)


def main(arguments: list[str] | None = None) -> int:
    """Measure; 1 if a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pending", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=200, help="due at one wake-up")
    parser.add_argument("--late", type=int, default=500, help="deadlines whose lateness is measured")
    parser.add_argument("--turns", type=int, default=7)
    options = parser.parse_args(arguments)
    settle()
    return 0 if asyncio.run(compare(options)) else 1


if __name__ == "__main__":
    sys.exit(main())
