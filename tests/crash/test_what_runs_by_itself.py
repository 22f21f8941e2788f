"""What begins by itself for an incident, with the process killed at every commit: nothing twice, and the same end."""

import asyncio
import multiprocessing
import sqlite3
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from core import wiring
from core.clock import ManualClock
from core.store import dispatch, events, leases
from core.store.bus import Bus
from core.store.engine import Unit
from core.store.opening import store_for
from tests.core.incidents.gathering.street import Street, firing
from tests.core.incidents.remedies.scene import says, world
from tests.crash.life import When, count_commits
from tests.stores import START, prepare, sqlite_url

pytestmark = pytest.mark.crash

SHARDS = 4
_KILLED = -9
_LIMIT = 60.0
_END = timedelta(minutes=40)
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.core.incidents.remedies.scene", "tests.crash.life"])


def live(folder: Path, name: str, at: int, when: When) -> None:
    """An alert fires for forty minutes and two runbooks do not help; killed at commit number `at`."""
    commits = count_commits(at, when)
    asyncio.run(_live(folder, name))
    (folder / "commits").write_text(str(commits[0]))


async def _live(folder: Path, name: str) -> None:
    clock = ManualClock(START)
    store = store_for(sqlite_url(folder), clock, Bus(), reactions=wiring.BY_EVENT, process=name)
    await store.start()
    street = Street(store, clock, world())
    says(street, per_incident=5, rules=[{"runbook": "restart"}, {"runbook": "failover"}])
    # It is as late as it was when the life before ended.
    clock.advance(await store.read(_passed))
    await store.transact(_take_over)
    await street.sends(firing(), id="the-only-one")
    await street.reacts()
    await street.passes(minutes=(_END - (clock.now() - START)) / timedelta(minutes=1))
    await store.stop()


def _passed(unit: Unit) -> timedelta:
    return max((row["at"] - START for row in events.after(unit, 0)), default=timedelta())


def _take_over(unit: Unit) -> None:
    leases.end_all(unit)
    for row in dispatch.orphans(unit, leases.alive(unit)):
        dispatch.later(unit, row, unit.now, "requeued", "its process ended")


def one_life(folder: Path, name: str, at: int, when: When) -> int | None:
    process: ForkServerProcess = _FORKS.Process(target=live, args=(folder, name, at, when))
    process.start()
    process.join(_LIMIT)
    return process.exitcode


def state(folder: Path) -> dict[str, Any]:
    """What was done and told, without times."""
    with sqlite3.connect(folder / "wardroom.db") as base:
        read = {
            "runs": "SELECT id, runbook, state FROM execution ORDER BY id",
            "tries": "SELECT runbook, execution, stage FROM remedy_try ORDER BY execution",
            "course": "SELECT incident, held_by, stopped FROM remedy_course",
            "lines": "SELECT kind, count(*) FROM incident_entry GROUP BY kind ORDER BY kind",
            "log": "SELECT kind, count(*) FROM event WHERE kind LIKE 'remedy.%' GROUP BY kind ORDER BY kind",
        }
        return {name: base.execute(statement).fetchall() for name, statement in read.items()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The story without any trouble."""
    folder = tmp_path_factory.mktemp("undisturbed")
    prepare(folder)
    assert one_life(folder, "only", 0, "never") == 0
    return folder


def test_undisturbed_two_runbooks_are_tried_and_then_it_is_with_people(undisturbed: Path) -> None:
    found = state(undisturbed)
    assert [("restart", "RUN-1", "no_help"), ("failover", "RUN-2", "no_help")] == found["tries"]
    assert [("INC-1", "", "nothing that may begin by itself is left")] == found["course"]


@pytest.mark.parametrize("shard", range(SHARDS))
def test_killed_at_any_commit_nothing_begins_twice(undisturbed: Path, tmp_path: Path, shard: int) -> None:
    commits = int((undisturbed / "commits").read_text())
    assert commits > 10
    for number in range(1 + shard, commits + 1, SHARDS):
        # What was durable before a commit is what was durable after the one before it.
        folder = tmp_path / str(number)
        folder.mkdir()
        prepare(folder)
        assert _KILLED == one_life(folder, "first", number, "before")
        assert one_life(folder, "second", 0, "never") == 0
        assert state(folder) == state(undisturbed), f"killed before commit {number} of {commits}"
