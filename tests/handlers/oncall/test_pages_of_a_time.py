"""Who was paged in a time, and who answered; and what whoever may not see incidents is told of pages."""

from datetime import timedelta

import pytest

from core.clock import ManualClock
from tests.handlers.house import House, said


@pytest.fixture
async def paged(house: House) -> House:
    """Bo answered PG-1 after four minutes; PG-2 is ended, and nobody answered it; a day has passed since."""
    clock = house.store.clock
    assert isinstance(clock, ManualClock)
    await house.command("ana", "/incident page bo the database is slow")
    await house.command("ana", "/incident page dev the queue is full")
    clock.advance(timedelta(minutes=4))
    await house.say("bo", "ack PG-1")
    await house.command("ana", "/oncall done PG-2")
    clock.advance(timedelta(days=1))
    await house.command("ana", "/incident page bo the disk is full")
    return house


@pytest.mark.parametrize(
    "words", ["who was paged yesterday?", "was anybody paged yesterday", "which pages were there yesterday?"]
)
async def test_who_was_paged_is_told_with_who_answered_after_how_long(paged: House, words: str) -> None:
    card = await paged.say("ana", words)
    assert "Pages yesterday" == card.title
    told = said(card)
    assert "PG-1 called Bo: Bo answered after 4 min." in told
    assert "PG-2 called Dev: nobody answered." in told
    assert "PG-3" not in told


async def test_of_one_person_what_called_them_is_told(paged: House) -> None:
    told = said(await paged.say("ana", "was bo paged yesterday?"))
    assert ("PG-1" in told, "PG-2" in told) == (True, False)
    assert "Nobody was paged last month." in said(await paged.say("ana", "who was paged last month?"))
    assert "PG-3 called Bo" in said(await paged.command("ana", "/oncall pages bo when=today"))


async def test_whether_somebody_has_answered_is_told(paged: House) -> None:
    for words in ("did bo ack?", "has bo answered it yet?"):
        told = said(await paged.say("ana", words))
        assert "1 page calls Bo" in told
        assert "@Bo has PG-1." in told
    assert "PG-3 calls @Bo" in said(await paged.say("ana", "did anybody ack?"))


async def test_whoever_may_not_see_incidents_reads_no_title_of_theirs(house: House) -> None:
    await house.command("ana", "/incident declare service=checkout customer data leaked")
    await house.command("ana", "/incident page bo INC-1")
    await house.command("ana", "/incident page bo the disk is full")
    assert "leaked" in said(await house.command("bo", "/oncall pages"))
    for words in ("/oncall pages", "/oncall pages bo", "/oncall pages when=today", "/oncall page PG-1"):
        told = said(await house.command("gus", words))
        assert ("leaked" in told, "INC-1" in told) == (False, True)
    assert "the disk is full" in said(await house.command("gus", "/oncall pages"))
