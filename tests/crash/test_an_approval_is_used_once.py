"""Between the vote and the told result, killed anywhere: one order at the venue, and an approval that is not lost."""

import multiprocessing
import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from bot.demo.seed import free_port
from tests.crash.life import When, lines
from tests.crash.program import STOPS, VENUE, Stop, act, answers, live, prepare, vote

pytestmark = pytest.mark.crash

SHARDS = 4
_KILLED = -9
_LIMIT = 60.0
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["tests.crash.program", "tests.crash.life", "bot.local.adapter", "bot.discord.render", "bot.slack.render"]
)


def one_story(folder: Path, secrets: tuple[str, str], port: int, kill: tuple[int, When], stop: Stop) -> bool:
    """The whole story; whoever is killed is started again. True if the house was killed."""
    program, decider = secrets
    house = _start(live, folder, port, *kill)
    deciding = threading.Thread(target=vote, args=(folder, port, decider), daemon=True)
    deciding.start()
    agent = _start(act, folder, port, program, stop)
    was_killed = False
    for _ in range(int(_LIMIT / 0.05)):
        agent.join(0.05)
        if agent.exitcode == _KILLED:
            agent = _start(act, folder, port, program, "never")
        if house.exitcode == _KILLED:
            was_killed = True
            house = _start(live, folder, port, 0, "never")
        if agent.exitcode is not None and house.is_alive() and not deciding.is_alive():
            break
    assert agent.exitcode == 0
    deciding.join(_LIMIT)
    return _ended(house, folder, port) or was_killed


def _ended(house: ForkServerProcess, folder: Path, port: int) -> bool:
    """Stop the house in order; one that is killed meanwhile, or was still starting, is started once more."""
    was_killed = False
    for _ in range(3):
        os.kill(house.pid or 0, signal.SIGTERM)
        house.join(_LIMIT)
        if house.exitcode == 0:
            return was_killed
        was_killed = was_killed or house.exitcode == _KILLED
        house = _start(live, folder, port, 0, "never")
        answers(port)
    raise AssertionError("the house does not stop")


@pytest.fixture(autouse=True)
def _nobody_is_left() -> Iterator[None]:
    """End what a failed test left running."""
    yield
    for process in multiprocessing.active_children():
        process.kill()


def _start(target: object, *args: object) -> ForkServerProcess:
    process: ForkServerProcess = _FORKS.Process(target=target, args=args)  # type: ignore[arg-type]
    process.start()
    return process


def what_became_of_it(folder: Path) -> dict[str, object]:
    """What the store holds at the end, and what the venue has."""
    with sqlite3.connect(folder / "wardroom.db") as base:
        kinds = (
            "approval.requested",
            "approval.decided",
            "approval.closed",
            "approval.claimed",
            "approval.executed",
        )
        counted = {
            kind: base.execute("SELECT count(*) FROM event WHERE kind = ?", (kind,)).fetchone()[0]
            for kind in kinds
        }
        return {
            "approvals": base.execute("SELECT id, status, result FROM approval").fetchall(),
            "events": counted,
            "orders": (folder / VENUE).read_text().split(),
        }


async def _told(
    tmp_path: Path, name: str, kill: tuple[int, When], stop: Stop
) -> tuple[dict[str, object], bool]:
    folder = tmp_path / name
    folder.mkdir()
    port = free_port()
    secrets = await prepare(folder, port)
    was_killed = one_story(folder, secrets, port, kill, stop)
    return what_became_of_it(folder), was_killed


EXPECTED = {
    "approvals": [("AP-1", "EXECUTED", "AP-1 was filled")],
    "events": {
        "approval.requested": 1,
        "approval.decided": 1,
        "approval.closed": 1,
        "approval.claimed": 1,
        "approval.executed": 1,
    },
    "orders": ["AP-1"],
}


@pytest.mark.parametrize("stop", STOPS)
async def test_a_program_that_is_killed_anywhere_trades_once(tmp_path: Path, stop: Stop) -> None:
    found, _ = await _told(tmp_path, "life", (0, "never"), stop)
    assert EXPECTED == found


@pytest.mark.parametrize("shard", range(SHARDS))
async def test_a_house_that_is_killed_at_any_commit_loses_no_approval(tmp_path: Path, shard: int) -> None:
    number = 1 + shard
    while True:
        killed = []
        for when in ("before", "after"):
            kill: tuple[int, When] = (number, "before" if when == "before" else "after")
            found, was_killed = await _told(tmp_path, f"{when}-{number}", kill, "never")
            assert EXPECTED == found, f"killed {when} commit {number}"
            assert lines(tmp_path / f"{when}-{number}", VENUE) == 1
            killed.append(was_killed)
        if not any(killed):
            break
        number += SHARDS
    assert number > SHARDS
