"""Steps per second of durable workflows, by Wardroom's engine and by DBOS: `python -m bench.workflows`.

Both run chains of ten steps that do nothing, 32 of them in flight, in processes of their own, turn after turn on fresh
databases. What counts is the median ratio of the turns; seconds of CPU are told as well, for a machine that others
use too. See bench.chains for the two sides.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.chains import READY, STEPS, Found
from bench.decisions import server
from core.clock import SystemClock
from tests.stores import opened, sqlite_url

TARGETS = {"sqlite": 8.0, "postgres": 2.5}
SINGLE = 20
MISSING = """DBOS, which this measures against, is not installed. It is needed for nothing else:
  .venv/bin/python -m pip install --no-deps --requirement requirements/bench.txt"""


@dataclass(frozen=True)
class Result:
    """What one turn of one side reached: steps per second, microseconds of CPU per step in our processes and in those
    of PostgreSQL that serve them, milliseconds to first steps."""

    rate: float
    cpu: float
    server: float
    first: tuple[float, ...]


def turn(kind: str, url: str, options: argparse.Namespace, processes: int) -> Result:
    """Let so many processes run their workflows side by side on one database, each its share of what is in flight."""
    at_once = options.at_once // processes
    numbers = [str(number) for number in (options.count // processes, at_once, SINGLE)]
    running = []
    for letter in "ab"[:processes]:
        command = [sys.executable, "-m", "bench.chains", kind, url, f"bench-{letter}", *numbers]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(process)
        # One after the other: the first to come lays the tables.
        if _line(process) != READY:
            raise RuntimeError(f"{kind} did not get ready")
    before = serving(url)
    for process in running:
        _go(process)
    found = [Found(**json.loads(_line(process))) for process in running]
    more = serving(url) - before
    for process in running:
        _go(process)
        process.communicate(timeout=60)
    steps = options.count // processes * STEPS * processes
    cpu = sum(each.cpu for each in found) / steps * 1_000_000
    server_cpu = more / (steps + SINGLE * STEPS * processes) * 1_000_000
    rate = steps / max(each.seconds for each in found)
    return Result(rate, cpu, server_cpu, tuple(found[0].first))


def serving(url: str) -> float:
    """Seconds of CPU of the PostgreSQL processes that serve this database; 0 where there are none on this machine."""
    name = url.partition("?")[0].rpartition("/")[2].encode()
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if b"postgres:" in (said := (process / "cmdline").read_bytes()) and name in said.split():
                fields = (process / "stat").read_text(encoding="ascii").rpartition(")")[2].split()
                total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def _go(process: "subprocess.Popen[str]") -> None:
    if process.stdin is not None:
        process.stdin.write("go\n")
        process.stdin.flush()


def _line(process: "subprocess.Popen[str]") -> str:
    lines = process.stdout or ()
    # DBOS says some things on its standard output as well.
    return next((line.strip() for line in lines if line.startswith((READY, "{"))), "")


@asynccontextmanager
async def database(engine: str) -> AsyncIterator[str]:
    """A fresh one, as careful with the disk as in earnest."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="wardroom-bench-") as folder:
            yield sqlite_url(Path(folder))
    else:
        async with server() as url:
            yield url


async def compare(engine: str, processes: int, options: argparse.Namespace) -> bool:
    """Turns of all sides, one after the other; whether the target is reached."""
    sides = ["ours", "dbos"] + (["dbos-wal"] if engine == "sqlite" else [])
    found: dict[str, list[Result]] = {side: [] for side in sides}
    for _ in range(options.turns):
        for side in sides:
            async with database(engine) as url:
                if side == "ours":
                    async with opened(url, SystemClock()):
                        pass  # lays the tables
                found[side].append(await asyncio.to_thread(turn, side, url, options, processes))
    print(f"{engine}, {processes} process{'es' if processes > 1 else ''}, {options.at_once} in flight")
    for side in sides:
        tell(side, found[side])
    ratio = against(found["ours"], found["dbos"])
    reached = ratio >= TARGETS[engine]
    said = "reached" if reached else "MISSED"
    print(f"  ratio to dbos {ratio:.1f}, target {TARGETS[engine]}: {said}", flush=True)
    if engine == "sqlite":
        print(f"  ratio to dbos-wal {against(found['ours'], found['dbos-wal']):.1f}", flush=True)
    return reached


def against(ours: list[Result], theirs: list[Result]) -> float:
    """The median ratio of the turns."""
    return statistics.median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))


def tell(side: str, results: list[Result]) -> None:
    """One line of figures, each the median of the turns."""
    rate = statistics.median(each.rate for each in results)
    cpu = statistics.median(each.cpu for each in results)
    server_cpu = statistics.median(each.server for each in results)
    first = sorted(time for each in results for time in each.first)
    p50, p99 = statistics.median(first), first[int(len(first) * 0.99)]
    print(
        f"  {side:9} {rate:7.0f} steps/s {rate / STEPS:6.0f} executions/s {cpu:6.0f} us of CPU a step, {server_cpu:4.0f} in PostgreSQL"
        f"   first step after {p50:.1f} ms (p99 {p99:.1f})"
    )


async def measure(options: argparse.Namespace) -> bool:
    """Everything that was asked for."""
    reached = []
    for engine in ("sqlite", "postgres"):
        for processes in (1, 2):
            if options.engine not in {engine, "both"} or options.processes not in {processes, 0}:
                continue
            if engine == "sqlite" and processes == 2:
                print("sqlite, 2 processes: Wardroom refuses the second; for several there is PostgreSQL")
                continue
            reached.append(await compare(engine, processes, options))
    return all(reached)


def main() -> int:
    """Measure; 1 if a target was missed, 2 if there is nothing to measure against."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--processes", type=int, choices=[0, 1, 2], default=0, help="0: one, and then two")
    parser.add_argument("--turns", type=int, default=3, help="turns of each side")
    parser.add_argument("--count", type=int, default=200, help="workflows in a turn, of ten steps each")
    parser.add_argument("--at-once", type=int, default=32, help="workflows in flight")
    options = parser.parse_args()
    if find_spec("dbos") is None:
        print(MISSING, file=sys.stderr)
        return 2
    return 0 if asyncio.run(measure(options)) else 1


if __name__ == "__main__":
    sys.exit(main())
