"""Taking a swap back in words, whether it was agreed or still waits; and who has swapped with whom."""

import pytest

from tests.handlers.house import House, said
from tests.handlers.oncall.test_shifts import watched


@pytest.fixture
async def swapping(house: House) -> House:
    """Ana has asked Bo to swap their next shifts."""
    house.world = watched()
    await house.command("ana", "/oncall swap platform bo")
    return house


@pytest.mark.parametrize("words", ["swap back", "take back my swap", "please undo the swap"])
async def test_what_waits_is_withdrawn(swapping: House, words: str) -> None:
    assert "SW-1 is withdrawn; nothing changes." in said(await swapping.say("ana", words))


async def test_whoever_was_asked_is_shown_what_they_can_decline(swapping: House) -> None:
    card = await swapping.say("bo", "cancel the swap")
    assert ["Accept", "Decline"] == [one.label for one in card.controls]


@pytest.mark.parametrize(("who", "other"), [("ana", "Bo"), ("bo", "Ana")])
async def test_what_was_agreed_is_asked_to_be_swapped_back(swapping: House, who: str, other: str) -> None:
    await swapping.command("bo", "/oncall accept SW-1")
    assert f"Ask {other} to swap back?" in said(await swapping.say(who, "swap back"))
    assert f"I asked {other}: SW-2." in said(await swapping.say(who, "yes"))
    await swapping.command(other.casefold(), "/oncall accept SW-2")
    on_call = said(await swapping.command("gus", "/oncall show platform"))
    assert "@Ana" in on_call.splitlines()[2].split("2026")[0]
    assert "You have no swap that could be taken back." in said(await swapping.say(who, "swap back"))
    assert "Nobody has swapped a shift" in said(await swapping.command("ana", "/oncall swaps"))


async def test_who_swapped_with_whom_is_shown(swapping: House) -> None:
    for words in ("who swapped with whom?", "which swaps are open", "any swaps?", "what swaps wait for me?"):
        assert "SW-1  Ana asks Bo (platform)" in said(await swapping.say("gus", words))
    await swapping.command("bo", "/oncall accept SW-1")
    told = said(await swapping.say("gus", "who has swapped shifts?"))
    assert "Bo for Ana (platform): 2026-03-02 09:00 UTC until 2026-03-09 09:00 UTC." in told
    assert "Ana for Bo (platform): 2026-03-09 09:00 UTC until 2026-03-16 09:00 UTC." in told


@pytest.mark.parametrize(
    ("words", "told"),
    [("accept the swap", "@Bo is on call for platform"), ("decline ana's swap", "You declined SW-1")],
)
async def test_the_only_swap_is_answered_without_its_id(swapping: House, words: str, told: str) -> None:
    assert told in said(await swapping.say("bo", words))


async def test_why_a_swap_is_declined_is_told_and_asks_for_nothing_more(swapping: House) -> None:
    told = said(await swapping.say("bo", "decline the swap, I'm away that week"))
    assert "You declined SW-1; nothing changes, and Ana is told so, with your reason." in told
    assert (await swapping.told())[-1].endswith("Reason: I'm away that week")
    assert not any("You asked for more" in str(row) for row in await swapping.queued("whisper"))
