"""“Scale 3”, “scale payments to 3”, “scale up payments”: the number is the number, and only what is missing is asked for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.handlers.house import House
from tests.handlers.wishing import THREAD, asks, wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


@pytest.mark.parametrize("text", ["scale 3", "scale to 3", "scale to 3 replicas", "please scale up to 3"])
async def test_a_number_is_no_service_and_only_that_is_asked_for(house: House, text: str) -> None:
    await house.say("dev", text, THREAD)
    card = await asks(house)
    assert "scale-service: Which service?" == card.title
    assert "I know no service" not in card.summary
    await house.say("dev", "payments", THREAD)
    assert "scale-service: Where?" == (await asks(house)).title


@pytest.mark.parametrize(
    ("text", "then"),
    [
        ("scale payments to 3", "Where?"),
        ("scale 3 copies of checkout", "Where?"),
        ("scale down checkout to 2 in staging", "Pace?"),
        ("scale up payments", "How many copies?"),
        ("scale up", "Which service?"),
        ("scale checkout by 2 in staging", "How many copies?"),
    ],
)
async def test_what_is_said_is_not_asked_again(house: House, text: str, then: str) -> None:
    await house.say("dev", text, THREAD)
    card = await asks(house)
    if card.title.startswith("Do you mean"):
        await house.say("dev", "scale-service", THREAD)
        card = await asks(house)
    assert f"scale-service: {then}" == card.title
