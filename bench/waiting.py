"""What waits costs: memory, idle work, and the time from kill -9 until it answers: `python -m bench.waiting`.

The demo's process, on a database with ten thousand runs that wait a day, ten thousand open requests and a thousand
runs whose worker was killed in a step, beside the same process on an empty one.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.cli.demo import demo_settings
from bot.plugins import ACTIONS
from core.approvals import units as approvals
from core.approvals.draft import Draft
from core.approvals.request import Ask, Terms
from core.clock import SystemClock
from core.people.person import Person
from core.place import Place
from core.runbooks import plan
from core.runbooks.load import load
from core.runbooks.params import Names
from core.runbooks.plan import Plan
from core.runbooks.units import runs, work
from core.store.engine import Unit
from core.store.outbox_rows import NEWS, OUTBOX
from core.world import World
from tests.stores import opened, sqlite_url

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_MEBIBYTE = 1024 * 1024
_LONGEST = 60.0
_AT_ONCE = 250
# By then what there was to take over is taken over, and the service that ails in the demo has its incident.
_SETTLED = 40.0
DEV = Person(id="dev", name="Dev Patel", roles=frozenset({"developer"}))
# As in the demo, so that nobody has changed in the meantime.
ASKED = {
    "ana": Person(id="ana", name="Ana Ruiz", roles=frozenset({"sre"})),
    "bo": Person(id="bo", name="Bo Lindqvist", roles=frozenset({"sre"})),
}
WORLD = World("bench")
WAITS = "name: waits\nsteps:\n  - {id: a, wait: {for: 1d}}\n"
SLEEPS = "name: sleeps\nsteps:\n  - {id: a, action: sleep, with: {for: 5m}}\n"


@dataclass(frozen=True)
class Found:
    """Seconds until it answered, after a start and after kill -9, and of CPU until then; MiB; percent of a CPU while
    nothing happens."""

    started: float
    again: float
    busy: float
    memory: float
    idle: float


class Process:
    """The demo on a folder, in a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/healthz"
        command = [str(Path(sys.executable).with_name("wardroom")), "demo", "--folder", str(folder)]
        environment = {**os.environ, "WARDROOM_HTTP_PORT": str(port), "WARDROOM_GRPC_PORT": "0"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a house that is installed has its bytecode
        self._began = time.perf_counter()
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def ready(self) -> float:
        """Wait until it answers that it is well; seconds since it was started."""
        while time.perf_counter() - self._began < _LONGEST:
            with suppress(OSError), urllib.request.urlopen(self._url, timeout=1):
                return time.perf_counter() - self._began
            time.sleep(0.01)
        raise RuntimeError("the demo did not get ready")

    def memory(self) -> float:
        """MiB that are resident."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * _PAGE / _MEBIBYTE

    def work(self) -> float:
        """Seconds of CPU so far."""
        fields = (
            Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def kill(self) -> None:
        """Without a word."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


def lay(unit: Unit, made: Plan, numbers: range) -> None:
    """Start so many runs of a plan."""
    for number in numbers:
        runs.start(unit, runs.Start(plan=made, by=DEV, key=f"{made.runbook}-{number}"), WORLD)


def lay_requests(unit: Unit, numbers: range) -> None:
    """Ask so many questions."""
    for number in numbers:
        draft = Draft(
            kind="deploy",
            title=f"Deploy checkout 1.{number}",
            reason="It waits",
            subject={"version": f"1.{number}"},
            requester=DEV,
            terms=Terms(ask=(Ask(role="sre"),), approvals=2, severity="HIGH"),
            key=f"waiting-{number}",
            places=(Place(platform="local", channel="ops"),),
        )
        approvals.ask(unit, draft, ASKED, {})


def begin(unit: Unit, count: int) -> None:
    """Let a worker take so many steps, and say no more."""
    work.claim(unit, WORLD, work.Room("gone", timedelta(seconds=7), count))


def told(unit: Unit) -> None:
    """Everything that was to be said of this was said long ago."""
    for table in (NEWS, OUTBOX):
        unit.conn.execute(sa.delete(table))


async def fill(folder: Path, options: argparse.Namespace) -> None:
    """Lay all that waits, through the units that people use."""
    async with opened(sqlite_url(folder), SystemClock(), process="bench") as store:
        for text, count in ((SLEEPS, options.running), (WAITS, options.waiting)):
            made = plan.make(load(text, "bench.yaml", ACTIONS), {}, Names({}, {}))
            for first in range(0, count, _AT_ONCE):
                await store.transact(lay, made, range(first, min(first + _AT_ONCE, count)))
        await store.transact(begin, options.running)
        for first in range(0, options.requests, _AT_ONCE):
            await store.transact(lay_requests, range(first, min(first + _AT_ONCE, options.requests)))
        await store.transact(told)


def measured(folder: Path, port: int, seconds: float) -> Found:
    """Start it, leave it alone, kill it, start it again."""
    process = Process(folder, port)
    try:
        started = process.ready()
        time.sleep(_SETTLED)
        before = process.work()
        time.sleep(seconds)
        idle = (process.work() - before) / seconds * 100
        memory = process.memory()
    finally:
        process.kill()
    process = Process(folder, port)
    try:
        return Found(started, process.ready(), process.work(), memory, idle)
    finally:
        process.kill()


def laid(folder: Path, port: int) -> Path:
    """The folder of a demo that was not started yet."""
    folder.mkdir()
    demo_settings(folder, port)
    return folder


def compiled(folder: Path, port: int) -> None:
    """Start it once, so that there is bytecode."""
    process = Process(folder, port)
    try:
        process.ready()
    finally:
        process.kill()


def report(empty: Found, full: Found, options: argparse.Namespace) -> bool:
    """Print it; whether every target is reached."""
    checks: list[tuple[str, float, Callable[[float], bool], str]] = [
        ("start to ready, s, empty", empty.started, lambda it: it < 2, "under 2"),
        ("memory, MiB, empty", empty.memory, lambda it: it < 150, "under 150"),
        ("idle CPU, %, empty", empty.idle, lambda it: it < 1, "under 1"),
        ("kill -9 to ready, s", full.again, lambda it: it < 3, "under 3"),
    ]
    print(
        f"{options.waiting:,} waiting runs, {options.requests:,} open requests, {options.running:,} running"
    )
    for name, value, fits, goal in checks:
        print(f"  {name:28} {value:8.2f}   target {goal}: {'reached' if fits(value) else 'MISSED'}")
    print(f"  {'CPU until then, s':28} {full.busy:8.2f}   empty {empty.busy:.2f}")
    print(f"  {'memory, MiB':28} {full.memory:8.2f}   empty {empty.memory:.2f}")
    print(f"  {'idle CPU, %':28} {full.idle:8.2f}   empty {empty.idle:.2f}", flush=True)
    return all(fits(value) for _, value, fits, _ in checks)


def main() -> int:
    """Measure; 1 if a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--running", type=int, default=1_000)
    parser.add_argument("--idle", type=float, default=30.0, help="seconds that it is left alone")
    parser.add_argument("--port", type=int, default=18_400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wardroom-bench-") as name:
        compiled(laid(Path(name) / "compiled", options.port), options.port)
        empty = measured(laid(Path(name) / "empty", options.port), options.port, options.idle)
        folder = laid(Path(name) / "full", options.port)
        asyncio.run(fill(folder, options))
        full = measured(folder, options.port, options.idle)
        return 0 if report(empty, full, options) else 1


if __name__ == "__main__":
    sys.exit(main())
