"""What people ask about runs: the last one, those of a time or an end, and one thing about one of them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.approvals import records
from core.approvals import units as approvals
from core.approvals.request import Choice
from core.runbooks import records as runs
from core.runbooks.states import ExecutionState, StepState
from core.store.engine import Unit
from tests.handlers.house import House, said
from tests.handlers.wishing import wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things: a sweep that failed, a restart and a deploy that wait for people."""
    async with wishing(sqlite_url(tmp_path)) as made:
        await made.say("dev", "run restart-cache")
        await made.store.transact(_failed, "RUN-1")
        await made.say("dev", "restart checkout in production")
        await made.say("eva", "deploy checkout 1.2.3 to staging")
        yield made


def _failed(unit: Unit, run_id: str) -> None:
    """The run failed at its first step, after a minute."""
    found = runs.get(unit, run_id, lock=True)
    step = next(iter(found.steps.values()))
    step.state, step.error = StepState.FAILED, "exit code 1"
    step.started_at = found.started_at = unit.now - timedelta(seconds=61)
    step.ended_at = found.ended_at = unit.now
    found.state, found.words = ExecutionState.FAILED, "It failed."
    runs.save(unit, found, {step.id: step})


@pytest.mark.parametrize(
    "text",
    [
        "how many runs failed today?",
        "what failed today?",
        "which runs failed this week",
        "any failed runs since yesterday?",
        "did any runs fail today?",
        "show me the failures of today",
    ],
)
async def test_the_runs_that_failed_in_a_time_are_counted_and_shown(house: House, text: str) -> None:
    told = said(await house.say("dev", text))
    assert "that failed" in told
    assert ": 1" in told
    assert "RUN-1 restart-cache in staging: failed" in told
    assert "RUN-2" not in told


async def test_what_failed_says_of_incidents_too_where_one_may_see_them(house: House) -> None:
    await house.command("ana", "/incident declare service=checkout Nobody can pay")
    assert "1 incident was declared in that time" in said(await house.say("ana", "what failed today?"))
    assert "incident" not in said(await house.say("eva", "what failed today?"))
    assert "I know of no run that failed yesterday." in said(await house.say("ana", "what failed yesterday?"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("show me the last run", "RUN-3"),
        ("what was the last run?", "RUN-3"),
        ("the last run in production", "RUN-2"),
        ("last run of the restart-cache", "RUN-1"),
        ("show my last run", "RUN-2"),
        ("the last failed run", "RUN-1"),
        ("how did the last run of cart go?", "RUN-3"),
        ("last run by eva", "RUN-3"),
        ("how is the restart going?", "RUN-2"),
        ("how's the run going", "RUN-2"),
        ("status of my run", "RUN-2"),
    ],
)
async def test_the_last_run_is_the_newest_that_fits(house: House, text: str, found: str) -> None:
    assert f"/runbook status {found}" in said(await house.say("dev", text))


async def test_who_may_see_no_runs_is_shown_none(house: House) -> None:
    told = said(await house.say("gus", "show me the last run"))
    assert "RUN-3" not in told
    assert "runbook.list" in told
    assert "I know of no run about payments." in said(await house.say("dev", "the last run of payments"))


async def test_runs_of_a_service_or_a_person_are_listed(house: House) -> None:
    told = said(await house.say("ana", "runs of checkout today"))
    assert "Runs about checkout today: 2" in told
    assert "Runs by Eva this week: 1" in said(await house.say("ana", "how many runs by eva this week?"))
    assert "Running now" in said(await house.say("ana", "show me the runs"))


async def test_one_thing_about_one_run_is_said_in_a_sentence(house: House) -> None:
    assert "RUN-1 took 1 min 1 s" in said(await house.say("dev", "how long did RUN-1 take?"))
    assert "RUN-2 has not begun: it waits for people." in said(
        await house.say("dev", "how long did RUN-2 take?")
    )
    assert "Eva asked for RUN-3" in said(await house.say("dev", "who started RUN-3?"))
    assert "exit code 1" in said(await house.say("dev", "why was RUN-1 stopped?"))
    assert "AP-1 waits for people. Still needed: " in said(await house.say("dev", "why is RUN-2 waiting?"))
    asked = await house.store.read(records.get, "AP-1")
    ana = house.world.people["ana"]
    no = (Choice.REJECT, "not during lunch", asked.digest)
    await house.store.transact(approvals.decide, "AP-1", ana, *no)
    assert "AP-1 was rejected by Ana. “not during lunch”" in said(
        await house.say("dev", "why was RUN-2 refused?")
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("show the last 5 runs", "Runs: 3"),
        ("recent runs of checkout", "Runs about checkout: 2"),
        ("how often did restart-cache fail?", "Runs of restart-cache that failed: 1"),
        ("what version of checkout is in staging?", "deploy of checkout in staging, version 1.2.3"),
        ("which version runs in staging", "version 1.2.3: waits for people"),
        ("what did eva deploy?", "RUN-3 deploy of checkout"),
        ("how many deploys this month?", "RUN-3 deploy of checkout"),
        ("failed restarts", "restart that failed"),
        ("who needs to approve RUN-2", "AP-1 waits for people. Still needed: "),
        ("is RUN-2 approved yet?", "AP-1 waits for people. Still needed: "),
        ("status of AP-1", "Approval needed"),
        ("how long until AP-1 expires", "AP-1: Approval needed"),
        ("show me what eva did today", "RUN-3"),
        ("did anything break today?", "What happened today"),
    ],
)
async def test_what_was_done_is_asked_in_other_words(house: House, text: str, says: str) -> None:
    auditor = {**house.world.roles, "sre": house.world.roles["sre"] | {"audit.read"}}
    house.world = replace(house.world, roles=auditor)
    assert says in said(await house.say("ana", text))


async def test_a_question_goes_on_with_another_service(house: House) -> None:
    await house.say("ana", "the last run of checkout")
    assert "I know of no run about payments." in said(await house.say("ana", "and payments?"))
    await house.say("ana", "who may deploy?")
    assert "went wrong" not in said(await house.say("ana", "and payments?"))
