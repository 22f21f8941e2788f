"""What stands on a button, typed where the card with it was shown last; and a no that does something, too."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.approvals import records as approvals
from core.incidents import records as incidents
from core.incidents.incident import Incident
from tests.handlers.house import HERE, House, said
from tests.handlers.wishing import wishing
from tests.stores import sqlite_url

AGAIN = ("declare incident checkout is down again", "yes")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which one incident is open."""
    async with wishing(sqlite_url(tmp_path)) as made:
        await made.command("ana", "/incident declare checkout is down")
        yield made


async def say(house: House, *words: str) -> str:
    """What the last of these words is answered."""
    return [said(await house.say("ana", one)) for one in words][-1]


async def all_open(house: House) -> list[Incident]:
    return await house.store.read(incidents.find)


@pytest.mark.parametrize("words", ["It is the same", "the same one", "same incident", "yes"])
async def test_it_is_the_same_incident(house: House, words: str) -> None:
    assert "Is “checkout is down again” the same as INC-1?" in await say(house, *AGAIN)
    assert "What you saw stands on the timeline of INC-1" in await say(house, words)
    assert 1 == len(await all_open(house))


@pytest.mark.parametrize(
    "words", ["no", "another one", "Declare another", "no, it's another incident", "a new one"]
)
async def test_it_is_another_incident(house: House, words: str) -> None:
    await say(house, *AGAIN)
    assert "You declared INC-2 of checkout" in await say(house, words)
    assert "a yes would answer" in await say(house, "yes") or "I ask you nothing here" in await say(
        house, "yes"
    )
    assert 2 == len(await all_open(house))


async def test_neither_is_said_by_never_mind(house: House) -> None:
    await say(house, *AGAIN)
    assert "Dropped: " in await say(house, "never mind")
    assert 1 == len(await all_open(house))


async def test_a_label_of_the_card_that_was_shown_last_presses_it(house: House) -> None:
    assert "INC-1 stays open" in await say(house, *AGAIN, "another one", "resolve INC-2: over", "yes", "yes")
    assert "That would be /incident resolve INC-1. Nothing was done yet." in await say(house, "Resolve")
    assert "INC-1 is resolved" in await say(house, "yes")


async def test_a_label_of_a_card_that_was_shown_before_another_presses_nothing(house: House) -> None:
    await say(house, *AGAIN)
    await say(house, "how is payments?")
    await say(house, "Declare another")
    assert 2 == len(await all_open(house))
    await say(house, "how is payments?")
    await say(house, "It is the same")
    assert "What you saw" not in await say(house, "It is the same")


async def test_a_vote_is_not_given_by_the_label_of_its_button(house: House) -> None:
    await house.say("dev", "restart checkout in staging", HERE.under("m1"))
    assert "AP-1" in await say(house, "/approvals show AP-1")
    await say(house, "Approve")
    assert (await house.store.read(approvals.get, "AP-1")).is_pending


async def test_nobody_else_presses_it(house: House) -> None:
    await say(house, *AGAIN)
    assert "You declared" not in said(await house.say("bo", "Declare another"))
    assert 1 == len(await all_open(house))


async def test_it_may_be_the_same_as_an_incident_that_was_not_guessed(house: House) -> None:
    await say(house, "/incident declare payments is down")
    await say(house, *AGAIN)
    assert "That would be /incident same INC-2. Nothing was done yet." in await say(house, "no, INC-2")
    assert "What you saw stands on the timeline of INC-2" in await say(house, "yes")


async def test_a_no_with_a_service_is_no_yes_to_the_same_incident(house: House) -> None:
    await say(house, *AGAIN)
    assert "“payments is down again”, SEV3, payments" in await say(house, "no, payments")
    assert "You declared INC-2 of payments" in await say(house, "yes")
