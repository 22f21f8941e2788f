"""What is ordered of an incident that is not named: the one of this room, else the one spoken of last, shown before it is done."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.incidents import records
from core.incidents.incident import Incident, State
from handlers.cards.card import Card
from tests.handlers.house import HERE, House, said
from tests.handlers.wishing import wishing
from tests.stores import sqlite_url

DM = HERE.model_copy(update={"channel": "D0ANA", "direct": True})
ROOM = HERE.under("m7")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which two incidents are open, and the first of them was looked at last."""
    async with wishing(sqlite_url(tmp_path)) as made:
        await made.command("ana", "/incident declare checkout is down")
        await made.command("ana", "/incident declare payments is down")
        yield made


async def incident(house: House, named: str = "INC-1") -> Incident:
    return await house.store.read(records.get, named)


async def agreed(house: House, words: str) -> Card:
    """What is shown for words after INC-1 was looked at, and it is agreed to."""
    await house.say("ana", "/incident show INC-1", DM)
    asked = said(await house.say("ana", words, DM))
    assert "INC-1: checkout is down" in asked
    assert "Nothing was done yet" in asked
    return await house.say("ana", "yes", DM)


@pytest.mark.parametrize("words", ["assign it to bo", "please assign this to @bo", "give it to bo"])
async def test_it_is_given_to_somebody(house: House, words: str) -> None:
    assert "INC-1 belongs to Bo now." in said(await agreed(house, words))


@pytest.mark.parametrize("words", ["assign it to bo critical", "assign this to bo, make it sev1"])
async def test_it_is_given_to_somebody_and_graded_in_one_sentence(house: House, words: str) -> None:
    assert "INC-1 belongs to Bo now. It is SEV1 now." in said(await agreed(house, words))
    assert 1 == (await incident(house)).severity


async def test_it_is_linked(house: House) -> None:
    assert "INC-1 is linked to INC-2." in said(await agreed(house, "link it to INC-2"))


async def test_several_are_merged_in_one_sentence(house: House) -> None:
    await house.command("ana", "/incident declare search is down")
    assert "Nothing was done yet" in said(await house.say("ana", "merge INC-1 and INC-2 into INC-3", DM))
    assert "INC-1 and INC-2 are parts of INC-3 now" in said(await house.say("ana", "yes", DM))
    assert ["INC-3"] * 2 == [(await incident(house, one)).merged_into for one in ("INC-1", "INC-2")]


@pytest.mark.parametrize("words", ["hand over command to bo", "make bo the commander", "bo takes the lead"])
async def test_somebody_else_gets_the_command(house: House, words: str) -> None:
    await agreed(house, words)
    assert "bo" == (await incident(house)).lead


@pytest.mark.parametrize(
    ("words", "role"),
    [("make bo the scribe", "scribe"), ("make bo communications lead", "comms")],
)
async def test_somebody_else_gets_a_part(house: House, words: str, role: str) -> None:
    await agreed(house, words)
    assert "bo" == getattr(await incident(house), role)


@pytest.mark.parametrize("words", ["post an update: rollback done", "update: rollback done"])
async def test_an_update_is_posted(house: House, words: str) -> None:
    assert "It stands on the card of INC-1 now" in said(await agreed(house, words))


async def test_the_severity_is_set_and_the_reason_is_kept(house: House) -> None:
    await agreed(house, "set severity to sev4 because only eu users are affected")
    assert 4 == (await incident(house)).severity
    assert "only eu users are affected" in said(await house.say("ana", "/incident history INC-1"))
    await agreed(house, "make it sev2, the board asks")
    assert 2 == (await incident(house)).severity
    assert "the board asks" in said(await house.say("ana", "/incident history INC-1"))


async def test_an_order_after_another_is_no_part_of_that_one(house: House) -> None:
    await agreed(house, "make it sev2, customers cannot pay at all")
    told = said(await house.say("ana", "make this sev4", DM))
    assert ("customers" in told, "INC-1: checkout is down" in told) == (False, True)
    assert "INC-1 is SEV4 now." in said(await house.say("ana", "yes", DM))


