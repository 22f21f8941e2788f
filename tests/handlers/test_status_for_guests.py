"""How services are, asked by whoever may not see incidents: how many are open, and not what they are about."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.clock import ManualClock
from tests.handlers.house import House, said
from tests.stores import START, opened, sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Nobody can pay, by checkout."""
    async with opened(sqlite_url(tmp_path), ManualClock(START)) as store:
        made = House(store)
        await made.command("ana", "/incident declare service=checkout Nobody can pay")
        yield made


@pytest.mark.parametrize(
    "words",
    [
        "status?",
        "how is checkout?",
        "checkout and payments status",
        "who is working on checkout?",
        "how is production?",
    ],
)
async def test_a_guest_sees_how_many_incidents_are_open_and_no_title(house: House, words: str) -> None:
    told = said(await house.say("gus", words))
    assert "1 incident is open; to see more of that needs the permission" in told
    assert [False, False] == ["Nobody can pay" in told, "INC-1" in told]
    told = said(await house.say("ana", words))
    assert [True, False] == ["Nobody can pay" in told, "incident.read" in told]


@pytest.mark.parametrize(
    "words", ["/status", "/status checkout", "/ask how is checkout?", "/wardroom home", "/oncall lately"]
)
async def test_nor_by_a_command(house: House, words: str) -> None:
    told = said(await house.command("gus", words))
    assert [False, False] == ["Nobody can pay" in told, "INC-1" in told]


async def test_a_guest_is_given_no_link_to_where_they_are_named(house: House) -> None:
    house.world = replace(house.world, public_url="https://wardroom.example.com")
    assert (await house.command("ana", "/status")).link
    assert "" == (await house.command("gus", "/status")).link
