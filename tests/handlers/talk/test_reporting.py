"""What people only tell: news that begin with an incident's id, and what a deploy or a restart broke. Nothing is ordered with it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.incidents import records
from core.incidents.reminding import records as paces
from core.language.reports import failure, news
from core.store.engine import Unit
from handlers.cards.card import Card
from handlers.inbound import Message
from tests.handlers.house import HERE, House, actor, said
from tests.handlers.wishing import no_run, wishing
from tests.stores import sqlite_url

ROOM = HERE.under("m7")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """One incident, which is worked on in `ROOM`."""
    async with wishing(sqlite_url(tmp_path)) as made:
        await made.command("ana", "/incident declare search is slow")
        await made.posted("INC-1", HERE, "m7")
        yield made


async def say(house: House, words: str) -> str:
    """Words to nobody by name, in the thread of the incident."""
    message = Message(key=house.key(), actor=actor("ana"), place=ROOM, text=words, addressed=False)
    return said(await house.take(message)).strip()


async def named(house: House, words: str) -> Card:
    """Words to the bot by its name there."""
    message = Message(key=house.key(), actor=actor("ana"), place=ROOM, text=words, addressed=True, named=True)
    return await house.take(message)


async def newest(house: House) -> str:
    return (await house.store.read(records.get, "INC-1")).update


@pytest.mark.parametrize(
    "words",
    [
        "INC-1: the passphrase on the backup host worked again",
        "inc-1 – the log disk is full",
        "INC-1 the vendor is back",
        "INC-1: update: escalated to the vendor, restart comes at nine",
    ],
)
async def test_what_begins_with_the_incident_in_its_thread_is_an_update(house: House, words: str) -> None:
    assert "It stands on the card of INC-1 now" in await say(house, words)
    assert words.endswith(await newest(house))
    assert await no_run(house)


async def test_a_secret_in_it_is_hidden_and_whoever_wrote_it_is_told(house: House) -> None:
    told = await say(house, "INC-1: the token for the vendor is swordfish and works")
    assert "It stands on the card of INC-1 now" in told
    assert "the token for the vendor is ••• and works" == await newest(house)
    assert "What you wrote has what looks like a secret" in str(await house.queued("whisper"))


async def test_a_commit_in_it_stays(house: House) -> None:
    commit = "3f2a9c1b7d5e8f0a1b2c3d4e5f60718293a4b5c6"
    await say(house, f"INC-1: rolled back to {commit}")
    assert f"rolled back to {commit}" == await newest(house)


@pytest.mark.parametrize(
    "words", ["INC-1: who can look?", "INC-2: the disk is full", "INC-1: bo, can you look"]
)
async def test_people_who_ask_each_other_are_left_alone(house: House, words: str) -> None:
    assert "" == await say(house, words)
    assert "" == await newest(house)


async def test_that_it_is_over_is_shown_first_there_too(house: House) -> None:
    assert "Resolve an incident" in await say(house, "INC-1: resolved, it was the cache")
    await house.say("ana", "yes", ROOM)
    incident = await house.store.read(records.get, "INC-1")
    assert ("resolved", "it was the cache") == (str(incident.state), incident.cause)


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("the deploy of checkout broke payments", "service=payments the deploy of checkout broke payments"),
        ("hm, looks like the restart of checkout failed", "service=checkout the restart of checkout failed"),
        ("deploy broke the login", "/incident declare deploy broke the login"),
    ],
)
async def test_what_went_wrong_is_offered_to_be_declared(house: House, words: str, shown: str) -> None:
    card = await house.say("ana", words)
    assert "Declare an incident?" in said(card)
    assert shown in said(card)
    await house.say("ana", "yes")
    assert "INC-2" == (await house.store.read(records.get, "INC-2")).id
    assert await no_run(house)


async def test_what_went_wrong_with_what_is_open_already_is_asked_to_be_the_same(house: House) -> None:
    await house.command("ana", "/incident declare checkout answers 500")
    assert "INC-2" in said(await house.say("ana", "the restart of checkout failed"))
    assert 2 == len(await house.store.read(records.find))


async def test_in_the_thread_of_an_incident_it_is_offered_as_its_update(house: House) -> None:
    card = await house.say("ana", "the deploy of checkout broke payments", ROOM)
    assert "/incident update INC-1 the deploy of checkout broke payments" in said(card)
    assert "" == await newest(house)
    await house.say("ana", "yes", ROOM)
    assert "the deploy of checkout broke payments" == await newest(house)


@pytest.mark.parametrize(
    "words",
    [
        "why did the deploy fail?",
        "roll back the deploy that broke payments",
        "the deploy of checkout failed, roll it back",
        "the deploy went fine",
        "run the restart again",
    ],
)
def test_questions_and_orders_are_no_reports(words: str) -> None:
    assert failure(words) is None


@pytest.mark.parametrize(
    "words", ["INC-1", "INC-1: who leads?", "INC-1: sev1", "INC-1 and INC-2 are the same", "INC-1: ack"]
)
def test_orders_and_questions_are_no_news(words: str) -> None:
    assert news(words) is None


@pytest.mark.parametrize("words", ["rolled back to 1.4.1", "we are watching the graphs now"])
async def test_what_is_told_by_name_in_its_thread_is_offered_as_an_update(house: House, words: str) -> None:
    card = await named(house, words)
    assert "Post an update?" in said(card)
    assert f"/incident update INC-1 {words}" in said(card)
    assert "" == await newest(house)
    await house.say("ana", "yes", ROOM)
    assert words == await newest(house)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("it is over, the pool was too small", "the pool was too small"),
        ("resolved: pool raised to 50", "pool raised to 50"),
        ("fixed", ""),
    ],
)
async def test_that_it_is_over_told_by_name_is_offered_to_be_its_end(
    house: House, words: str, cause: str
) -> None:
    shown = said(await named(house, words))
    assert "Resolve an incident" in shown
    assert f"> {words}" in shown
    await house.say("ana", "yes", ROOM)
    incident = await house.store.read(records.get, "INC-1")
    assert ("resolved", cause) == (str(incident.state), incident.cause)
    assert "Open an incident again" in said(await named(house, "it's back, the pool is full again"))
    await house.say("ana", "yes", ROOM)
    assert (await house.store.read(records.get, "INC-1")).is_open


@pytest.mark.parametrize("words", ["update the customers", "tell the vendor about it"])
async def test_an_order_that_is_not_understood_is_no_update(house: House, words: str) -> None:
    assert "Post an update?" not in said(await named(house, words))


async def test_a_question_that_is_not_understood_is_no_update(house: House) -> None:
    assert "Post an update?" not in said(await named(house, "florb the gadget when?"))
    assert "Post an update?" not in said(await house.say("ana", "the gadget florbs today"))


async def test_a_bare_grade_in_its_thread_is_how_grave_it_is(house: House) -> None:
    assert "INC-1 is SEV2 now." in said(await named(house, "sev2"))
    assert 2 == (await house.store.read(records.get, "INC-1")).severity


async def test_what_somebody_may_not_declare_or_tell_is_not_offered_to_them(house: House) -> None:
    assert "You may not do that" in said(await house.say("gus", "the deploy of checkout broke payments"))


async def test_when_the_next_update_comes_is_said_in_a_sentence(house: House) -> None:
    await named(house, "next update in 30 minutes")
    assert timedelta(minutes=30) == await house.store.read(due_in)


def due_in(unit: Unit) -> timedelta | None:
    """How long from now the next update of the incident may take."""
    pace = paces.of(unit, "INC-1")
    return pace.due - unit.now if pace.due else None
