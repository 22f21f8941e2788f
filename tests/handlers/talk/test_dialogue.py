"""Wishes in words: one question at a time, and answers by button, form and word."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core import wiring
from core.clock import ManualClock
from core.place import Place
from core.store import deadlines
from core.store.deadlines import Deadline
from core.store.engine import Unit
from core.world import World
from handlers.cards.card import Button
from handlers.inbound import Click, Message
from handlers.registry import REGISTRY
from tests.handlers.house import HERE, House, actor, said
from tests.handlers.wishing import THREAD, answer, asks, no_run, run, wishing
from tests.stores import ENGINES, sqlite_url


@pytest.fixture(params=ENGINES)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with wishing(url) as made:
        yield made


async def test_what_is_missing_is_asked_one_thing_at_a_time_until_it_runs(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    card = await asks(house)
    assert "scale-service: How many copies?" == card.title
    assert ["Answer…", "Never mind"] == [control.label for control in card.controls]
    await house.submit("dev", "runbook.tell", "WISH-1", THREAD, said="12")
    assert "replicas must be at least 1 and at most 9, and 12 is not." in said(await asks(house))
    await house.say("dev", "to 4", THREAD)
    assert "scale-service: Where?" == (await asks(house)).title
    await answer(house, "staging")
    assert "scale-service: Pace?" == (await asks(house)).title
    await house.say("dev", "fats", THREAD)
    assert "Did you mean “fast”" in said(await asks(house))
    await house.say("dev", "fast", THREAD)
    await house.say("dev", "OPS-12", THREAD)
    made = await run(house)
    told = {"service": "checkout", "replicas": 4, "environment": "staging", "pace": "fast", "note": "OPS-12"}
    assert (told, "dev", THREAD) == (made.params, made.by, made.place)
    assert [] == list((await asks(house)).controls)


@pytest.mark.parametrize("words", ["skip", "none", "n/a"])
async def test_no_answer_is_no_value(house: House, words: str) -> None:
    await house.say("dev", "deploy checkout", THREAD)
    assert "says nothing of it: Which version" in said(await house.say("dev", words, THREAD))
    assert await no_run(house)
    await house.say("dev", "1.4.0", THREAD)
    assert "1.4.0" == (await run(house)).params["version"]


async def test_the_form_of_a_question_asks_for_what_it_asks(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    verb = REGISTRY.by_name["runbook.tell"]
    assert verb.looks is not None
    form = await house.store.read(verb.looks, house.world, {"id": "WISH-1"})
    assert form is not None
    assert ("How many copies", "WISH-1") == (form.fields[0].label, form.object)
    assert await house.store.read(verb.looks, house.world, {"id": "WISH-1", "value": "0"}) is None


async def test_words_that_fit_two_runbooks_let_one_choose(house: House) -> None:
    await house.say("dev", "restart payments in staging", THREAD)
    card = await asks(house)
    assert "Which runbook?" == card.title
    assert ["restart-service", "restart-cache", "Never mind"] == [one.label for one in card.controls]
    await answer(house, "restart-service")
    made = await run(house)
    assert ("restart-service", "payments", "staging") == (
        made.runbook,
        made.params["service"],
        made.params["environment"],
    )


async def test_the_runbook_that_the_service_names_is_meant(house: House) -> None:
    await house.say("dev", "restart cart in staging", THREAD)
    assert "restart-service" == (await run(house)).runbook


async def test_a_misspelt_runbook_is_offered_and_what_is_like_none_is_told(house: House) -> None:
    await house.say("dev", "run restart-servise for checkout", THREAD)
    assert "Do you mean restart-service?" == (await asks(house)).title
    told = said(await house.say("dev", "run defragment", THREAD))
    assert "There is no runbook “defragment”." in told
    assert await no_run(house)


async def test_a_sentence_that_names_a_runbook_is_read_for_the_rest(house: House) -> None:
    text = "we want to scale service cart to 3 in stagng with pace=slow note=OPS-1"
    await house.say("dev", text, THREAD)
    card = await asks(house)
    assert "scale-service: Where?" == card.title
    assert "Did you mean “staging”?" in said(card)
    await house.say("dev", "staging", THREAD)
    assert {
        "replicas": 3,
        "pace": "slow",
        "note": "OPS-1",
        "environment": "staging",
        "service": "checkout",
    } == (await run(house)).params


async def test_words_that_a_file_says_mean_its_runbook(house: House) -> None:
    await house.say("dev", "Please sweep the floor in production!", THREAD)
    assert ("restart-cache", "production") == (
        (await run(house)).runbook,
        (await run(house)).params["environment"],
    )
    assert "I did not understand" in said(await house.say("dev", "sweep the floors", THREAD))


async def test_a_question_outlives_the_process_and_ends_at_its_time(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    again = House(house.store, house.world, house.numbers)
    await again.say("dev", "5", THREAD)
    assert "scale-service: Where?" == (await asks(again)).title
    clock = house.store.clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(minutes=15))
    (due,) = [one for one in await house.store.read(deadlines.due) if one.kind == "runbook.wish"]
    await house.store.transact(_serve, house.world, due)
    card = await asks(house)
    assert ([], True) == (list(card.controls), "Nothing was run" in said(card))
    late = await house.click("dev", "runbook.tell", "WISH-1", THREAD, value="0")
    assert "That question is over; nothing was run." in said(late)
    assert await no_run(house)


def _serve(unit: Unit, made: World, due: Deadline) -> None:
    assert deadlines.take(unit, due)
    wiring.DEADLINES[due.kind](unit, made, due.ref)


async def test_only_who_was_asked_answers_and_may_give_up(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    told = await house.submit("eva", "runbook.tell", "WISH-1", THREAD, said="4")
    assert "asks somebody else" in said(told)
    assert "I did not understand" in said(await house.say("eva", "4", THREAD))
    await house.say("dev", "never mind", THREAD)
    assert [] == list((await asks(house)).controls)
    assert await no_run(house)


async def test_a_new_wish_takes_the_place_of_the_question_before(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    await house.say("dev", "restart checkout in staging", THREAD)
    assert [] == list((await asks(house)).controls)
    assert "restart-service" == (await run(house)).runbook


async def test_an_answer_to_an_older_question_is_not_taken_for_another(house: House) -> None:
    await house.say("dev", "scale service checkout to 4", THREAD)
    old = await asks(house)
    button = old.controls[0]
    assert isinstance(button, Button)
    await answer(house, "staging")
    late = Click(
        key=house.key(),
        actor=actor("dev"),
        place=THREAD,
        verb=button.verb,
        object=button.object,
        revision=old.revision,
        args=button.args,
    )
    click = await house.take(late)
    assert "asks for something else by now" in said(click)


async def test_talk_in_other_places_is_nobodys_answer(house: House) -> None:
    await house.say("dev", "scale checkout", THREAD)
    for place in (HERE.under("m2"), Place(platform="slack", channel="C0ELSE", workspace="T1")):
        talk = Message(key=house.key(), actor=actor("dev"), place=place, text="5", addressed=False)
        await house.take(talk)
    assert "scale-service: How many copies?" == (await asks(house)).title
    heard = Message(key=house.key(), actor=actor("dev"), place=THREAD, text="5", addressed=False)
    await house.take(heard)
    assert "scale-service: Where?" == (await asks(house)).title
