from dataclasses import replace
from datetime import timedelta

import pytest

from core.clock import ManualClock
from core.oncall.swapping import records
from core.oncall.swapping import units as swapping
from core.oncall.swapping.swap import State
from core.place import Place
from core.store import events, outbox
from core.store.engine import Store
from core.wiring import DEADLINES
from core.world import World
from handlers.cards.card import Card
from tests.handlers.house import HERE, TEAM, House, said
from tests.handlers.oncall.test_shifts import watched

ASKED = "/oncall swap platform bo"
TO_BO = Place(platform="slack", channel="@U0BO", workspace="T1", direct=True)
TO_ANA = Place(platform="slack", channel="@U0ANA", workspace="T1", direct=True)


async def on_call(house: House) -> str:
    shown = said(await house.command("gus", "/oncall show platform"))
    return shown.splitlines()[2].split()[1]


async def places(house: House, view: str) -> list[Place]:
    return await house.store.read(outbox.places, view, "SW-1")


async def state(store: Store, swap: str = "SW-1") -> State:
    return (await store.read(records.get, swap)).state


async def test_a_swap_is_asked_of_the_other_in_private_and_until_then_the_schedule_stays(
    house: House,
) -> None:
    house.world = watched()
    answer = said(await house.command("ana", ASKED + " reason=dentist"))
    assert "I asked Bo: SW-1. The schedule stays as it is until they accept" in answer
    assert "without an answer by 2026-03-09 09:00 UTC nothing changes" in answer
    assert "@Ana" == await on_call(house)
    assert ([TO_BO], [TO_ANA]) == (
        await places(house, swapping.VIEW),
        await places(house, swapping.OWN),
    )
    theirs, own = await house.live("swap", "SW-1"), await house.live("swap_own", "SW-1")
    assert ["Accept", "Decline"] == [one.label for one in theirs.controls]
    assert ["Withdraw"] == [one.label for one in own.controls]
    assert ("/oncall accept SW-1", "/oncall withdraw SW-1") == (theirs.hint, own.hint)
    assert "SW-1 · Ana asks Bo to swap shifts" in said(theirs)
    assert "Bo would be on call: 2026-03-02 09:00 UTC until 2026-03-09 09:00 UTC" in said(theirs)
    assert "dentist" in said(theirs)
    assert [] == await house.queued("say")


async def test_accepted_it_holds_on_both_sides_and_both_and_the_channel_are_told(
    house: House, clock: ManualClock
) -> None:
    house.world = watched()
    await house.command("ana", ASKED)
    clock.advance(timedelta(hours=2))
    answer = said(await house.press("bo", await house.live("swap", "SW-1"), "Accept"))
    assert "told in the channel of platform" in answer
    shown = said(await house.command("gus", "/oncall show platform"))
    assert "@Bo      2026-03-09 09:00 UTC  @Ana from 2026-03-09 09:00 UTC" in shown
    told = await house.queued("say")
    assert [TO_ANA, TEAM] == [Place.model_validate(row["place"]) for row in told]
    assert str(told[0]["text"]).startswith(
        "Bo accepted SW-1: they are on call for platform from 2026-03-02 11:00"
    )
    assert "Accepted by Bo." in said(await house.live("swap", "SW-1"))
    assert () == (await house.live("swap", "SW-1")).controls
    assert ["", ""] == [(await house.live(view, "SW-1")).hint for view in ("swap", "swap_own")]
    (logged,) = await house.store.read(events.history, "primary")
    assert ("oncall.swapped", "bo", "SW-1") == (logged["kind"], logged["actor"], logged["data"]["swap"])
    assert ["oncall.swap_proposed", "oncall.swap_accepted"] == [
        one["kind"] for one in await house.store.read(events.history, "SW-1")
    ]


async def test_a_long_reason_is_kept_as_far_as_it_is_read_and_shown_to_go_on(house: House) -> None:
    house.world = watched()
    long = "away " * 200
    await house.command("ana", "/oncall override platform bo", person="bo", span="2h", reason=long)
    await house.command("ana", ASKED, reason=long)
    for about in ("primary", "SW-1"):
        kept = (await house.store.read(events.history, about))[-1]["data"]["reason"]
        assert 500 >= len(kept) > 490
        assert kept.endswith("…")


async def test_only_whoever_was_asked_answers_and_only_once(house: House) -> None:
    house.world = watched()
    await house.command("ana", ASKED)
    for who in ("ana", "dev", "gus"):
        assert "SW-1 asks Bo, and only they can answer it." in said(
            await house.command(who, "/oncall accept SW-1")
        )
    assert "only they can withdraw it" in said(await house.command("bo", "/oncall withdraw SW-1"))
    # Being asked is enough: it needs no permission.
    house.world = replace(house.world, roles={**house.world.roles, "sre": frozenset({"approval.*"})})
    await house.command("bo", "/oncall accept")
    assert "SW-1 is accepted already." in said(await house.command("bo", "/oncall decline SW-1"))
    assert "No swap waits for you." in said(await house.command("bo", "/oncall accept"))


