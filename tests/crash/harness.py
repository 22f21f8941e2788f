"""Kill workers again and again, and see that every run still ends as the rules allow.

`python -m tests.crash.harness --runs 1000 [--engine sqlite|postgres] [--seed N] [--lease S]`: so many lives that end in
a kill, half of them at a commit (before or after it is durable), half at a moment under load, one process or all of them
at once. The runs are those of `tales`; people approve, refuse, pause, resume, cancel and answer meanwhile. On a busy
machine a worker that only waits for its turn loses a short lease, and what may run once is then seen twice: give more.
"""

import argparse
import asyncio
import multiprocessing
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from core.runbooks import plan, records
from core.runbooks.calling.records import caller
from core.runbooks.execution import Execution
from core.runbooks.units import runs
from core.store import audit, migrate
from core.store.engine import Unit
from tests import postgres
from tests.core.runbooks.house import DEV
from tests.crash.tales import NAMES, TALES, faults, overlaps
from tests.crash.worker import LEASE, WORLD, Fate, Life, a_store, live
from tests.stores import sqlite_url

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.crash.worker"])
_KILLED = -9
_LIMIT = 300.0
_ROUND = 8
_ALL_AT_ONCE = 0.25


@dataclass
class Tally:
    """What came of it all."""

    lives: int = 0
    runs: int = 0
    states: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def told(self) -> str:
        """In one line."""
        states = ", ".join(f"{n} {state}" for state, n in sorted(self.states.items()))
        return f"{self.lives} lives ended by a kill, {self.runs} runs ({states}), {len(self.faults)} faults"


async def play(url: str, folder: Path, lives: int, seed: int, lease: float = LEASE) -> Tally:
    """So many lives at one database, whose workers hold a step for `lease` seconds."""
    chance = random.Random(seed)  # noqa: S311 - deaths must be repeatable, not secret
    await migrate.run(url, migrate.upgrade)
    tally = Tally()
    width = 1 if url.startswith("sqlite") else 2
    number = 0
    while tally.lives < lives:
        number += 1
        ids = await _start(url, number, chance)
        life = Life(url, folder, lease)
        tally.lives += await asyncio.to_thread(_lives, life, width, chance, lives - tally.lives)
        await _judge(url, folder, ids, tally)
    return tally


async def _start(url: str, number: int, chance: random.Random) -> list[str]:
    store = a_store(url, f"starter-{number}")
    await store.start()
    ids = []
    for index in range(_ROUND):
        made = plan.make(chance.choice(TALES), {}, NAMES)
        wish = runs.Start(plan=made, by=DEV, key=f"{number}/{index}")
        ids.append((await store.transact(runs.start, wish, WORLD)).id)
    await store.stop()
    return ids


def _lives(life: Life, width: int, chance: random.Random, most: int) -> int:
    """Keep `width` workers alive until the runs have ended; how many were killed. The last ones are left alone."""
    killed = 0
    running = [_born(life, fate) for fate in _fates(chance, width)]
    while running:
        one = running.pop(0)
        one.join(_LIMIT)
        if one.exitcode is None:
            one.kill()
            raise AssertionError("a worker neither ended nor died")
        if one.exitcode == _KILLED:
            killed += 1
            # Several may die close together, before one of them is back.
            doomed = killed < min(most, 4 * width)
            running.append(_born(life, _fate(chance) if doomed else Fate()))
        elif one.exitcode != 0:
            raise AssertionError(f"a worker ended with {one.exitcode}")
    return killed


def _fates(chance: random.Random, width: int) -> list[Fate]:
    if chance.random() < _ALL_AT_ONCE:
        return [Fate("moment", chance.randrange(300, 1_500))] * width
    return [_fate(chance) for _ in range(width)]


def _fate(chance: random.Random) -> Fate:
    if chance.random() < 0.5:
        return Fate("moment", chance.randrange(300, 1_500))
    return Fate("before" if chance.random() < 0.5 else "after", chance.randrange(1, 60))


def _born(life: Life, fate: Fate) -> ForkServerProcess:
    name = f"worker-{random.SystemRandom().randrange(10**9)}"
    process: ForkServerProcess = _FORKS.Process(target=live, args=(life, name, fate))
    process.start()
    return process


async def _judge(url: str, folder: Path, ids: list[str], tally: Tally) -> None:
    effects = Counter((folder / "effects").read_text().splitlines())
    store = a_store(url, "judge")
    await store.start()
    family = await store.read(_family, ids)
    for run, above in family:
        tally.runs += 1
        tally.states[str(run.state)] += 1
        tally.faults += faults(run, effects, above)
    tally.faults += overlaps(run for run, _ in family)
    await store.transact(audit.seal)
    tally.faults += [str(finding) for finding in (await store.read(audit.verify)).findings]
    await store.stop()


def _family(unit: Unit, ids: list[str]) -> list[tuple[Execution, Execution | None]]:
    """These runs and all that they called, each with the run that called it."""
    known = {run.id: run for run in records.find(unit, limit=_ROUND * 4)}
    return [
        (run, known[above[0]] if (above := caller(unit, run.id)) else None)
        for run in known.values()
        if _eldest(unit, run.id) in ids
    ]


def _eldest(unit: Unit, run: str) -> str:
    while True:
        above = caller(unit, run)
        origin = above[0] if above else records.get(unit, run).origin
        if not origin:
            return run
        run = origin


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield sqlite_url(folder)
        return
    home = Path(tempfile.mkdtemp(prefix="wardroom-crash-"))
    try:
        server = postgres.server_for(home / "server", os.getpid())
        postgres.ask(server, "CREATE DATABASE crash")
        yield postgres.url_of(server, "crash")
    finally:
        postgres.stop(home / "server")


def main() -> int:
    """Run from the command line; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.harness")
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--lease", type=float, default=LEASE, help="seconds")
    given = parser.parse_args()
    engines = ("sqlite", "postgres") if given.engine == "both" else (given.engine,)
    wrong = 0
    for engine in engines:
        with tempfile.TemporaryDirectory() as name, _database(engine, Path(name)) as url:
            lives = given.runs // len(engines)
            tally = asyncio.run(play(url, Path(name), lives, given.seed, given.lease))
        told = [f"{engine}, seed {given.seed}: {tally.told()}", *tally.faults[:40]]
        sys.stdout.write("\n".join(told) + "\n")
        wrong += len(tally.faults)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
