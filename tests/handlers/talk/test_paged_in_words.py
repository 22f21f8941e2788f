"""What people ask of pages and answer to them in words: shown, taken, and taken over from somebody."""

import pytest

from core.paging import records as pages
from tests.handlers.house import House, said


@pytest.fixture
async def paged(house: House) -> House:
    """PG-1 calls Bo; PG-2 does, too."""
    await house.command("ana", "/incident page bo the database is slow")
    await house.command("ana", "/incident page bo the queue is full")
    return house


@pytest.mark.parametrize(
    "words",
    [
        "what pages are calling?",
        "which pages are open",
        "which pages are still unanswered?",
        "is anyone paged?",
        "has anybody been called?",
        "is any page open?",
    ],
)
async def test_who_asks_for_pages_is_shown_pages(paged: House, words: str) -> None:
    told = await paged.say("ana", words)
    assert "Pages" == told.title
    assert "PG-1 calls @Bo" in said(told)


async def test_who_asks_whether_they_are_paged_is_shown_their_own(paged: House) -> None:
    for words in (
        "am i paged?",
        "am I being called right now",
        "does any page call me?",
        "what am I paged for?",
    ):
        assert "2 pages call you" == (await paged.say("bo", words)).title
    assert "No page calls you, and you have none." in said(await paged.say("ana", "am i paged?"))
    assert "2 pages call you" == (await paged.say("bo", "my pages")).title
    assert "2 pages call you" == (await paged.say("bo", "which pages do I have?")).title
    assert "PG-1 · the database is slow" == (await paged.say("bo", "is PG-1 mine?")).title
    assert "2 pages call Bo" == (await paged.say("ana", "is bo being paged?")).title
    assert "No page calls Dev, and Dev has none." in said(await paged.command("bo", "/oncall pages dev"))
    await paged.say("bo", "ack all")
    told = said(await paged.command("bo", "/oncall pages me"))
    assert "No page calls you" in told
    assert "@Bo has PG-1." in told


@pytest.mark.parametrize("words", ["take PG-1 from bo", "take over PG-1", "I'll take pg-1 over from @bo"])
async def test_a_page_is_taken_over_in_words(paged: House, words: str) -> None:
    await paged.say("bo", "I'll take PG-1")
    assert "bo" == (await paged.store.read(pages.get, "PG-1")).owner
    assert "Bo has PG-1 and was first" in said(await paged.say("ana", "take PG-1"))
    assert "PG-1 is yours" in said(await paged.say("ana", words))
    assert "ana" == (await paged.store.read(pages.get, "PG-1")).owner


async def test_a_page_is_not_taken_from_somebody_who_has_it_not(paged: House) -> None:
    await paged.say("bo", "ack PG-1")
    assert "Bo has PG-1, and not Dev." in said(await paged.say("ana", "take PG-1 from dev"))
    assert "bo" == (await paged.store.read(pages.get, "PG-1")).owner


async def test_the_only_page_of_somebody_need_not_be_named_and_ends_in_words(paged: House) -> None:
    assert "Bo has no page." in said(await paged.say("ana", "take the page from bo"))
    await paged.say("bo", "ack PG-1")
    assert "@Bo has PG-1." in said(await paged.say("ana", "who has the page?"))
    assert "PG-1 is yours" in said(await paged.say("ana", "take the page from bo"))
    assert "PG-1" in said(await paged.say("ana", "release PG-1"))
    await paged.command("ana", "/oncall take PG-2")
    assert "PG-2 is over." in said(await paged.say("ana", "I'm done with PG-2"))
