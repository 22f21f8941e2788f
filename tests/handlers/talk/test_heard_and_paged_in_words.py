"""Plain words that end a silence, call whoever is on call, and answer a page."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.incidents.silences import records as silences
from core.paging import records as pages
from core.paging.page import State
from tests.handlers.house import House, said
from tests.handlers.wishing import wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house with services, and a team that answers for one."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


@pytest.mark.parametrize(
    "words",
    [
        "unsilence checkout",
        "stop silencing checkout",
        "please unmute the alerts of checkout",
        "end the silence of cart",
        "end SIL-1",
    ],
)
async def test_a_silence_ends_by_what_it_keeps_quiet_after_it_was_shown(house: House, words: str) -> None:
    await house.say("ana", "silence checkout for 2 hours")
    await house.say("ana", "silence payments for 2 hours")
    assert "End a silence now?" in said(await house.say("ana", words))
    assert 2 == len(await house.store.read(silences.active))
    assert "SIL-1 is over." in said(await house.say("ana", "yes"))
    assert ["SIL-2"] == [one.id for one in await house.store.read(silences.active)]


async def test_a_silence_that_is_none_or_one_of_two_is_not_guessed(house: House) -> None:
    told = said(await house.command("ana", "/alerts unsilence checkout"))
    assert "No silence keeps alerts of checkout quiet." in told
    await house.say("ana", "silence checkout for 2 hours")
    await house.say("ana", "silence checkout for 3 hours")
    told = said(await house.command("ana", "/alerts unsilence checkout"))
    assert "2 silences keep alerts of checkout quiet: SIL-1, SIL-2." in told


async def test_a_silence_without_a_time_is_asked_for_it(house: House) -> None:
    assert "say for how long" in said(await house.say("ana", "mute checkout"))
    assert [] == await house.store.read(silences.active)


@pytest.mark.parametrize(
    "words", ["page the on call person", "page whoever is on call", "page on-call for platform"]
)
async def test_whoever_is_on_call_is_called_after_it_was_shown(house: House, words: str) -> None:
    assert "team platform" in said(await house.say("ana", words))
    await house.say("ana", "yes")
    assert "PG-1" == (await house.store.read(pages.get, "PG-1")).id


@pytest.mark.parametrize(
    "words",
    [
        "I can't come, page ana instead",
        "sorry, I'm sick. please page ana instead",
        "could you call @ana in my place",
    ],
)
async def test_whoever_cannot_come_has_somebody_else_called_about_the_same(house: House, words: str) -> None:
    await house.command("ana", "/incident page bo the database is slow")
    asked = said(await house.say("bo", words))
    assert "Ana for PG-1: the database is slow" in asked
    assert "Nothing was done yet" in asked
    assert "Ana is called for PG-1 instead of you." in said(await house.say("bo", "yes"))
    (page,) = await house.store.read(pages.open_now)
    assert (State.CALLING, {"bo": "ana"}) == (page.state, page.instead)
    shown = said(await house.live("page", "PG-1"))
    assert "Instead: @Ana for @Bo" in shown
    # He is asked nothing more, and may still come after all.
    assert "No page calls you." in said(await house.say("bo", "got it"))
    assert "You have no page" in said(await house.say("bo", "page gus instead"))
    assert "PG-1 is yours" in said(await house.command("bo", "/oncall ack PG-1"))


@pytest.mark.parametrize("words", ["page nobody-here instead", "page bo instead"])
async def test_a_page_is_passed_on_to_somebody_else_who_is_known(house: House, words: str) -> None:
    await house.command("ana", "/incident page bo the database is slow")
    await house.say("bo", words)
    await house.say("bo", "yes")
    assert {} == (await house.store.read(pages.get, "PG-1")).instead


@pytest.mark.parametrize("words", ["on my way", "i'm on my way", "ok, looking into it"])
async def test_whoever_is_paged_answers_in_plain_words(house: House, words: str) -> None:
    await house.command("ana", "/incident page bo the database is slow")
    assert "PG-1 is yours:" in said(await house.say("bo", words))
    assert "PG-1 is yours already:" in said(await house.say("bo", "I take it"))


@pytest.mark.parametrize(
    "words",
    [
        "hand PG-1 over to ana",
        "give PG-1 to @ana",
        "please pass the page to ana",
        "I'm sick, please page ana instead",
        "I'm driving, could you page ana instead?",
    ],
)
async def test_a_page_is_handed_over_in_words_after_that_was_shown(house: House, words: str) -> None:
    await house.command("ana", "/incident page bo the database is slow")
    asked = said(await house.say("bo", words))
    assert "Ana for PG-1: the database is slow" in asked
    assert "Nothing was done yet" in asked
    assert "Ana is called for PG-1 instead of you." in said(await house.say("bo", "yes"))
    assert {"bo": "ana"} == (await house.store.read(pages.get, "PG-1")).instead
