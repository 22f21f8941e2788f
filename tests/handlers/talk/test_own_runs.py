"""Orders and questions about a run that nobody names: the last one of whoever speaks in that place is meant."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.runbooks import records as runs
from core.runbooks.states import ExecutionState, StepState
from core.store.engine import Unit
from tests.handlers.house import HERE, OPS, House, said
from tests.handlers.wishing import run, wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


def _failed(unit: Unit, run_id: str, log: str) -> None:
    """The run failed at its first step, which wrote that."""
    found = runs.get(unit, run_id, lock=True)
    step = next(iter(found.steps.values()))
    step.state, step.log, step.error = StepState.FAILED, log, "exit code 1"
    step.started_at = step.ended_at = found.started_at = found.ended_at = unit.now
    found.state, found.words = ExecutionState.FAILED, "It failed."
    runs.save(unit, found, {step.id: step})


async def test_what_ends_a_run_means_ones_own_last_one_there_and_is_shown_first(house: House) -> None:
    await house.say("dev", "restart checkout in staging")
    await house.say("eva", "restart checkout in production")
    await house.say("dev", "is checkout healthy?")
    card = await house.say("dev", "cancel the run")
    assert "RUN-1: restart-service of checkout in staging" in said(card)
    assert "Nothing was done yet." in said(card)
    assert "WAITING_APPROVAL" == str((await run(house)).state)
    await house.press("dev", card, "Go on")
    assert "CANCELLED" == str((await run(house)).state)
    assert "CANCELLED" != str((await run(house, 2)).state)
    assert "RUN-1 has ended already" in said(await house.say("dev", "cancel the run"))


async def test_what_a_run_is_called_says_which_is_meant(house: House) -> None:
    await house.say("dev", "deploy checkout 1.2.3 to staging")
    await house.say("dev", "restart checkout in staging")
    await house.say("dev", "how is payments?")
    assert "RUN-1: deploy of checkout" in said(await house.say("dev", "stop the deploy"))
    await house.say("dev", "never mind")
    assert "RUN-1: deploy of checkout" in said(await house.say("dev", "pause the deployment"))


async def test_a_run_is_retried_and_held_that_can_be(house: House) -> None:
    await house.say("ana", "run restart-cache")
    await house.store.transact(_failed, "RUN-1", "disk full")
    await house.say("ana", "restart checkout in staging")
    await house.say("ana", "thanks!")
    card = await house.say("ana", "retry it")
    assert "/runbook retry RUN-1" in said(card)
    assert "Nothing was done yet." in said(card)
    await house.say("ana", "never mind")
    card = await house.say("ana", "pause it")
    assert "/runbook pause RUN-2" in said(card)
    await house.press("ana", card, "Go on")
    assert "PAUSED" == str((await run(house, 2)).state)


async def test_where_one_ran_nothing_no_run_of_others_is_touched(house: House) -> None:
    await house.say("dev", "run restart-cache")
    elsewhere = OPS.model_copy(update={"workspace": "T1"})
    for who, place in (("eva", HERE), ("dev", elsewhere)):
        assert "None of yours here" in said(await house.say(who, "pause it", place))
        assert "which run?" in said(await house.say(who, "cancel the run", place))
    assert "RUNNING" == str((await run(house)).state)


async def test_the_output_of_the_last_run_about_a_service_is_shown_at_once(house: House) -> None:
    assert "I know of no run about payments" in said(await house.say("dev", "logs of payments"))
    await house.say("dev", "restart checkout in staging")
    await house.store.transact(_failed, "RUN-1", "disk full on node 3")
    for words in (
        "logs of checkout",
        "show me the logs",
        "tail the cart logs in staging",
        "what do the logs say?",
    ):
        told = said(await house.say("dev", words))
        assert "disk full on node 3" in told
        assert "/runbook log RUN-1" in told
        assert "read no logs of services myself" in told
        assert "`/runbook actions log.search`" in told or "/runbook actions log.search" in told
    told = said(await house.say("gus", "logs of checkout"))
    assert "disk full" not in told
    assert "I know of no run about checkout that you may see." in told


async def test_a_runbook_that_looks_into_logs_is_named(house: House) -> None:
    from bot.plugins import ACTIONS
    from core.runbooks.load import load

    text = "name: errors\nsteps: [{id: do, action: log.search, with: {labels: {app: x}}}]\n"
    book = load(text, "x.yaml", ACTIONS)
    house.world = replace(house.world, runbooks={**house.world.runbooks, book.name: book})
    assert "/runbook run errors" in said(await house.say("dev", "logs of payments"))
