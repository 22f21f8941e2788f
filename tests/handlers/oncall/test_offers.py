"""A page that somebody has and offers to another."""

import pytest

from core.paging import records, units
from core.paging.page import Plan, Step
from core.paging.units import Wish
from core.store.engine import Unit
from core.world import World
from handlers.cards.card import Button
from tests.handlers.house import House, said


async def test_a_page_that_is_offered_does_not_say_that_it_calls(house: House) -> None:
    await house.command("ana", "/incident page bo the database is slow")
    await house.command("bo", "/oncall ack PG-1")
    await house.command("bo", "/oncall handover PG-1 ana")
    offered = "Bo asks you to take PG-1 over: the database is slow"
    said_then = said(await house.say("ana", "yes"))
    assert f"{offered}. “ack” takes it." in said_then
    assert offered in said(await house.command("ana", "/wardroom mine"))
    await house.command("bo", "/incident page ana the queue is full")
    assert "Bo still asks you to take PG-1 over" in said(await house.command("ana", "/oncall ack PG-2"))


async def test_whoever_is_asked_to_take_a_page_over_has_a_button_for_it_and_hears_who_leads(
    house: House,
) -> None:
    await house.command("ana", "/incident declare checkout is down")
    await house.command("bo", "/incident ack INC-1")
    await house.command("ana", "/incident page INC-1 bo look")
    await house.store.transact(units.adopt, await house.store.read(records.get, "PG-1"))
    await house.command("bo", "/oncall ack PG-1")
    assert ["Hand over…", "Give back"] == [one.label for one in (await house.live("page", "PG-1")).controls]
    await house.command("bo", "/oncall handover PG-1 ana")
    card = await house.live("page", "PG-1")
    assert ["I take it", "Hand over…", "Give back"] == [one.label for one in card.controls]
    told = said(await house.press("ana", card, "I take it"))
    assert "PG-1 is yours" in told
    assert "Bo still leads INC-1; /incident lead INC-1 makes you lead it." in told.replace("`", "")


async def test_several_are_acknowledged_in_one_sentence(house: House) -> None:
    for _ in range(3):
        await house.command("ana", "/incident declare --new checkout is down")
        await house.command("ana", "/incident page bo the database is slow")
    await house.command("ana", "/incident ack INC-2")
    told = said(await house.say("bo", "ack INC-1, INC-2, INC-9 and INC-03"))
    for part in (
        "You lead INC-1: checkout is down.",
        "INC-2 is acknowledged already; Ana leads.",
        "You lead INC-3",
        "There is no incident INC-9.",
    ):
        assert part in told
    told = said(await house.say("bo", "ack PG-1 and PG-3"))
    assert "PG-1 is yours" in told
    assert "PG-3 is yours" in told
    assert "PG-2 still calls you" in told


async def test_whoever_has_none_and_is_called_hears_what_can_be_done_with_that(house: House) -> None:
    await house.command("ana", "/incident page bo the database is full")
    for command in ("release", "done"):
        told = said(await house.command("bo", f"/oncall {command}")).replace("`", "")
        assert "You have no page yet. PG-1 calls you." in told
        assert "/oncall ack PG-1 takes it" in told
    assert "none calls you" in said(await house.command("ana", "/oncall release"))


async def test_what_still_calls_stands_before_what_somebody_has(house: House) -> None:
    for what in ("the database", "the queue", "the disk"):
        await house.command("ana", f"/incident page bo {what} is full")
    await house.command("bo", "/oncall ack PG-1")
    card = await house.command("ana", "/oncall pages")
    assert ["PG-2", "PG-3", "PG-1"] == [one.object for one in card.controls if isinstance(one, Button)]


async def test_what_somebody_has_is_found_however_much_calls(house: House) -> None:
    await house.command("ana", "/incident page bo the database is full")
    await house.command("bo", "/oncall ack PG-1")
    await house.store.transact(_storm, house.world)
    assert "PG-1 is nobody's now" in said(await house.command("bo", "/oncall release"))


def _storm(unit: Unit, world: World) -> None:
    for number in range(60):
        wish = Wish(f"fault {number}", Plan(steps=(Step(people=("ana",)),)), world.people["bo"])
        units.start(unit, world, wish)


@pytest.mark.parametrize("words", ["accept", "accept it", "I accept the handover", "accept PG-1"])
async def test_whoever_accepts_what_is_offered_to_them_has_it(house: House, words: str) -> None:
    await house.command("ana", "/incident page bo the database is slow")
    await house.command("bo", "/oncall ack PG-1")
    assert "No swap waits for you." in said(await house.say("ana", "accept"))
    await house.command("bo", "/oncall handover PG-1 ana")
    assert "PG-1 is yours: the database is slow. Bo had it until now." in said(await house.say("ana", words))


async def test_what_waits_is_named_where_more_than_one_may_be_accepted(house: House) -> None:
    for number, title in enumerate(("the database is slow", "the queue is full"), start=1):
        await house.command("ana", f"/incident page bo {title}")
        await house.command("bo", f"/oncall ack PG-{number}")
        await house.command("bo", f"/oncall handover PG-{number} ana")
    told = said(await house.say("ana", "accept"))
    assert "PG-2 and PG-1 wait for you." in told
    assert "accept PG-2" in told
    assert "PG-1 is yours" in said(await house.say("ana", "accept PG-1"))


@pytest.mark.parametrize(
    "words", ["release both", "give both back", "release all of my pages", "release PG-1 and PG-2"]
)
async def test_several_pages_are_given_back_in_one_sentence(house: House, words: str) -> None:
    for number in (1, 2):
        await house.command("ana", "/incident page bo the database is slow")
        await house.command("bo", f"/oncall ack PG-{number}")
    told = said(await house.say("bo", words))
    assert "PG-1" in told
    assert "PG-2" in told
    assert "You have no page" in said(await house.say("bo", words.replace("PG-1 and PG-2", "both")))


async def test_both_are_not_three(house: House) -> None:
    for number in (1, 2, 3):
        await house.command("ana", "/incident page bo the database is slow")
        await house.command("bo", f"/oncall ack PG-{number}")
    assert "You have PG-1, PG-2, PG-3." in said(await house.say("bo", "release both"))
    assert "bo" == (await house.store.read(records.get, "PG-1")).owner


async def test_the_only_page_is_handed_over_where_nothing_but_the_person_is_named(house: House) -> None:
    await house.command("ana", "/incident page bo the database is full")
    await house.command("bo", "/oncall ack PG-1")
    told = said(await house.command("bo", "/oncall handover ana"))
    assert "Ana is called to take PG-1 over. Until they answer it stays with Bo." in told
    assert "You have no page" in said(await house.command("dev", "/oncall handover bo"))
    await house.command("ana", "/incident page bo the queue is full")
    await house.command("bo", "/oncall ack PG-2")
    told = said(await house.command("bo", "/oncall handover ana")).replace("`", "")
    assert "PG-1 and PG-2 are yours. Say which: /oncall handover PG-1 ana." in " ".join(told.split())