async def test_a_task_is_added(house: House) -> None:
    assert "It is task 1 of INC-1: rotate the keys" in said(
        await agreed(house, "add a task: rotate the keys")
    )


@pytest.mark.parametrize("words", ["summary of INC-1", "write me a summary of INC-1", "give me a summary"])
async def test_a_summary_is_told_without_asking(house: House, words: str) -> None:
    await house.say("ana", "/incident show INC-1", DM)
    assert "INC-1 for responders" in said(await house.say("ana", words, DM))
    assert "INC-1 for managers" in said(await house.say("ana", f"{words} for management", DM))


@pytest.mark.parametrize("words", ["who is commander", "what's the status of my incident?"])
async def test_who_asks_about_the_incident_is_shown_the_one_spoken_of(house: House, words: str) -> None:
    await house.say("ana", "/incident show INC-1", DM)
    assert "INC-1" in said(await house.say("ana", words, DM))


async def test_where_none_was_spoken_of_it_is_asked_which(house: House) -> None:
    asked = await house.say("ana", "post an update: rollback done", DM)
    assert "Which incident do you mean?" in said(asked)
    await house.press("ana", asked, "INC-2")
    assert "Rollback done" in said(await house.say("ana", "/incident history INC-2"))


async def test_in_its_room_it_is_done_at_once(house: House) -> None:
    await house.posted("INC-1", HERE, "m7")
    await house.say("ana", "/incident show INC-2", ROOM)
    assert "INC-1 belongs to Bo now." in said(await house.say("ana", "assign it to bo", ROOM))
    assert "was told in its thread" in said(await house.say("ana", "post an update: rollback done", ROOM))
    await house.say("ana", "make it sev2, customers cannot pay at all", ROOM)
    assert "INC-1 is SEV4 now." in said(await house.say("ana", "make this sev4", ROOM))
    assert "commander of INC-1" in said(await house.say("ana", "ack this", ROOM))
    assert "Lead: @Ana" in said(await house.say("ana", "who leads this?", ROOM))


async def test_in_its_thread_examples_are_about_that_one(house: House) -> None:
    await house.posted("INC-2", HERE, "m7")
    told = said(await house.say("ana", "how do I see the timeline of an incident?", ROOM))
    assert "/incident history INC-2" in told
    assert "INC-1" not in told


async def test_in_its_room_what_is_over_is_only_offered_to_be_closed(house: House) -> None:
    await house.posted("INC-1", HERE, "m7")
    assert "INC-1 is SEV2 now." in said(await house.say("ana", "bump this up to sev2 please", ROOM))
    await house.submit("ana", "incident.resolve", "INC-1", cause="a bad deploy")
    assert "/incident close INC-1" in said(await house.say("ana", "close it", ROOM))
    assert "INC-1 is closed." in said(await house.say("ana", "yes", ROOM))
    for words in ("close it", "/incident resolve INC-1 it is over"):
        assert "INC-1 is closed already." in said(await house.say("ana", words, ROOM))


async def test_what_is_resolved_already_is_offered_to_be_closed(house: House) -> None:
    await house.submit("ana", "incident.resolve", "INC-1", cause="a bad deploy")
    assert "INC-1 is closed." in said(await agreed(house, "close it"))
    assert State.CLOSED is (await incident(house)).state
    assert "INC-1 is closed already." in said(await house.say("ana", "close it", DM))


async def test_a_cause_that_is_written_as_a_setting_is_the_cause(house: House) -> None:
    await house.say("ana", 'resolve INC-1 cause="a bad certificate"')
    await house.say("ana", "yes")
    assert "a bad certificate" == (await incident(house)).cause


@pytest.mark.parametrize(
    "words",
    [
        "everything is down, help!",
        "sev1! the shop is down",
        "there is a sev2 incident: search is slow for everybody",
    ],
)
async def test_how_grave_it_is_and_what_is_down_is_offered_to_be_declared(house: House, words: str) -> None:
    assert "Declare an incident?" in said(await house.say("ana", words, DM))


