from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core.clock import ManualClock
from core.oncall.schedule import Layer, Schedule
from core.store import events
from core.world import World
from handlers.cards.card import Card
from tests.handlers.house import House, said, world

WEEKLY = Layer(("ana", "bo"), "weekly", datetime(2026, 1, 5, 9))  # noqa: DTZ001 - a time on the wall


def watched() -> World:
    known = world()
    teams = {"platform": known.teams["platform"].model_copy(update={"schedule": "primary"})}
    roles = {**known.roles, "sre": known.roles["sre"] | {"oncall.*"}}
    return replace(
        known, teams=teams, roles=roles, schedules={"primary": Schedule("primary", "UTC", (WEEKLY,))}
    )


async def at_team(house: House) -> list[str]:
    cards = [Card.model_validate(row["card"]) for row in await house.queued("say") if "card" in row]
    return [card.summary for card in cards]


async def test_everybody_known_may_see_who_is_on_call_until_when_and_who_follows(house: House) -> None:
    house.world = watched()
    shown = said(await house.command("gus", "/oncall show"))
    assert "platform  @Ana     2026-03-09 09:00 UTC  @Bo from 2026-03-09 09:00 UTC" in shown
    assert "@Bo" in said(await house.command("gus", "/oncall show platform mon 09:30")).splitlines()[2]
    assert shown == said(await house.say("gus", "who is on call?"))
    assert shown == said(await house.say("gus", "who's on call for platform?"))


@pytest.mark.parametrize(
    "text",
    ["see who's on call next week", "who will be on call on 10 march?", "who has the pager in 8 days"],
)
async def test_a_time_in_words_is_asked_about(house: House, text: str) -> None:
    house.world = watched()
    told = said(await house.say("gus", text))
    assert "@Bo" in told.splitlines()[2].split("2026")[0]
    assert "On call at 2026-03-" in told


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("who was on call on sunday?", "2026-03-01 12:00"),
        ("who was on call saturday night?", "2026-03-01 00:00"),
        ("who is on call on sunday", "2026-03-08 12:00"),
    ],
)
async def test_who_was_on_call_is_asked_of_the_day_that_is_over(house: House, text: str, at: str) -> None:
    house.world = watched()
    assert f"On call at {at} UTC" in said(await house.say("gus", text))


async def test_who_is_on_call_for_a_service_is_who_is_for_its_owner(house: House) -> None:
    house.world = watched()
    assert "platform  @Ana " in said(await house.say("gus", "who is on call for checkout"))
    assert "platform  @Bo " in said(await house.say("gus", "who was on call for checkout on sunday?"))
    told = said(await house.say("gus", "who is on call for payments"))
    assert "payments belongs to no team, so nobody is on call for it." in told


async def test_a_team_without_a_schedule_is_told_with_those_that_have_one(house: House) -> None:
    house.world = watched()
    told = said(await house.command("ana", "/oncall show platfrom"))
    assert "has no on-call schedule" in told
    assert "Did you mean “platform”?" in told


async def test_an_override_holds_for_its_time_and_the_team_hears_of_it(
    house: House, clock: ManualClock
) -> None:
    house.world = watched()
    answer = said(await house.command("ana", "/oncall override platform bo 4h dentist"))
    assert "told in the channel of platform" in answer
    told = (
        "@Bo is on call for platform from 2026-03-02 09:00 UTC until 2026-03-02 13:00 UTC "
        "instead of @Ana, decided by @Ana."
    )
    # In the channel of the team, and to Bo alone, who did not do it himself.
    assert [told, told] == await at_team(house)
    assert "@Bo" in said(await house.command("gus", "/oncall show platform")).splitlines()[2]
    clock.advance(timedelta(hours=4))
    assert "@Ana" in said(await house.command("gus", "/oncall show platform")).splitlines()[2]
    logged = await house.store.read(events.history, "primary")
    assert [("oncall.overridden", "ana", "dentist", ["ana"])] == [
        (it["kind"], it["actor"], it["data"]["reason"], it["data"]["instead_of"]) for it in logged
    ]


async def test_changing_who_is_on_call_needs_the_permission(house: House) -> None:
    house.world = watched()
    for words in ("override platform bo 4h", "swap platform bo"):
        assert "needs the permission `oncall." in said(await house.command("gus", f"/oncall {words}"))


async def test_an_override_that_makes_no_sense_is_refused_in_words(house: House) -> None:
    house.world = watched()
    for span, why in (("soon", "is no span"), ("70d", "too long"), ('"2020-01-01T09:00/8h"', "over already")):
        assert why in said(await house.command("ana", f"/oncall override platform bo {span}"))


async def test_ones_own_page_says_that_one_is_on_call_and_away(house: House) -> None:
    house.world = watched()
    assert "You are on call for platform until 2026-03-09 09:00 UTC." in said(
        await house.command("ana", "/wardroom mine")
    )
    assert "You are on call" not in said(await house.command("bo", "/wardroom mine"))
    await house.command("bo", "/approvals away 8h")
    assert "You are away until 2026-03-02 17:00 UTC." in said(await house.command("bo", "/wardroom mine"))
