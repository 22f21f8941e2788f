from dataclasses import replace

import pytest

from core.incidents import records
from core.incidents.incident import State
from core.incidents.roles.role import Role
from core.incidents.units import BRIEF
from core.notify.channel import Channel
from core.place import Place
from core.store import outbox
from core.store.engine import Unit
from core.wiring import LOST
from handlers.cards.card import Card, Select
from handlers.registry import REGISTRY
from tests.handlers.house import OPS, House, person, said

DOWN = "checkout is down"


async def handed(house: House) -> list[tuple[str, Card]]:
    """Who has a card of a part of theirs in their direct messages, as it stands now."""

    def look(unit: Unit) -> list[tuple[str, str]]:
        found = outbox.refs(unit, BRIEF, "INC-1:")
        return [(place.channel, ref) for ref in found for place in outbox.places(unit, BRIEF, ref)]

    cards = await house.store.read(look)
    return [(channel.removeprefix("@"), await house.live(BRIEF, ref)) for channel, ref in cards]


async def test_a_new_commander_is_greeted_with_what_is_needed(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN, severity="sev1")
    await house.say("ana", "/incident update INC-1 the pool is full")
    answer = await house.command("ana", "/incident role INC-1 commander @bo")
    assert "Bo is commander of INC-1 now, and was told in private what they need." in said(answer)
    ((who, card),) = await handed(house)
    assert who == "U0BO"
    for words in (
        "You lead INC-1 now.",
        "SEV1 (critical)",
        "checkout",
        "the pool is full",
        "Nobody has: communications and scribe",
    ):
        assert words in said(card)
    assert ["Post update…", "Hand over…", "Timeline"] == [one.label for one in card.controls]


