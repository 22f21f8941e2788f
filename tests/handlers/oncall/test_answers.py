"""What whoever answers is told: what is theirs, what was over by then, and what still calls them, with a button for it."""

from core.paging import records as pages
from core.paging.page import State
from tests.handlers.house import House, said


async def three(house: House) -> None:
    """PG-1, PG-2 and PG-3 call Bo."""
    for what in ("database", "queue", "disk"):
        await house.command("ana", f"/incident page bo the {what} is full")


async def open_ones(house: House) -> list[str]:
    return [one.id for one in await house.store.read(pages.open_now) if one.state is State.CALLING]


async def test_what_still_calls_has_buttons_one_by_one_and_together(house: House) -> None:
    await three(house)
    card = await house.say("bo", "on it")
    assert "PG-3 is yours: the disk is full." in said(card)
    assert "PG-2 (the queue is full), PG-1 (the database is full) still call you." in said(card)
    assert ["I take both", "I take PG-2", "I take PG-1"] == [one.label for one in card.controls]
    told = await house.press("bo", card, "I take PG-1")
    assert ["I take PG-2"] == [one.label for one in told.controls]
    assert "PG-2 is yours" in said(await house.press("bo", card, "I take both"))
    assert [] == await open_ones(house)


async def test_one_that_is_over_leaves_the_others_to_whoever_takes_them(house: House) -> None:
    await three(house)
    await house.command("ana", "/oncall done PG-1")
    told = said(await house.say("bo", "ack PG-1, PG-2 and PG-3"))
    assert "PG-2 is yours" in told
    assert "PG-3 is yours" in told
    assert "PG-1 is over by now." in told
    assert [] == await open_ones(house)
    assert "PG-1 is over." in said(await house.command("bo", "/oncall ack PG-1"))


async def test_who_had_a_page_is_named_to_whoever_takes_it_over(house: House) -> None:
    await three(house)
    await house.command("bo", "/oncall ack PG-1")
    told = said(await house.command("ana", "/oncall take PG-1"))
    assert "PG-1 is yours: the database is full. Bo had it until now." in told


async def test_what_is_given_back_and_leads_to_nobody_else_says_so(house: House) -> None:
    await three(house)
    await house.command("bo", "/oncall ack PG-1")
    told = said(await house.say("bo", "give PG-1 back"))
    assert "PG-1 is nobody's now, and its escalation leads to nobody else: the alarm is raised." in told
    assert "/incident page @name the database is full calls somebody." in told.replace("`", "")
