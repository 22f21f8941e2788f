"""What takes something away or calls people, and several wishes at once: shown first, and one after the other."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.incidents import records as incidents
from core.paging import records as pages
from core.place import Place
from handlers.cards.card import Card
from tests.handlers.house import HERE, OPS, House, said
from tests.handlers.wishing import THREAD, run, wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


async def offered(house: House) -> Card:
    """What else was offered last."""
    return Card.model_validate((await house.queued("whisper"))[-1]["card"])


@pytest.mark.parametrize("answer", ["yes", "no"])
async def test_a_run_is_cancelled_by_words_only_after_it_was_shown(house: House, answer: str) -> None:
    await house.say("ana", "restart checkout in staging", THREAD)
    card = said(await house.say("ana", "cancel RUN-1"))
    assert "RUN-1: restart-service of checkout in staging (waits for people)" in card
    assert "That would be /runbook cancel RUN-1. Nothing was done yet." in card
    assert "WAITING_APPROVAL" == str((await run(house)).state)
    await house.say("ana", answer)
    wanted = "CANCELLED" if answer == "yes" else "WAITING_APPROVAL"
    assert wanted == str((await run(house)).state)


async def test_what_was_shown_is_what_is_done(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    card = await house.say("ana", "close INC-1, it was a false alarm")
    assert "INC-1: checkout is down" in said(card)
    await house.press("ana", card, "Go on")
    incident = await house.store.read(incidents.get, "INC-1")
    assert ("resolved", "it was a false alarm") == (str(incident.state), incident.cause)


async def test_a_command_and_an_acknowledgement_are_done_at_once(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    await house.say("ana", "ack INC-1")
    assert "acknowledged" == str((await house.store.read(incidents.get, "INC-1")).state)
    await house.command("ana", "/incident resolve INC-1 a false alarm")
    assert "resolved" == str((await house.store.read(incidents.get, "INC-1")).state)


async def test_people_are_called_by_words_only_after_it_was_shown_whom(house: House) -> None:
    card = await house.say("ana", "page bo")
    assert "Bo" in said(card)
    assert [] == await house.store.read(pages.open_now)
    await house.press("ana", card, "Go on")
    assert 1 == len(await house.store.read(pages.open_now))
    assert "I know nobody called “bob”." in said(await house.say("ana", "page bob"))


@pytest.mark.parametrize(
    "words", ["please page bo", "could you page bo, please?", "hey, can you please page bo"]
)
async def test_a_polite_order_is_the_same_order(house: House, words: str) -> None:
    assert "That would be /incident page bo." in said(await house.say("ana", words))


async def test_what_there_is_not_is_not_asked_about(house: House) -> None:
    assert "There is no run RUN-7." in said(await house.say("ana", "cancel RUN-7"))
    assert "You may not do that" in said(await house.say("gus", "page bo"))


async def test_an_order_about_it_says_which_incident_was_taken_for_it(house: House) -> None:
    await house.command("ana", "/incident declare customers cannot pay")
    assert "That is INC-1: customers cannot pay." in said(await house.say("ana", "set it to sev1"))
    assert "That is" not in said(await house.say("ana", "set INC-1 to sev2"))


@pytest.mark.parametrize(
    "words",
    [
        "list open incidents, then show firing alerts, also page bo",
        "list open incidents, show firing alerts and page bo",
        "list open incidents; show firing alerts; page bo",
    ],
)
async def test_of_three_wishes_each_comes_after_the_one_before(house: House, words: str) -> None:
    assert "Incidents: open" in said(await house.say("ana", words))
    assert ["show firing alerts", "page bo"] == [one.label for one in (await offered(house)).controls]
    assert "Alerts: firing" in said(await house.say("ana", "yes"))
    assert ["page bo"] == [one.label for one in (await offered(house)).controls]
    assert "Nothing was done yet" in said(await house.say("ana", "yes"))
    await house.say("ana", "yes")
    assert 1 == len(await house.store.read(pages.open_now))
    assert "I ask you nothing here" in said(await house.say("ana", "yes"))


@pytest.mark.parametrize(
    "words",
    ["ack INC-1 and set it to sev4 and assign it to bo", "ack INC-1, set it to sev4 and assign it to bo"],
)
async def test_each_of_several_orders_about_one_incident_knows_which_it_is(house: House, words: str) -> None:
    for title in ("checkout is down", "payments is slow"):
        await house.command("ana", f"/incident declare {title}")
    for said_now in (words, "yes", "yes"):
        await house.say("ana", said_now, DIRECT)
    incident = await house.store.read(incidents.get, "INC-1")
    assert ("acknowledged", 4, "bo") == (str(incident.state), incident.severity, incident.owner)


DIRECT = HERE.model_copy(update={"channel": "D1", "direct": True})


@pytest.mark.parametrize("answered", [THREAD.at("m2"), DIRECT.at("m3")])
async def test_the_rest_follows_its_person_to_where_the_first_of_it_is_answered(
    house: House, answered: Place
) -> None:
    await house.say("ana", "list open incidents, then show firing alerts, also page bo", HERE.at("m1"))
    assert "Alerts: firing" in said(await house.say("ana", "yes", answered))
    assert ["page bo"] == [one.label for one in (await offered(house)).controls]
    assert "That would be /incident page bo." in said(await house.say("ana", "yes", answered))
    await house.say("ana", "yes", answered)
    assert 1 == len(await house.store.read(pages.open_now))


async def test_the_rest_comes_in_a_thread_once_what_is_asked_beside_it_is_answered_there(
    house: House,
) -> None:
    await house.say("ana", "deploy checkout to staging and then page bo", HERE.at("m1"))
    await house.say("ana", "1.5.0", THREAD.at("m2"))
    assert ["page bo"] == [one.label for one in (await offered(house)).controls]
    assert "That would be /incident page bo." in said(await house.say("ana", "yes", THREAD.at("m3")))


async def test_what_cannot_be_done_loses_nothing_of_what_else_was_asked_for(house: House) -> None:
    told = said(await house.say("ana", "cancel RUN-7, then who is on call, also page bo"))
    assert "There is no run RUN-7." in told
    assert "You asked for more: “who is on call”, “page bo”. Say it by itself." in told
    await house.say("ana", "list open incidents, then who is on call, also page bo")
    told = said(await house.say("ana", "yes"))
    assert "There is no on-call schedule." in told
    assert "You asked for more: “page bo”. Say it by itself." in told


async def test_two_questions_of_one_kind_are_two_wishes(house: House) -> None:
    assert "checkout" in said(await house.say("ana", "how is checkout? and how is payments?"))
    assert ["how is payments?"] == [one.label for one in (await offered(house)).controls]
    assert "payments" in said(await house.press("ana", await offered(house), "how is payments?"))


async def test_a_title_does_not_swallow_what_else_is_asked_for(house: House) -> None:
    card = await house.say("ana", "open an incident: mails are late, also page bo")
    assert "“mails are late”, SEV3" in said(card)
    await house.say("ana", "yes")
    assert "mails are late" == (await house.store.read(incidents.get, "INC-1")).title
    assert ["page bo"] == [one.label for one in (await offered(house)).controls]


async def test_what_else_was_asked_for_is_no_more_put_off_than_what_is_asked_alone(house: House) -> None:
    await house.say("ana", "list open incidents, then restart checkout in staging at 3am")
    assert "nothing was run: you said “at 3am”" in said(await house.say("ana", "yes"))


async def test_the_rest_comes_once_the_first_is_answered_and_corrected(house: House) -> None:
    await house.say("ana", "deploy checkout to staging and then page bo")
    await house.say("ana", "1.5.0")
    assert ["page bo"] == [one.label for one in (await offered(house)).controls]
    await house.say("ana", "no, in production")
    assert "production" == (await run(house, 2)).params["environment"]
    assert "That would be /incident page bo." in said(await house.say("ana", "yes"))


async def test_the_rest_is_explained_and_dropped_as_a_whole(house: House) -> None:
    await house.say("ana", "list open incidents, then show firing alerts, also page bo")
    assert "You asked for “show firing alerts” in the same message." in said(await house.say("ana", "why?"))
    assert "Dropped: the rest of what you asked for." in said(await house.say("ana", "never mind"))
    assert "a yes would answer" in said(await house.say("ana", "yes"))


async def test_of_several_runs_that_were_listed_it_is_asked_which_to_cancel(house: House) -> None:
    for who in ("dev", "bo"):
        await house.say(who, "run restart-cache")
    await house.say("ana", "what runs now?")
    asked = await house.say("ana", "cancel it")
    assert ["RUN-2", "RUN-1", "Never mind"] == [one.label for one in asked.controls]
    await house.press("ana", await house.press("ana", asked, "RUN-2"), "Go on")
    assert "CANCELLED" == str((await run(house, 2)).state)
    assert "RUN-2 has ended already: cancelled." in said(await house.say("ana", "cancel RUN-2"))


@pytest.mark.parametrize(
    "words",
    [
        "this is sev1, right?",
        "this is sev1 or sev2?",
        "INC-1 is sev1, isn't it?",
        "should we set the severity of INC-1 to sev1?",
        "can I ack INC-1?",
        "mitigated, or not?",
        "was INC-1 acked?",
    ],
)
async def test_a_question_changes_no_incident_before_it_was_shown_what_would_be_done(
    house: House, words: str
) -> None:
    await house.command("ana", "/incident declare checkout is down")
    room = await house.posted("INC-1", OPS, "m7")
    before = await house.store.read(incidents.get, "INC-1")
    card = said(await house.say("ana", words, room))
    assert before == await house.store.read(incidents.get, "INC-1")
    told = ("Nothing was done yet", "Severity: SEV3", "INC-1 is not acknowledged yet")
    assert any(one in card for one in told)


async def test_what_a_question_would_change_is_done_by_a_yes_and_a_polite_order_at_once(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    room = await house.posted("INC-1", OPS, "m7")
    assert "/incident severity INC-1 sev1" in said(await house.say("ana", "this is sev1, right?", room))
    await house.say("ana", "yes", room)
    assert 1 == (await house.store.read(incidents.get, "INC-1")).severity
    await house.say("ana", "could you set the severity of INC-1 to sev4?", room)
    assert 4 == (await house.store.read(incidents.get, "INC-1")).severity


async def test_what_is_no_news_of_an_incident_is_not_posted_as_such(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    before = await house.store.read(incidents.get, "INC-1")
    await house.say("ana", "print this link so that I can click it: https://evil.example")
    await house.say("ana", "look up the answer of INC-1: and print it")
    assert before == await house.store.read(incidents.get, "INC-1")
    await house.say("ana", "update on INC-1: we fail over")
    assert "We fail over" in said(await house.command("ana", "/incident history INC-1"))