async def test_declined_or_withdrawn_nothing_changes_and_the_other_is_told(house: House) -> None:
    house.world = watched()
    await house.command("ana", ASKED)
    await house.command("bo", "/oncall decline SW-1")
    await house.command("ana", ASKED)
    await house.press("ana", await house.live("swap_own", "SW-2"), "Withdraw")
    assert "@Ana" == await on_call(house)
    told = await house.queued("say")
    assert [TO_ANA, TO_BO] == [Place.model_validate(row["place"]) for row in told]
    stands = "so nothing was swapped. `/oncall show platform` says how it stands."
    assert f"Bo declined SW-1, {stands}" == told[0]["text"]
    assert "Ana withdrew SW-2" in str(told[1]["text"])
    assert "Declined by Bo. Nothing was swapped." in said(await house.live("swap_own", "SW-1"))


async def test_what_nobody_answers_is_over_when_the_first_shift_begins_and_whoever_asked_is_told(
    house: House, clock: ManualClock
) -> None:
    house.world = watched()
    await house.command("ana", ASKED)
    clock.advance(timedelta(days=7))
    await house.store.transact(DEADLINES[swapping.DUE], house.world, "SW-1")
    assert State.LAPSED is await state(house.store)
    assert "SW-1 is lapsed already" in said(await house.command("bo", "/oncall accept SW-1"))
    (told,) = await house.told()
    # Ana's shift has ended with that: she is not told that she is on call.
    assert "@Bo" == await on_call(house)
    stands = "so nothing was swapped. `/oncall show platform` says how it stands."
    assert f"Bo has not answered SW-1 in time, {stands}" == told
    assert [] == (await house.store.read(events.history, "primary"))


async def test_accepting_too_late_changes_nothing_even_before_the_house_has_looked(
    house: House, clock: ManualClock
) -> None:
    house.world = watched()
    await house.command("ana", ASKED)
    clock.advance(timedelta(days=7))
    late = said(await house.command("bo", "/oncall accept SW-1"))
    assert "could be accepted until its first shift began" in late
    assert State.LAPSED is await state(house.store)


async def test_a_swap_whose_shifts_somebody_else_has_by_now_comes_to_nothing(house: House) -> None:
    house.world = watched()
    await house.command("ana", ASKED)
    await house.command("ana", "/oncall override platform dev 8h")
    assert "The schedule has changed since Ana asked" in said(await house.command("bo", "/oncall accept"))
    assert State.OVERTAKEN is await state(house.store)
    assert "@Dev" == await on_call(house)


async def test_the_same_is_not_asked_twice(house: House) -> None:
    house.world = watched()
    await house.command("ana", ASKED)
    again = said(await house.command("ana", ASKED))
    assert "You asked Bo that already: SW-1." in again
    back = said(await house.command("bo", "/oncall swap platform ana"))
    assert "Ana asked you that already: SW-1." in back
    assert "/oncall accept SW-1" in back


async def test_whoever_may_override_sets_a_swap_at_once_and_others_may_not(house: House) -> None:
    house.world = watched()
    told = said(await house.command("ana", "/oncall swap platform bo now=true"))
    assert "told in the channel of platform" in told
    assert "@Bo" == await on_call(house)
    assert "swapped with @Ana" in said(await house.command("gus", "/oncall show platform"))
    # A third person decides it for two others.
    house.world = replace(house.world, roles={**house.world.roles, "developer": frozenset({"oncall.swap"})})
    for words in ("bo ana", "bo ana now=true"):
        refused = said(await house.command("dev", f"/oncall swap platform {words}"))
        assert "needs the permission `oncall.override`" in refused
    assert "@Bo" == await on_call(house)


async def test_who_is_put_on_call_by_a_swap_at_once_is_told_alone_and_why(house: House) -> None:
    house.world = watched()
    await house.command("ana", "/oncall swap platform bo reason=dentist now=true")
    told = await house.queued("say")
    assert [TEAM, TO_BO] == [Place.model_validate(row["place"]) for row in told]
    for row in told:
        assert "@Bo is on call for platform from 2026-03-02 09:00 UTC" in said(
            Card.model_validate(row["card"])
        )
        assert "dentist" in said(Card.model_validate(row["card"]))
    assert "@Bo swapped with @Ana: dentist" in said(await house.command("gus", "/oncall show platform"))
    (logged,) = await house.store.read(events.history, "primary")
    assert "dentist" == logged["data"]["reason"]


async def test_the_usage_names_what_is_written_by_name(house: House) -> None:
    house.world = watched()
    usage = "Usage: `/oncall swap <team> <person> [other] [reason=…] [now=true]`"
    assert usage in said(await house.command("ana", "/oncall swap platform"))


