"""Two `wardroom run` on one PostgreSQL: they share the work, wake each other, take over, refuse the late, and drain."""

import asyncio
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.runbooks import records
from core.runbooks.starting import units as starting
from core.runbooks.states import ExecutionState, StepState
from core.store import deadlines, events
from core.store.engine import Unit
from tests.crash.pair import a_pair, moment
from tests.platforms.slack import FakeSlack

pytestmark = pytest.mark.crash

_STEP = """
name: NAME
steps:
  - id: work
    action: shell
    with: {argv: [sh, -c, "echo begun >> $0; sleep SECONDS; echo done >> $1", "FOLDER/begun", "FOLDER/done"]}
    nature: NATURE
    destructive: false
"""
_FAN = """
name: fan
steps:
  - id: each
    for_each: {items: [1, 2, 3, 4, 5, 6, 7, 8], parallel: 8}
    action: shell
    with: {argv: [sh, -c, "sleep 0.5; echo done >> $0", "FOLDER/fan"]}
    nature: at_most_once
    destructive: false
"""
_TICK = """
name: tick
triggers: [{cron: "* * * * *"}]
steps:
  - {id: work, action: shell, with: {argv: [sh, -c, "echo ran >> $0", "FOLDER/ticks"]}, nature: idempotent, destructive: false}
"""


def _comes_now(unit: Unit) -> None:
    """The next time of the schedule has come, for every process: a minute is not waited for."""
    (waiting,) = deadlines.of_kind(unit, starting.DEADLINE)
    deadlines.set(unit, waiting.kind, waiting.ref, unit.now)


def a_book(name: str, nature: str, seconds: float) -> str:
    return _STEP.replace("NAME", name).replace("NATURE", nature).replace("SECONDS", str(seconds))


async def test_the_work_of_a_killed_process_is_taken_over_within_ten_seconds(
    tmp_path: Path, postgres_url: str, slack: FakeSlack
) -> None:
    books = {"again": a_book("again", "idempotent", 0.5)}
    books["again"] = books["again"].replace("sleep 0.5", "[ -s $1 ] || { echo x >> $1; sleep 20; }")
    async with a_pair(tmp_path, postgres_url, slack, books) as pair:
        await pair.run("again")
        run = await pair.sees(lambda run: run.steps["work"].owner != "" and pair.lines("begun") == 1)
        first = run.steps["work"]
        pair.processes[pair.place_of(first.owner)].send_signal(signal.SIGKILL)
        killed = SystemClock().now()
        run = await pair.sees(lambda run: run.steps["work"].attempt == 2)
        # As the one that took it over wrote down, whenever this test came to look.
        taken = run.steps["work"].started_at
        assert taken is not None
        assert taken - killed < timedelta(seconds=10)
        assert run.steps["work"].fence > first.fence
        run = await pair.sees(lambda run: run.state.is_final)
        assert (run.state, pair.lines("begun")) == (ExecutionState.COMPLETED, 2)


async def test_a_schedule_that_both_know_starts_once_also_when_one_of_them_dies(
    tmp_path: Path, postgres_url: str, slack: FakeSlack
) -> None:
    async with a_pair(tmp_path, postgres_url, slack, {"tick": _TICK}) as pair:
        for number in range(1, 4):
            if number == 3:
                pair.processes[0].send_signal(signal.SIGKILL)
            await pair.store.transact(_comes_now)
            run = await pair.sees(lambda run: run.state.is_final, f"RUN-{number}")
            assert (ExecutionState.COMPLETED, "trigger:cron") == (run.state, run.by)
        assert (3, 3) == (pair.lines("ticks"), len(await pair.store.read(records.find)))
        # Nobody leads yet, so asked to stop it would wait for whoever sends the last cards.
        pair.processes[1].kill()
        await asyncio.gather(*(process.wait() for process in pair.processes))


async def test_an_owner_that_comes_back_late_is_refused_and_what_may_run_once_ran_once(
    tmp_path: Path, postgres_url: str, slack: FakeSlack
) -> None:
    books = {"once": a_book("once", "at_most_once", 1)}
    async with a_pair(tmp_path, postgres_url, slack, books, "lease: 1s") as pair:
        await pair.run("once")
        run = await pair.sees(lambda run: run.steps["work"].owner != "" and pair.lines("begun") == 1)
        late = pair.place_of(run.steps["work"].owner)
        pair.processes[late].send_signal(signal.SIGSTOP)
        await pair.sees(lambda run: run.state is ExecutionState.NEEDS_ATTENTION)
        pair.processes[late].send_signal(signal.SIGCONT)
        await pair.reads(late, "what a late worker says is refused")
        run = await pair.sees(lambda run: run.steps["work"].state is StepState.UNKNOWN)
        card = await slack.sees("U0DEV", "once: needs somebody")
        await slack.clicks("U0ANA", card, "It was done")
        run = await pair.sees(lambda run: run.state.is_final)
        assert run.state is ExecutionState.COMPLETED
        assert (pair.lines("begun"), pair.lines("done"), run.steps["work"].attempt) == (1, 1, 1)


async def test_two_processes_share_the_work_wake_each_other_rest_and_drain(
    tmp_path: Path, postgres_url: str, slack: FakeSlack
) -> None:
    books = {"fan": _FAN, "slow": a_book("slow", "at_most_once", 2)}
    async with a_pair(tmp_path, postgres_url, slack, books, "steps: 4") as pair:
        await moment(2)
        before, since = await pair.transactions(), time.monotonic()
        await moment(6)
        rate = (await pair.transactions() - before) / (time.monotonic() - since)
        assert rate < 15, (
            rate
        )  # some seven were measured; each looks every other second, and says that it lives

        await pair.run("fan")
        await pair.sees(lambda run: run.state.is_final)
        claims = [
            one for one in await pair.store.read(events.after, 0, 1_000) if one["kind"] == "step.claimed"
        ]
        # One takes four at once. The other has some only if it was awake before those had ended.
        assert len({one["actor"] for one in claims}) == 2
        assert (len(claims), pair.lines("fan")) == (8, 8)

        await pair.run("slow")
        run = await pair.sees(lambda run: run.steps["work"].owner != "" and pair.lines("begun") == 1, "RUN-2")
        leaving = pair.processes[pair.place_of(run.steps["work"].owner)]
        since = time.monotonic()
        leaving.send_signal(signal.SIGTERM)
        assert await leaving.wait() == 0
        assert time.monotonic() - since < 30
        run = await pair.sees(lambda run: run.state.is_final, "RUN-2")
        assert (run.state, run.steps["work"].attempt, pair.lines("done")) == (ExecutionState.COMPLETED, 1, 1)
