"""Threads that the bot takes part in: people talk to each other there, and it answers only what is surely for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.runbooks import records as runs
from handlers.cards.card import Card
from handlers.inbound import Message
from tests.handlers.house import HERE, House, actor, said
from tests.handlers.wishing import THREAD, asks, run, wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which a restart was asked for in a thread."""
    async with wishing(sqlite_url(tmp_path)) as made:
        await made.say("dev", "restart checkout in production", THREAD)
        yield made


async def unnamed(house: House, who: str, text: str) -> Card:
    """Words in that thread that do not name the bot."""
    words = Message(key=house.key(), actor=actor(who), place=THREAD, text=text, addressed=True, named=False)
    return await house.take(words)


@pytest.mark.parametrize(
    "words",
    [
        "Dev, why do you need that?",
        "memory leak, see grafana",
        "lgtm",
        "yes I saw it too",
        "Bo, can you look at this one?",
        "bo did. let's cancel it, no?",
        "never mind, @bo",
        "looks ok, who approved?",
        "approve it Bo please",
        "I think checkout in staging is down too",
        "the bank answers 502 since ten minutes",
        "bo is on it",
        "did you restart checkout?",
        "are you working on checkout?",
        "yes",
        "why?",
        "don't restart it yet",
    ],
)
async def test_people_who_talk_to_each_other_in_a_thread_are_left_alone(house: House, words: str) -> None:
    assert Card() == await unnamed(house, "ana", words)
    assert not (await run(house)).state.is_final


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("is checkout healthy?", "checkout"),
        ("how far is RUN-1?", "RUN-1"),
        ("cancel RUN-1", "Nothing was done yet"),
        ("kick payments in staging", "Nothing was done yet"),
    ],
)
async def test_what_is_surely_for_the_bot_needs_no_name_in_its_thread(
    house: House, words: str, told: str
) -> None:
    assert told in said(await unnamed(house, "ana", words))


async def test_whoever_wants_a_run_may_ask_why_it_waits_without_our_name(house: House) -> None:
    assert "Waits for AP-1" in said(await unnamed(house, "dev", "why?"))


async def test_beneath_the_card_of_a_run_that_run_is_it(house: House) -> None:
    beneath = await house.posted("RUN-1", HERE, "m9")
    assert "RUN-1 restart-service" in said(await house.say("ana", "is it done?", beneath))


async def test_what_the_bot_asked_is_answered_in_its_thread_without_its_name(house: House) -> None:
    await house.say("ana", "scale checkout", THREAD)
    await unnamed(house, "ana", "Dev, how many does it need?")
    await unnamed(house, "ana", "three should be enough")
    assert "scale-service: Where?" == (await asks(house, 2)).title


async def test_a_yes_to_nothing_asks_for_nothing(house: House) -> None:
    await house.say("ana", "why is this asked?", THREAD)
    for _ in range(2):
        assert "you nothing here" in said(await house.say("ana", "yes, do it"))
    assert Card() == await unnamed(house, "ana", "yes")
    assert 1 == len(await house.store.read(runs.find))


@pytest.mark.parametrize("named", [True, False])
async def test_a_thread_beneath_ones_own_question_goes_on_with_it(house: House, named: bool) -> None:
    assert "checkout" in said(await house.say("eva", "is checkout ok?", HERE.at("m7")))
    await house.say("eva", "who is on call?", HERE.at("m8"))
    beneath = HERE.under("m7").at("m9")
    further = Message(
        key=house.key(), actor=actor("eva"), place=beneath, text="and payments?", addressed=True, named=named
    )
    assert "payments: unknown" in said(await house.take(further))


async def test_a_thread_beneath_the_words_of_somebody_else_leans_on_nothing(house: House) -> None:
    await house.say("eva", "is checkout ok?", HERE.at("m7"))
    assert "payments: unknown" not in said(await house.say("bo", "and payments?", HERE.under("m7").at("m9")))
