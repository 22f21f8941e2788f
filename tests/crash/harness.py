"""Kill workers again and again, and see that every run still ends as the rules allow.

`python -m tests.crash.harness --runs 1000 [--engine sqlite|postgres] [--seed N]`: so many lives that end in a kill,
half of them at a commit (before or after it is durable), half at a moment under load, one process or all of them.
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
from core.runbooks.execution import Execution, StepRun
from core.runbooks.states import ExecutionState, StepState
from core.runbooks.units import runs
from core.store import audit, migrate
from tests import postgres
from tests.core.runbooks.house import DEV, NAMES, book
from tests.crash.worker import WORLD, Fate, a_store, live
from tests.stores import sqlite_url

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.crash.worker"])
_KILLED = -9
_LIMIT = 60.0
_ROUND = 6

STORY = """
name: NAME
steps:
  - {id: once, action: once, rollback: {action: once}}
  - {id: again, action: do, rollback: {action: do, nature: idempotent}}
  - {id: stumble, action: do, with: {stumble: true}, retries: 3, backoff: {base: 50ms}, rollback: {action: do, nature: idempotent}}
  - {id: pause, needs: [once], wait: {for: 50ms}}
  - {id: sure, needs: [pause, again], approval: {ask: [{role: sre}], reason: go on}}
  - id: fan
    needs: [stumble, sure]
    for_each: {items: [x, y, z], as: one, parallel: 2}
    action: once
    rollback: {action: do, nature: idempotent}
  - {id: resume, needs: [fan], action: resume, rollback: {action: do, nature: idempotent}}
  - {id: last, needs: [resume], action: once, with: {fail: FAIL}, on_failure: rollback, rollback: {action: do}}
"""
BOOKS = tuple(
    book(STORY.replace("NAME", name).replace("FAIL", fail))
    for name, fail in (("ends-well", "false"), ("is-taken-back", "true"))
)


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


async def play(url: str, folder: Path, lives: int, seed: int) -> Tally:
    """So many lives at one database."""
    chance = random.Random(seed)  # noqa: S311 - deaths must be repeatable, not secret
    await migrate.run(url, migrate.upgrade)
    tally = Tally()
    width = 1 if url.startswith("sqlite") else 2
    number = 0
    while tally.lives < lives:
        number += 1
        ids = await _start(url, number, chance)
        tally.lives += await asyncio.to_thread(_lives, url, folder, width, chance, lives - tally.lives)
        await _judge(url, folder, ids, tally)
    return tally


async def _start(url: str, number: int, chance: random.Random) -> list[str]:
    store = a_store(url, f"starter-{number}")
    await store.start()
    ids = []
    for index in range(_ROUND):
        made = plan.make(chance.choice(BOOKS), {}, NAMES)
        wish = runs.Start(plan=made, by=DEV, key=f"{number}/{index}")
        ids.append((await store.transact(runs.start, wish, WORLD)).id)
    await store.stop()
    return ids


def _lives(url: str, folder: Path, width: int, chance: random.Random, most: int) -> int:
    """Keep `width` workers alive until the runs have ended; how many were killed. The last ones are left alone."""
    killed = 0
    running = [_born(url, folder, _fate(chance)) for _ in range(width)]
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
            running.append(_born(url, folder, _fate(chance) if doomed else Fate()))
        elif one.exitcode != 0:
            raise AssertionError(f"a worker ended with {one.exitcode}")
    return killed


def _fate(chance: random.Random) -> Fate:
    if chance.random() < 0.5:
        return Fate("moment", chance.randrange(300, 1_500))
    return Fate("before" if chance.random() < 0.5 else "after", chance.randrange(1, 60))


def _born(url: str, folder: Path, fate: Fate) -> ForkServerProcess:
    name = f"worker-{random.SystemRandom().randrange(10**9)}"
    process: ForkServerProcess = _FORKS.Process(target=live, args=(url, folder, name, fate))
    process.start()
    return process


async def _judge(url: str, folder: Path, ids: list[str], tally: Tally) -> None:
    effects = Counter((folder / "effects").read_text().splitlines())
    store = a_store(url, "judge")
    await store.start()
    for one in ids:
        run = await store.read(records.get, one)
        tally.runs += 1
        tally.states[str(run.state)] += 1
        tally.faults += faults(run, effects)
    await store.transact(audit.seal)
    tally.faults += [str(finding) for finding in (await store.read(audit.verify)).findings]
    await store.stop()


def faults(run: Execution, effects: Counter[str]) -> list[str]:
    """Everything about a run that the rules do not allow."""
    found = []
    wanted = ExecutionState.COMPLETED if run.runbook == "ends-well" else ExecutionState.FAILED
    if run.state is not wanted:
        found.append(f"{run.id} is {run.state}, not {wanted}")
    for step in run.steps.values():
        found += [
            f"{run.id} {step.id}: {fault}" for fault in _faults(run, step, effects[f"{run.id} {step.id}"])
        ]
    return found


def _faults(run: Execution, step: StepRun, times: int) -> list[str]:
    found = []
    if not step.state.is_settled:
        found.append(f"is {step.state} although the run has ended")
    if step.node.kind != "action":
        return found
    if step.node.nature == "at_most_once" and times > 1:
        found.append(f"may run once and ran {times} times")
    if step.state in (StepState.SUCCEEDED, StepState.ROLLED_BACK) and not times:
        found.append("was lost: it is done, and had no effect")
    if run.phase == "rollback" and step.state is StepState.SUCCEEDED and step.node.undo:
        found.append("still stands although the run was taken back")
    if step.node.undoes and run.steps[step.node.undoes].state is not StepState.ROLLED_BACK:
        found.append(f"did not take back {step.node.undoes}")
    return found


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
    given = parser.parse_args()
    engines = ("sqlite", "postgres") if given.engine == "both" else (given.engine,)
    wrong = 0
    for engine in engines:
        with tempfile.TemporaryDirectory() as name, _database(engine, Path(name)) as url:
            tally = asyncio.run(play(url, Path(name), given.runs // len(engines), given.seed))
        told = [f"{engine}, seed {given.seed}: {tally.told()}", *tally.faults[:40]]
        sys.stdout.write("\n".join(told) + "\n")
        wrong += len(tally.faults)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
