"""An order that takes a piece of itself back: what is said last counts, and what is not clear is shown before it is done."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.incidents import records as incidents
from core.language.leaning import wavering
from tests.handlers.house import House
from tests.handlers.wishing import no_run, run, wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


@pytest.mark.parametrize(
    "words",
    [
        "set INC-1 to sev1 no wait sev3",
        "set INC-1 to sev1, sorry I meant sev3",
        "make INC-1 sev1 ... scratch that, sev3",
    ],
)
async def test_the_grade_that_is_said_last_counts(house: House, words: str) -> None:
    await house.command("ana", "/incident declare severity=2 checkout is down")
    await house.say("ana", words)
    await house.say("ana", "yes")
    assert 3 == (await house.store.read(incidents.get, "INC-1")).severity


async def test_the_place_that_is_said_last_counts(house: House) -> None:
    await house.say("dev", "restart checkout in production no wait staging")
    params = (await run(house)).params
    assert ("checkout", "staging") == (params["service"], params["environment"])


async def test_what_is_not_clear_is_shown_before_it_is_done(house: House) -> None:
    await house.command("ana", "/incident declare severity=2 checkout is down")
    await house.say("ana", "set INC-1 to sev1 no wait the other thing")
    assert 2 == (await house.store.read(incidents.get, "INC-1")).severity
    assert await no_run(house)


@pytest.mark.parametrize(
    "words", ["I mean it", "what do you mean by that?", "no wait, staging", "mean time to repair"]
)
def test_what_takes_nothing_back_is_as_it_was(words: str) -> None:
    assert not wavering.wavers(words)


async def test_an_update_is_told_as_it_was_written(house: House) -> None:
    await house.command("ana", "/incident declare severity=2 checkout is down")
    await house.say("ana", "update INC-1: we think, I mean we hope, that it is over")
    await house.say("ana", "yes")
    assert "Ana: we think, I mean we hope, that it is over" in await house.told()
