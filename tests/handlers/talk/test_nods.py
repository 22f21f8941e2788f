"""“Done”, “ok” and “thanks” under a question that asks for a name: they name nothing, and what is asked is said once more."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.incidents import records as incidents
from tests.handlers.house import House, said
from tests.handlers.wishing import THREAD, asks, no_run, run, wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


@pytest.mark.parametrize("words", ["done", "ok", "thanks", "hm", "great, done", "fixed", "ok, noted", "👍"])
async def test_it_is_no_name_of_a_service(house: House, words: str) -> None:
    await house.say("dev", "deploy 1.4.2 to staging", THREAD)
    await house.say("dev", words, THREAD)
    assert "I know no service" not in said(await asks(house))
    await house.say("dev", "checkout", THREAD)
    assert "checkout" == (await run(house)).params["service"]


async def test_done_is_answered_with_what_is_still_asked(house: House) -> None:
    await house.say("dev", "deploy 1.4.2 to staging", THREAD)
    assert "Open here: deploy: Which service?" in said(await house.say("dev", "done", THREAD))
    assert await no_run(house)


async def test_it_is_no_version_and_no_number(house: House) -> None:
    await house.say("dev", "deploy checkout", THREAD)
    await house.say("dev", "done", THREAD)
    await house.say("dev", "1.4.2", THREAD)
    assert "1.4.2" == (await run(house)).params["version"]


@pytest.mark.parametrize("words", ["done", "ok", "thanks", "all good"])
async def test_it_is_not_what_is_wrong_with_anything(house: House, words: str) -> None:
    await house.say("ana", "declare an incident")
    await house.say("ana", words)
    await house.say("ana", "yes")
    assert [] == await house.store.read(incidents.find)


async def test_ok_still_takes_the_one_runbook_that_is_offered(house: House) -> None:
    await house.say("dev", "run restart-servise for checkout in staging", THREAD)
    await house.say("dev", "ok", THREAD)
    assert "checkout" == (await run(house)).params["service"]
