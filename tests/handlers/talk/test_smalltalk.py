"""Small talk: a short word back where it was said to the bot, and silence where people say it to each other."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.clock import ManualClock
from handlers.cards.card import Card
from handlers.inbound import Message
from tests.handlers.house import HERE, OPS, House, actor, said
from tests.stores import START, opened, sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(sqlite_url(tmp_path), ManualClock(START)) as store:
        yield House(store)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("hi bot", "Hello Ana."),
        ("hello there!", "“is checkout healthy?”"),
        ("good morning everyone", "Hello Ana."),
        ("cheers mate", "You are welcome."),
        ("thanks a lot!", "You are welcome."),
        ("👍", "Good."),
        (":+1:", "Good."),
        ("good bot", "Thank you."),
        ("bad bot", "I am sorry."),
        ("hi! how are you?", "up and running"),
        ("who are you", "the operations bot of acme"),
        ("are you there?", "Yes, I am here."),
        ("is the bot working?", "up and running"),
        ("is wardroom down?", "up and running"),
        ("tell me a joke", "nothing that I can do"),
        ("what is the weather in Berlin?", "nothing that I can do"),
        ("how do i make coffee", "nothing that I can do"),
        ("see you tomorrow", "Goodbye."),
    ],
)
async def test_small_talk_gets_a_short_word_back(house: House, text: str, answer: str) -> None:
    told = said(await house.say("ana", text))
    assert answer in told
    assert len(told) < 500


async def test_the_time_is_that_of_whoever_asks(house: House) -> None:
    assert "09:00 on Monday, 2 March 2026 (UTC)" in said(await house.say("ana", "what time is it?"))
    there = {
        **house.world.people,
        "ana": house.world.people["ana"].model_copy(update={"timezone": "Asia/Tokyo"}),
    }
    house.world = replace(house.world, people=there)
    assert "18:00 on Monday" in said(await house.say("ana", "hey, what's the time?"))


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("what time is it in new york?", "04:00 on Monday there (America/New_York)"),
        ("what's the time in Zürich right now", "10:00 on Monday there (Europe/Zurich)"),
        ("time in Kathmandu", "14:45 on Monday there (Asia/Kathmandu)"),
        ("what time is it in japan?", "18:00 on Monday there (Asia/Tokyo)"),
        ("what time is it for bo?", "01:00 on Monday for Bo (America/Los_Angeles)"),
    ],
)
async def test_the_time_elsewhere_is_told_beside_that_of_whoever_asks(
    house: House, text: str, there: str
) -> None:
    zones = {"ana": "Europe/Berlin", "bo": "America/Los_Angeles"}
    moved = {
        name: house.world.people[name].model_copy(update={"timezone": zone}) for name, zone in zones.items()
    }
    house.world = replace(house.world, people={**house.world.people, **moved})
    told = said(await house.say("ana", text))
    assert there in told
    assert ("the same where you are" if "Zurich" in there else "10:00 on Monday where you are") in told


async def test_a_place_that_nobody_knows_has_no_time(house: House) -> None:
    told = said(await house.say("ana", "what time is it in production?"))
    assert "I know no time zone of “production”" in told


@pytest.mark.parametrize("text", ["hi all", "thanks a lot!", "good bot", "what time is it", "👍"])
async def test_people_who_talk_to_each_other_are_not_answered(house: House, text: str) -> None:
    among = Message(key=house.key(), actor=actor("ana"), place=OPS, text=text, addressed=False)
    assert Card() == await house.take(among)


@pytest.mark.parametrize("text", ["thanks!", "good morning", "👍"])
async def test_in_a_thread_it_is_for_the_others(house: House, text: str) -> None:
    assert Card() == await house.say("ana", text, HERE.model_copy(update={"thread": "7"}))


async def test_a_thumb_is_no_yes(house: House) -> None:
    assert "Go on" in said(await house.say("ana", "kick checkout in staging"))
    assert "Nothing was done yet." in said(await house.say("ana", "👍"))


async def test_thanks_in_between_change_nothing_of_what_words_lean_on(house: House) -> None:
    await house.say("ana", "is checkout healthy?")
    await house.say("ana", "thanks!")
    assert "payments" in said(await house.say("ana", "and payments?"))


@pytest.mark.parametrize(
    "text",
    ["hello checkout is down", "thanks for nothing, restart it", "what is up with checkout", "yes", "ok"],
)
async def test_what_says_more_is_no_small_talk(house: House, text: str) -> None:
    told = said(await house.say("ana", text))
    assert not any(word in told for word in ("Hello Ana", "welcome", "up and running"))