async def test_a_hand_over_is_told_to_both_in_the_thread(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("bo", "/incident ack INC-1")
    await house.command("dev", "/incident lead INC-1 ana")  # may not: nothing changes
    assert (await house.store.read(records.get, "INC-1")).lead == "bo"
    await house.command("bo", "/incident lead INC-1 @ana")
    rows = [row for row in await house.queued("say") if "handed over" in str(row.get("text"))]
    assert rows[0]["text"] == "Bo handed over: Ana is commander now."
    assert ["ana"] == rows[0]["ping"]


async def test_whoever_takes_a_part_gets_the_briefing_as_the_answer(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    card = await house.live("incident", "INC-1")
    menu = next(one for one in card.controls if one.label == "Take a role")
    assert isinstance(menu, Select)
    answer = await house.click("bo", menu.verb, menu.object, value="communications")
    assert "You are communications of INC-1 now." in said(answer)
    assert [] == list(answer.controls)
    ((who, card),) = await handed(house)
    assert ("U0BO", True) == (who, "You speak for INC-1 now." in said(card))
    assert "communications: Bo, scribe: nobody yet" in said(await house.live("incident", "INC-1"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/incident role INC-1", "Which role?"),
        ("/incident role INC-1 skribe", "Did you mean scribe?"),
        ("/incident role INC-1 scribe @nobody-here", "I know nobody called"),
        ("/incident role INC-1 scribe nobody", "Nobody is scribe of INC-1."),
        ("/incident assign INC-1 plattform", "Nor is it a team."),
        ("/incident close INC-1", "It is resolved first, with its cause"),
    ],
)
async def test_what_cannot_be_is_answered_with_what_can(house: House, text: str, expected: str) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    before = await house.store.read(records.get, "INC-1")
    assert expected in said(await house.command("ana", text))
    assert await house.store.read(records.get, "INC-1") == before


async def test_it_is_assigned_in_words_and_closed_after_its_end(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.say("ana", "assign INC-1 to team platform")
    await house.say("ana", "assign INC-1 to bo")
    assert "team platform, @Bo" in said(await house.live("incident", "INC-1"))
    await house.command("ana", "/incident close INC-1 a bad deploy")
    ended = await house.store.read(records.get, "INC-1")
    assert (State.RESOLVED, "a bad deploy") == (ended.state, ended.cause)
    await house.command("ana", "/incident close INC-1")
    assert (await house.store.read(records.get, "INC-1")).state is State.CLOSED


async def test_a_surname_that_is_called_like_a_grade_grades_nothing(house: House) -> None:
    mia = person("mia", "sre").model_copy(update={"name": "Mia High"})
    house.world = replace(house.world, people={**house.world.people, "mia": mia})
    await house.command("ana", "/incident declare", title=DOWN, severity="SEV3")
    assert "INC-1 belongs to Mia High now." in said(
        await house.command("ana", "/incident assign INC-1 Mia High")
    )
    assert 3 == (await house.store.read(records.get, "INC-1")).severity
    await house.command("ana", "/incident assign INC-1 platform, low")
    assert 4 == (await house.store.read(records.get, "INC-1")).severity


async def test_a_state_takes_the_permission_of_the_verb_that_leads_to_it(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    house.world = replace(
        house.world, roles={**house.world.roles, "developer": frozenset({"incident.update"})}
    )
    refused = await house.command("dev", "/incident update INC-1 state=acknowledged on it")
    assert "it needs the permission `incident.ack`" in said(refused)
    assert (await house.store.read(records.get, "INC-1")).state is State.OPEN


async def test_the_cards_of_a_part_tell_when_it_is_over_or_with_somebody_else(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("ana", "/incident ack INC-1")
    await house.command("ana", "/incident lead INC-1 @bo")
    await house.command("bo", "/incident lead INC-1 @ana")
    words = [(who, said(card).splitlines()[0], bool(card.controls)) for who, card in await handed(house)]
    passed = "INC-1 is acknowledged; Ana is commander."
    assert [
        ("U0ANA", passed, False),
        ("U0BO", passed, False),
        ("U0ANA", "You lead INC-1 now.", True),
    ] == words
    await house.command("ana", "/incident resolve INC-1 a bad deploy")
    assert all(
        ("INC-1 is resolved; Ana was commander." in said(card), card.controls) == (True, ())
        for _, card in await handed(house)
    )


async def test_the_briefing_tells_when_somebody_else_has_the_part_by_now(house: House) -> None:
    await house.command("ana", "/incident declare", title=DOWN)
    card = REGISTRY.views["incident_brief"]
    shown = await house.store.read(card, house.world, f"INC-1:{Role.SCRIBE}")
    assert "INC-1 is open; nobody is scribe." in said(shown)


async def loses(house: House, ref: str) -> None:
    """The last copy of a briefing could not be posted."""
    last = (await house.store.read(outbox.places, BRIEF, ref))[-1]
    await house.store.transact(LOST[BRIEF], house.world, ref, BRIEF, last)


async def test_a_briefing_that_does_not_arrive_goes_to_another_chat_and_then_to_the_thread(
    house: House,
) -> None:
    local = Place(platform="local", channel="ops")
    house.world = replace(house.world, channels={"ops": Channel(name="ops", places=(OPS, local))})
    await house.command("ana", "/incident declare", title=DOWN)
    await house.command("ana", "/incident lead INC-1 @bo")
    ((_, _),) = await handed(house)
    (ref,) = await house.store.read(outbox.refs, BRIEF, "INC-1:")
    await loses(house, ref)
    assert ["@U0BO", "@bo"] == [one.channel for one in await house.store.read(outbox.places, BRIEF, ref)]
    await loses(house, ref)
    (called,) = [row for row in await house.queued("say") if "direct message" in str(row.get("text"))]
    assert (["bo"], "local") == (called["ping"], Place.model_validate(called["place"]).platform)
    # Somebody else has the part by now: nobody is called for it.
    await house.command("ana", "/incident lead INC-1 me")
    await loses(house, ref)
    assert 1 == sum("direct message" in str(row.get("text")) for row in await house.queued("say"))
