"""Calling the next people by words: at once where nobody has answered, and after a yes where somebody has."""

import pytest

from core.paging import records as pages
from core.paging.page import Page, State
from tests.handlers.house import HERE, House, said
from tests.handlers.oncall.watch import called


@pytest.fixture
async def paged(house: House) -> House:
    """PG-1 calls Ana for INC-1 by the escalation of her team."""
    house.world = called()
    await house.command("dev", "/incident declare", title="checkout is down", severity="SEV2")
    await house.command("ana", "/incident page platform the queue is full")
    return house


async def page(house: House) -> Page:
    return await house.store.read(pages.get, "PG-1")


async def calls(house: House) -> list[str]:
    found = await house.store.read(pages.calls, await page(house))
    return sorted(one.person for one in found)


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("ana", "escalate"),
        ("ana", "please escalate it now"),
        ("ana", "call the next person"),
        ("bo", "escalate PG-1"),
        ("bo", "page the next one for PG-1"),
    ],
)
async def test_what_nobody_has_answered_goes_to_the_next_at_once(paged: House, who: str, words: str) -> None:
    told = said(await paged.say(who, words))
    assert "Bo is called now for PG-1: the queue is full." in told or who == "bo"
    assert "PG-1 calls" in told
    assert "Nothing was done yet" not in told
    assert State.CALLING is (await page(paged)).state
    assert ["ana", "bo" if who == "ana" else "dev"] == await calls(paged)


@pytest.mark.parametrize("words", ["escalate PG-1", "/oncall escalate PG-1"])
async def test_what_somebody_has_is_taken_from_them_only_after_a_yes(paged: House, words: str) -> None:
    await paged.command("ana", "/oncall ack PG-1")
    asked = await (paged.command if words[0] == "/" else paged.say)("bo", words)
    told = said(asked)
    assert "Take PG-1 from Ana and call Dev?" in told
    assert "Ana has PG-1: the queue is full. Dev would be called instead" in told
    assert ("ana", State.TAKEN) == ((await page(paged)).owner, (await page(paged)).state)
    told = said(await paged.say("bo", "yes"))
    assert "Ana does not have PG-1 any more. Dev is called now for PG-1" in told
    assert ("", ["dev"]) == ((await page(paged)).owner, await calls(paged))


async def test_a_press_answers_it_and_who_has_it_by_then_is_asked_about_anew(paged: House) -> None:
    await paged.command("ana", "/oncall ack PG-1")
    asked = await paged.say("bo", "escalate PG-1")
    await paged.command("bo", "/oncall take PG-1")
    again = await paged.press("bo", asked, "Go on")
    assert "Give PG-1 up and call Ana?" in said(again)
    assert "bo" == (await page(paged)).owner
    assert "You gave PG-1 up." in said(await paged.press("bo", again, "Go on"))


async def test_whoever_gives_it_up_is_not_called_again(paged: House) -> None:
    await paged.command("ana", "/oncall ack PG-1")
    assert "Give PG-1 up and call Bo?" in said(await paged.say("ana", "escalate"))
    await paged.say("ana", "yes")
    assert ["bo"] == await calls(paged)


async def test_what_leads_to_nobody_else_stays_where_it_is(paged: House) -> None:
    await paged.command("ana", "/incident page bo the disk is full")
    await paged.command("bo", "/oncall ack PG-2")
    told = said(await paged.say("bo", "escalate PG-2"))
    assert "You have PG-2, and its escalation leads to nobody else." in told
    assert "bo" == (await paged.store.read(pages.get, "PG-2")).owner


async def test_where_no_page_is_meant_it_is_asked_for_which_incident(paged: House) -> None:
    await paged.command("ana", "/oncall done PG-1")
    asked = await paged.say("bo", "escalate")
    assert "Call the next people: for which incident?" == asked.title
    assert "PG-2 calls" in said(await paged.say("bo", "INC-1"))
    assert "INC-1" == (await paged.store.read(pages.get, "PG-2")).incident


async def test_in_the_thread_of_an_incident_it_calls_for_that_one(paged: House) -> None:
    room = await paged.posted("INC-1", HERE, "m1")
    assert "PG-2 calls" in said(await paged.say("bo", "escalate this", room))
    assert ["PG-2"] == [one.id for one in await paged.store.read(pages.of_incident, "INC-1")]


async def test_whoever_cannot_come_has_the_next_called_once(paged: House) -> None:
    assert "Bo is called now for PG-1" in said(await paged.say("ana", "sorry, I can't come"))
    assert "Bo is called for PG-1 already." in said(await paged.say("ana", "I can't come"))
    assert ["ana", "bo"] == await calls(paged)


async def test_whoever_is_offered_a_page_and_does_not_take_it_leaves_it_where_it_is(paged: House) -> None:
    await paged.command("ana", "/oncall ack PG-1")
    await paged.command("ana", "/oncall handover PG-1 bo")
    assert "PG-1 stays with Ana, who is told." in said(await paged.say("bo", "I can't take it"))
    assert ("ana", "") == ((await page(paged)).owner, (await page(paged)).offered)
    assert "PG-1 does not call you." in said(await paged.say("bo", "decline PG-1"))


async def test_where_nobody_else_is_called_the_alarm_is_raised_and_somebody_can_be_named(
    paged: House,
) -> None:
    await paged.command("ana", "/incident page bo the disk is full")
    told = said(await paged.say("bo", "I can't come"))
    assert "Nobody else is called for PG-2: the disk is full; the alarm is raised." in told