async def test_the_run_that_was_spoken_of_is_taken_back_after_it_was_shown(house: House) -> None:
    assert "Which run do you mean?" in said(await house.say("ana", "roll it back", DM))
    await house.say("ana", "restart checkout in staging", DM)
    await house.say("ana", "/runbook cancel RUN-1", DM)
    for words in ("roll it back", "roll back the last deploy", "undo that run"):
        told = said(await house.say("ana", words, DM))
        assert "RUN-1: restart-service of checkout in staging (cancelled)" in told
        assert "Nothing was done yet" in told


async def test_the_run_that_was_spoken_of_is_paused_and_goes_on_after_it_was_shown(house: House) -> None:
    assert "Which run do you mean?" in said(await house.say("ana", "pause it", DM))
    await house.say("ana", "restart checkout in staging", DM)
    assert "RUN-1: restart-service of checkout in staging" in said(await house.say("ana", "pause it", DM))
    for words in ("did the restart work?", "why did it fail"):
        assert "/runbook status RUN-1" in said(await house.say("ana", words, DM))
    assert "RUN-1 is paused" in said(await house.say("ana", "yes", DM))
    await house.say("ana", "resume the run", DM)
    assert "RUN-1 goes on." in said(await house.say("ana", "yes", DM))


async def test_to_break_the_glass_in_words_needs_a_reason_and_is_shown_first(house: House) -> None:
    house.world = replace(
        house.world, roles=dict(house.world.roles) | {"guest": frozenset({"approval.break_glass"})}
    )
    await house.say("bo", "restart checkout in staging", DM)
    words = "break the glass on AP-1"
    assert "it needs the permission" in said(await house.say("ana", words, DM))
    assert "Breaking the glass needs a reason." in said(await house.say("gus", words, DM))
    told = said(await house.say("gus", f"{words} because nobody answers", DM))
    assert "/approvals breakglass AP-1 nobody answers" in told
    assert "Nothing was done yet" in told
    assert "You approved AP-1 alone." in said(await house.say("gus", "yes", DM))


async def test_to_roll_a_service_back_says_what_does_it(house: House) -> None:
    told = said(await house.say("ana", "roll back checkout in production", DM))
    assert "/runbook rollback RUN-1" in told


async def test_a_slip_of_a_finger_still_finds_the_runbook(house: House) -> None:
    assert "Run restart-service or restart-cache?" in said(
        await house.say("ana", "pls restrat checkout in staging", DM)
    )


async def test_whoever_may_not_is_refused_before_anything_is_asked_and_told_who_may(house: House) -> None:
    told = said(await house.say("gus", "there is an outage, customers cannot pay on checkout", DM))
    assert "it needs the permission incident.declare" in told.replace("`", "")
    assert "Ask somebody who may: Ana, Bo." in told
    assert "Still open" not in said(await house.say("gus", "/wardroom open", DM))


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("mttr last month", "Incidents from 2026-02-01 00:00 UTC to 2026-03-01"),
        ("how many incidents did we have this week?", "Incidents from 2026-03-02 00:00 UTC"),
        ("what do i prefer", "What I keep about you"),
        ("is anybody working on it?", "INC-1"),
        ("who acked PG-1?", "There is no page PG-1."),
    ],
)
async def test_plain_questions_reach_what_knows(house: House, words: str, answer: str) -> None:
    assert answer in said(await house.say("ana", words, DM))


async def test_what_is_ordered_politely_is_ordered(house: House) -> None:
    assert "INC-1 belongs to Bo now." in said(
        await house.say("ana", "could you assign INC-1 to bo, please?", DM)
    )
    assert "INC-1 belongs to team platform" in said(await house.say("ana", "can you unassign INC-1?", DM))
    assert "Nothing was done yet" in said(await house.say("ana", "can you make bo the commander?", DM))
    await house.say("ana", "yes", DM)
    assert "bo" == (await incident(house)).lead
