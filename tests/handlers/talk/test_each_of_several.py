"""What is ordered of several incidents in one sentence, and which of what is offered next is meant."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.incidents import records as incidents
from handlers.cards.card import Card
from tests.handlers.house import House, said
from tests.handlers.wishing import wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


async def offered(house: House) -> Card:
    """What else was offered last."""
    return Card.model_validate((await house.queued("whisper"))[-1]["card"])


@pytest.mark.parametrize("words", ["the second", "2", "number two", "page bo"])
async def test_what_else_was_asked_for_is_picked_by_its_place_or_its_words(house: House, words: str) -> None:
    await house.say("ana", "list open incidents, then show firing alerts, also page bo")
    assert "Next, if you want, by a press; a yes takes the first:" in said(await offered(house))
    assert "That would be /incident page bo." in said(await house.say("ana", words))
    assert "calls Bo" in said(await house.say("ana", "yes"))


@pytest.mark.parametrize(
    ("words", "first", "second"),
    [
        ("resolve INC-1 and INC-2: false alarm", "resolve INC-1 false alarm", "resolve INC-2: false alarm"),
        ("please resolve inc-1, inc-2", "resolve INC-1", "please resolve INC-2"),
    ],
)
async def test_what_is_ordered_of_two_incidents_is_shown_for_each(
    house: House, words: str, first: str, second: str
) -> None:
    for name in ("checkout", "payments"):
        await house.command("ana", f"/incident declare {name} is down")
    shown = said(await house.say("ana", words))
    assert f"That would be /incident {first}. Nothing was done yet." in shown
    assert [second] == [one.label for one in (await offered(house)).controls]
    for _ in range(3):
        await house.say("ana", "yes")
    states = [str((await house.store.read(incidents.get, one)).state) for one in ("INC-1", "INC-2")]
    assert ["resolved", "resolved"] == states


async def test_a_grade_for_two_incidents_is_for_both(house: House) -> None:
    for name in ("checkout", "payments"):
        await house.command("ana", f"/incident declare {name} is down")
    await house.say("ana", "make INC-1 & INC-2 sev1")
    await house.say("ana", "yes")
    assert {1} == {one.severity for one in await house.store.read(incidents.find)}


async def test_where_the_first_is_asked_about_a_yes_is_said_to_be_to_that(house: House) -> None:
    await house.say("ana", "page bo and then page dev")
    assert "A yes is to what I ask above. After that:" in said(await offered(house))
    assert "calls Bo" in said(await house.say("ana", "yes"))
    assert "Next, if you want, by a press or a yes:" in said(await offered(house))


@pytest.mark.parametrize(
    "words",
    [
        "ack INC-1 and post an update that payments is back",
        "ack INC-1 and then post an update: payments is back",
        "acknowledge INC-1 and then send a short update saying payments is back",
    ],
)
async def test_an_update_that_is_asked_for_besides_is_offered_and_told_as_it_was_said(
    house: House, words: str
) -> None:
    await house.command("ana", "/incident declare payments is down")
    assert "You are commander of INC-1 now." in said(await house.say("ana", words))
    control = (await offered(house)).controls[0]
    assert control.kind == "button"
    assert "of INC-1: payments is back" in control.speak
    await house.say("ana", "yes")
    assert "Ana: payments is back" in await house.told()


async def test_an_update_that_is_asked_for_in_a_sentence_is_of_the_incident_that_was_spoken_of(
    house: House,
) -> None:
    await house.command("ana", "/incident declare payments is down")
    shown = said(await house.say("ana", "please post an update that payments is back"))
    assert "That would be /incident update INC-1 payments is back. Nothing was done yet." in shown
