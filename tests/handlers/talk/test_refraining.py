"""Words that forbid something, or are for later, begin nothing; and what was open is over."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.incidents import records as incidents
from core.language.forbidding import forbids, puts_off
from core.runbooks import records as runs
from tests.handlers.house import House, said
from tests.handlers.wishing import no_run
from tests.stores import START, opened, sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(sqlite_url(tmp_path), ManualClock(START)) as store:
        yield House(store)


@pytest.mark.parametrize(
    "text",
    [
        "don't restart checkout in production",
        "please do not restart-service checkout in staging",
        "never restart checkout in staging",
        "you must not restart checkout",
        "nobody may restart checkout today",
        "I don't want you to restart checkout in staging",
        "do not silence checkout for 2 hours",
        "don't page bo",
    ],
)
async def test_what_is_forbidden_is_not_done(house: House, text: str) -> None:
    assert "All right, I do nothing of that." in said(await house.say("ana", text))
    assert await no_run(house)


async def test_an_incident_that_is_not_to_be_closed_stays_open(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    await house.say("ana", "don't close INC-1")
    assert (await house.store.read(incidents.get, "INC-1")).is_open


async def test_a_question_that_was_open_is_over(house: House) -> None:
    assert "Go on" in said(await house.say("ana", "kick checkout in staging"))
    assert "Nothing was done" in said(await house.say("ana", "don't restart it"))
    await house.say("ana", "yes")
    assert await no_run(house)


async def test_a_run_that_waits_is_taken_back_by_it(house: House) -> None:
    await house.say("dev", "restart-service checkout staging")
    await house.say("ana", "restart-service checkout staging")
    (run,) = await house.store.read(runs.find)
    assert not run.state.is_final
    await house.say("ana", "don't do that")
    assert (await house.store.read(runs.get, run.id)).state.is_final


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("restart checkout in staging at 3am", "at 3am"),
        ("restart checkout in staging tomorrow at 9", "tomorrow at 9"),
        ("restart-service checkout staging if it is down", "if it is down"),
        ("bounce checkout in staging unless it is healthy", "unless it is healthy"),
    ],
)
async def test_what_is_for_later_is_not_begun_now(house: House, text: str, later: str) -> None:
    assert f"nothing was run: you said “{later}”" in said(await house.say("ana", text))
    assert await no_run(house)


@pytest.mark.parametrize(
    "text",
    [
        "restart checkout in staging, it went down at 14:00",
        "restart checkout in staging now",
        "restart checkout in staging and tell me when it is done",
        "restart checkout in staging today",
    ],
)
def test_what_only_names_a_time_is_for_now(text: str) -> None:
    assert puts_off(text, START, "UTC") == ""


@pytest.mark.parametrize(
    "text",
    [
        "don't restart checkout, restart payments instead",
        "don't forget to restart checkout",
        "I don't know what to do",
        "customers can't pay",
        "we don't have a runbook for that",
        "don't worry",
        "not healthy at all",
        "why don't you restart checkout",
    ],
)
def test_what_forbids_nothing_is_not_taken_for_it(text: str) -> None:
    assert not forbids(text)
