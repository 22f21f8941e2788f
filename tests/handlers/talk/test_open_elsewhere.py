"""What is asked in one place, and what is said to it in another: a yes is to what was told there last, and nothing else is dropped."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.incidents import records as incidents
from core.place import Place
from handlers.cards.card import Card
from tests.handlers.house import HERE, OPS, House, said
from tests.handlers.wishing import asks, no_run, run, wishing
from tests.stores import sqlite_url

WISH = "can u open an incident, customers cannot pay on checkout, sev2"
OTHER = "can u open an incident, payments hangs, sev3"
ALONE = Place(platform="slack", channel="D0ANA", workspace="T1", direct=True)
ELSEWHERE = HERE.model_copy(update={"channel": "C0ELSE"})


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


async def say(house: House, text: str, place: Place, who: str = "ana") -> Card:
    """Words, a second after what was said before them."""
    clock = house.store.clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(seconds=1))
    return await house.say(who, text, place)


async def declared(house: House) -> int:
    return len(await house.store.read(incidents.find))


async def test_what_was_told_in_private_may_be_answered_there(house: House) -> None:
    await say(house, WISH, HERE)
    assert "INC-1 of checkout" in said(await say(house, "yes", ALONE))
    await say(house, OTHER, HERE)
    assert "Dropped: " in said(await say(house, "no", ALONE))
    assert 1 == await declared(house)


async def test_what_was_asked_in_two_places_is_answered_in_private_one_after_the_other(house: House) -> None:
    await say(house, WISH, OPS)
    await say(house, OTHER, ELSEWHERE)
    told = said(await say(house, "yes", ALONE))
    assert "INC-1 of payments" in told
    assert f"Still open in #ops: “{WISH}” waits for your yes or no." in told
    assert "INC-2 of checkout" in said(await say(house, "yes", ALONE))


async def test_a_yes_after_something_else_was_told_in_private_is_not_to_what_is_asked_elsewhere(
    house: House,
) -> None:
    await say(house, WISH, OPS)
    await say(house, "never mind", ALONE)
    assert "a yes would answer" in said(await say(house, "yes", ALONE))
    assert 0 == await declared(house)
    await say(house, "yes", OPS)
    assert 1 == await declared(house)


async def test_a_question_in_private_names_what_is_asked_elsewhere_and_a_yes_is_to_that(house: House) -> None:
    await say(house, WISH, OPS)
    assert f"Still open: “{WISH}”" in said(await say(house, "how is payments?", ALONE))
    await say(house, "yes", ALONE)
    assert 1 == await declared(house)


@pytest.mark.parametrize("words", ["never mind", "forget it", "cancel it"])
async def test_never_mind_drops_nothing_that_is_asked_elsewhere_and_names_it(
    house: House, words: str
) -> None:
    await say(house, WISH, OPS)
    card = await say(house, words, ALONE)
    assert "Nothing is open between us here" in said(card)
    assert f"In #ops I still ask: “{WISH}” waits for your yes or no." in said(card)
    await say(house, "yes", OPS)
    assert 1 == await declared(house)


async def test_what_is_refused_in_private_leaves_what_is_asked_elsewhere(house: House) -> None:
    await say(house, WISH, OPS)
    assert "dropped" not in said(await say(house, "page zoe the disk is full", ALONE))
    await say(house, "yes", OPS)
    assert 1 == await declared(house)


async def test_what_is_named_from_elsewhere_is_dropped_by_a_press(house: House) -> None:
    await say(house, WISH, OPS)
    await house.press("ana", await say(house, "never mind", ALONE), "Drop that")
    await say(house, "yes", OPS)
    assert 0 == await declared(house)


async def test_what_a_run_asks_in_a_thread_is_dropped_there_alone(house: House) -> None:
    await say(house, "deploy checkout", OPS.under("m1"), "dev")
    for where in (OPS, ALONE):
        card = await say(house, "never mind", where, "dev")
        assert "In a thread in #ops I still ask: deploy: Which version, as in 1.4.0?" in said(card)
    assert "Answer…" in [one.label for one in (await asks(house)).controls]
    assert "Dropped: deploy" in said(await say(house, "never mind", OPS.under("m1"), "dev"))
    assert await no_run(house)


async def test_what_a_run_asks_in_a_thread_is_dropped_by_a_press_from_elsewhere(house: House) -> None:
    await say(house, "deploy checkout", OPS.under("m1"), "dev")
    await house.press("dev", await say(house, "never mind", OPS, "dev"), "Drop that")
    assert [] == list((await asks(house)).controls)


async def test_a_run_is_called_off_by_words_only_where_it_was_ordered(house: House) -> None:
    await say(house, "restart checkout in staging", HERE, "ana")
    await say(house, "show RUN-1", ALONE)
    card = await say(house, "never mind", ALONE)
    assert ["Call it off", "Pause"] == [one.label for one in card.controls]
    assert "WAITING_APPROVAL" == str((await run(house)).state)
    assert "RUN-1 is called off." in said(await say(house, "never mind", HERE))


async def test_what_was_shown_and_passed_over_is_named_and_still_done_by_a_press(house: House) -> None:
    before = await say(house, WISH, OPS)
    told = said(await say(house, OTHER, OPS))
    assert f"“{WISH}”, which I showed before, was not done. A press on its card still does it." in told
    await say(house, "yes", OPS)
    await house.press("ana", before, "Go on")
    found = await house.store.read(incidents.find)
    assert {"checkout", "payments"} == {one.service for one in found}


async def test_the_same_that_is_shown_again_is_asked_once(house: House) -> None:
    before = await say(house, WISH, OPS)
    assert "showed before" not in said(await say(house, WISH, OPS))
    assert "That question is over." in said(await house.press("ana", before, "Go on"))
    assert 0 == await declared(house)


@pytest.mark.parametrize(("first", "then"), [(OPS, OPS.under("m9")), (OPS.under("m9"), OPS)])
async def test_the_same_that_is_asked_in_a_thread_of_the_channel_is_asked_once(
    house: House, first: Place, then: Place
) -> None:
    before = await say(house, WISH, first)
    after = await say(house, WISH, then)
    assert "That question is over." in said(await house.press("ana", before, "Go on"))
    await say(house, "yes", first)
    assert 0 == await declared(house)
    await house.press("ana", after, "Go on")
    assert 1 == await declared(house)


@pytest.mark.parametrize("words", ["silence checkout for 2h", "restart checkout in staging"])
async def test_what_was_shown_is_named_where_something_else_is_done_at_once(house: House, words: str) -> None:
    before = await say(house, WISH, OPS)
    assert f"“{WISH}”, which I showed before, was not done." in said(await say(house, words, OPS))
    await say(house, "yes", OPS)
    assert 0 == await declared(house)
    await house.press("ana", before, "Go on")
    assert 1 == await declared(house)
