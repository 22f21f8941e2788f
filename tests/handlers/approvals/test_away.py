from dataclasses import replace
from datetime import timedelta

from core.approvals import units
from core.approvals.draft import Draft
from core.approvals.request import Ask, Choice, Request, Status, Terms
from core.clock import ManualClock
from core.hours import Hours, parse_days, parse_time
from core.oncall import units as oncall
from core.people import units as person_units
from core.people.availability import Standing
from core.store import events
from tests.handlers.house import House, said

OFFICE = Hours(parse_days("mon-fri"), parse_time("09:00"), parse_time("17:00"))


async def asked(house: House) -> Request:
    await house.store.transact(person_units.sync, house.world.people)
    draft = Draft(
        "deploy",
        "Deploy",
        "",
        {"service": "checkout"},
        house.world.people["dev"],
        Terms(ask=(Ask(role="sre"),)),
        "k1",
    )
    return await house.store.transact(units.ask, draft, house.world.people, house.world.teams)


async def test_whoever_is_away_comes_last_on_the_card_with_when_they_are_back_and_may_decide(
    house: House,
) -> None:
    people = {**house.world.people, "ana": house.world.people["ana"].model_copy(update={"hours": OFFICE})}
    house.world = replace(house.world, people=people)
    request = await asked(house)
    assert "Still needed: 1 of @Ana (sre) and @Bo (sre)" in said(await house.live("approval", request.id))
    answer = said(await house.command("ana", "/approvals away 4d on a boat"))
    assert "You are away until 2026-03-06 09:00 UTC." in answer
    assert f"{request.id} still waits for you." in answer
    card = await house.live("approval", request.id)
    assert "Still needed: 1 of @Bo (sre) and @Ana (sre) (away until 2026-03-06 09:00 UTC)" in said(card)
    vote = (request.id, people["ana"], Choice.APPROVE, "", request.digest)
    assert Status.APPROVED is (await house.store.transact(units.decide, *vote)).request.status


async def test_outside_of_their_hours_people_are_shown_with_when_they_are_expected(
    house: House, clock: ManualClock
) -> None:
    people = {**house.world.people, "ana": house.world.people["ana"].model_copy(update={"hours": OFFICE})}
    house.world = replace(house.world, people=people)
    request = await asked(house)
    clock.advance(timedelta(hours=9))
    card = await house.live("approval", request.id)
    assert "1 of @Bo (sre) and @Ana (sre) (away until 2026-03-03 09:00 UTC)" in said(card)


async def test_being_away_is_listed_and_ended_and_kept_in_the_log(house: House) -> None:
    await house.command("ana", "/approvals away 3d to=bo on a boat")
    listed = said(await house.command("bo", "/approvals delegations"))
    assert "@Ana  @Bo              now   2026-03-05 09:00 UTC  on a boat" in listed
    assert "Welcome back." in said(await house.command("ana", "/approvals back"))
    assert "Everybody is here." in said(await house.command("bo", "/approvals delegations"))
    assert "You are not away" in said(await house.command("ana", "/approvals back"))
    kinds = [one["kind"] for one in await house.store.read(events.history, "ana")]
    assert ["person.away", "delegation.made", "person.back", "delegation.ended"] == kinds


async def test_a_deputy_for_a_time_to_come_joins_when_it_begins(house: House, clock: ManualClock) -> None:
    await asked(house)
    await house.command("ana", "/approvals away 1d to=bo the dentist")
    told = said(await house.command("ana", '/approvals away "wed 09:00/2d" to=bo'))
    assert "From 2026-03-04 09:00 UTC on you are away, and Bo may decide for you until 2026-03-06" in told
    listed = said(await house.command("bo", "/approvals delegations"))
    assert "@Ana  @Bo              now                   2026-03-03 09:00 UTC  the dentist" in listed
    assert "2026-03-04 09:00 UTC  2026-03-06 09:00 UTC" in listed


async def test_a_time_that_makes_no_sense_is_refused(house: House) -> None:
    for span in ("soon", "90d"):
        assert "You are away" not in said(await house.command("ana", f"/approvals away {span}"))


async def test_whoever_clicks_or_writes_is_there_for_a_quarter_of_an_hour(
    house: House, clock: ManualClock
) -> None:
    people = house.world.people
    await house.store.transact(person_units.sync, people)

    async def standing(who: str) -> Standing:
        return (await house.store.read(oncall.whereabouts, [people[who]], {}))[who].standing

    assert Standing.IN_HOURS is await standing("ana")
    await house.command("ana", "/wardroom whoami")
    assert Standing.HERE is await standing("ana")
    clock.advance(timedelta(minutes=15))
    assert Standing.HERE is await standing("ana")
    clock.advance(timedelta(seconds=1))
    assert Standing.IN_HOURS is await standing("ana")