@pytest.mark.parametrize("named", ["SW1", "sw-", "SW-1a", "SW–1"])
async def test_a_mistyped_swap_is_no_reason_to_decline_the_one_that_waits(house: House, named: str) -> None:
    house.world = watched()
    await house.command("ana", ASKED)
    answer = said(await house.command("bo", f"/oncall decline {named} away"))
    assert f"“{named}” is not an id of this kind. It looks like SW-12." in answer
    assert "asked" == (await house.store.read(records.get, "SW-1")).state
    assert "You declined SW-1;" in said(await house.command("bo", "/oncall decline SW-1, away"))
    assert (await house.told())[-1].endswith("Reason: away")


async def test_whoever_declines_or_withdraws_may_say_why_and_the_other_is_told(house: House) -> None:
    house.world = watched()
    ways = ("/oncall decline SW-1 not again", "/oncall decline not again", "decline SW-3: not again.")
    for number, words in enumerate(ways, start=1):
        await house.command("ana", ASKED)
        answer = said(await (house.command if words[0] == "/" else house.say)("bo", words))
        assert f"You declined SW-{number}; nothing changes, and Ana is told so, with your reason." in answer
        assert (await house.told())[-1].endswith("Reason: not again")
    await house.command("ana", ASKED)
    await house.command("ana", "/oncall withdraw SW-4 Bo is ill")
    assert (await house.told())[-1].endswith("Reason: Bo is ill")
    logged = await house.store.read(events.history, "SW-4")
    assert "Bo is ill" == logged[-1]["data"]["reason"]


async def test_whoever_has_no_shift_ahead_cannot_swap(house: House) -> None:
    house.world = watched()
    assert "Dev has no shift ahead in primary." in said(
        await house.command("ana", "/oncall swap platform dev")
    )
    assert "Nobody swaps with themselves." in said(await house.command("ana", "/oncall swap platform ana"))


async def test_whoever_cannot_be_shown_it_alone_is_named_where_the_team_is(house: House) -> None:
    house.world = watched()
    await house.command("ana", ASKED)
    await house.store.transact(swapping.on_lost, house.world, "SW-1", swapping.VIEW, TO_BO)
    assert [TO_BO, TEAM] == await places(house, swapping.VIEW)
    asked = await house.live("swap", "SW-1")
    assert any(
        span.kind == "who" and span.ping for part in asked.parts if part.kind == "text" for span in part.line
    )


async def test_what_whoever_is_asked_cannot_be_shown_is_told_to_whoever_asks_and_never_shown_to_them(
    house: House,
) -> None:
    house.world = without_channel()
    await house.command("ana", ASKED, Place(platform="slack", channel="D0ANA", workspace="T1", direct=True))
    await house.store.transact(swapping.on_lost, house.world, "SW-1", swapping.VIEW, TO_BO)
    assert ([TO_BO], [TO_ANA]) == (await places(house, swapping.VIEW), await places(house, swapping.OWN))
    (told,) = await house.queued("say")
    assert TO_ANA == Place.model_validate(told["place"])
    assert told["text"] == (
        "I could not reach Bo for SW-1. Tell them yourself: `/oncall accept SW-1` accepts it. "
        "`/oncall withdraw SW-1` takes it back."
    )
    await house.command("bo", "/oncall accept SW-1")
    assert "@Bo" == await on_call(house)


async def test_what_was_said_in_a_channel_is_shown_there_to_whoever_takes_no_direct_messages(
    house: House,
) -> None:
    house.world = without_channel()
    await house.command("ana", ASKED)
    await house.store.transact(swapping.on_lost, house.world, "SW-1", swapping.VIEW, TO_BO)
    assert [TO_BO, HERE] == await places(house, swapping.VIEW)
    assert [] == await house.queued("say")


async def test_a_schedule_of_two_teams_is_called_by_both_and_a_command_names_one(house: House) -> None:
    house.world = watched()
    second = house.world.teams["platform"].model_copy(update={"name": "storage"})
    house.world = replace(house.world, teams={**house.world.teams, "storage": second})
    await house.command("ana", ASKED)
    for view in ("swap", "swap_own"):
        assert "For: platform, storage" in said(await house.live(view, "SW-1"))
    await house.command("bo", "/oncall decline SW-1")
    assert "`/oncall show platform` says" in (await house.told())[0]
    assert "/oncall swap platform …" in said(await house.command("bo", "/oncall accept SW-1"))
    await house.command("ana", ASKED)
    await house.command("bo", "/oncall accept SW-2")
    assert "they are on call for platform, storage from" in (await house.told())[1]


def without_channel() -> World:
    """The team has no channel of its own."""
    known = watched()
    team = known.teams["platform"].model_copy(update={"places": ()})
    return replace(known, teams={"platform": team})
