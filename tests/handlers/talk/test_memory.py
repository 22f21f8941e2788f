"""What people see of what is kept about them, and how they have it erased: through the pipeline."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.conversation.memory import records
from core.conversation.memory.turn import Tier
from core.place import Place
from core.store import deadlines, erasing
from core.store.columns import METADATA
from core.store.deadlines import DEADLINE
from core.store.engine import Unit
from core.store.outbox_rows import OUTBOX
from core.wiring import DEADLINES
from handlers.inbound import Message
from tests.handlers.house import HERE, House, actor, said, world
from tests.handlers.wishing import wishing
from tests.stores import opened, sqlite_url

DIRECT = Place(platform="slack", channel="D0ANA", workspace="T1", direct=True)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(sqlite_url(tmp_path)) as store:
        yield House(store)


async def test_what_is_said_to_the_bot_is_found_again_there_and_nowhere_else(house: House) -> None:
    await house.say("ana", "remember that the replica of orders is in Frankfurt", DIRECT)
    assert "is in Frankfurt" in said(await house.say("ana", "what did I say about the replica?", DIRECT))
    assert "I find nothing here" in said(await house.say("ana", "what did I say about the replica?"))
    await house.command("ana", "/incident declare checkout is slow")
    assert "checkout is slow" in said(await house.command("bo", "/wardroom recall slowness of checkout"))


async def test_what_is_not_said_to_the_bot_is_not_kept(house: House) -> None:
    talk = Message(key="k1", actor=actor("ana"), place=HERE, text="the vault is open", addressed=False)
    await house.take(talk)
    await house.say("ana", "/wardroom whoami")
    assert [] == await house.store.read(records.of_person, "ana")


async def test_everything_that_is_kept_is_shown_with_a_way_to_erase_each(house: House) -> None:
    assert "I keep nothing about you." in said(await house.command("ana", "/wardroom memory"))
    await house.say("ana", "help incidents")
    await house.command("ana", "/wardroom remember tea is at four")
    page = await house.command("ana", "/wardroom memory")
    assert "tea is at four" in said(page)
    fact = next(one for one in await house.store.read(records.of_person, "ana") if one.tier == "fact")
    page = await house.click("ana", "wardroom.forget", "", value=f"M-{fact.id}")
    assert "tea is at four" not in said(page)
    assert "no such thing" in said(await house.command("ana", f"/wardroom forget M-{fact.id}"))
    assert "I keep nothing with the id" in said(await house.command("ana", "/wardroom forget tea"))


async def test_forgetting_asks_once_and_then_leaves_nothing(house: House) -> None:
    await house.command("bo", "/wardroom remember bo likes coffee")
    await house.command("ana", "/wardroom remember tea is at four")
    await house.store.transact(_left)
    asked = await house.say("ana", "forget me")
    assert "cannot be undone" in said(asked)
    assert 1 == len(await house.store.read(records.of_person, "ana"))
    assert "1 thing is erased" in said(await house.press("ana", asked, "Erase everything"))
    assert [] == await house.store.read(records.of_person, "ana")
    assert 1 == len(await house.store.read(records.of_person, "bo"))
    everywhere = await house.store.read(kept_anywhere)
    assert "tea is at four" not in everywhere
    assert 2 <= everywhere.count("likes coffee")


async def test_an_answer_that_is_still_on_its_way_arrives_and_is_erased_soon_after(house: House) -> None:
    await house.say("ana", "remember that tea is at four", DIRECT)
    await house.command("bo", "/wardroom remember bo likes coffee")
    await house.say("ana", "what did I say about tea?", DIRECT)
    await house.say("ana", "/wardroom forget me yes", DIRECT)
    assert "tea is at four" in await house.store.read(kept_anywhere)
    await house.store.transact(_fall_due)
    assert "tea is at four" in await house.store.read(kept_anywhere), "it has not been sent yet"
    await house.store.transact(_left)
    await house.store.transact(_fall_due)
    everywhere = await house.store.read(kept_anywhere)
    assert ("tea is at four" in everywhere, "likes coffee" in everywhere) == (False, True)
    await house.store.transact(_fall_due)
    assert [] == await house.store.read(_waiting), "nothing is looked for any more"


def _waiting(unit: Unit) -> list[str]:
    here = DEADLINE.c.kind == erasing.DEADLINE
    return list(unit.conn.execute(sa.select(DEADLINE.c.ref).where(here)).scalars())


def _fall_due(unit: Unit) -> None:
    """What is to be erased falls due, as the scheduler has it."""
    for ref in _waiting(unit):
        deadlines.clear(unit, erasing.DEADLINE, ref)
        DEADLINES[erasing.DEADLINE](unit, world(), ref)


def _left(unit: Unit) -> None:
    """Every answer has been sent."""
    unit.conn.execute(OUTBOX.update().values(state="sent", finished=unit.now))


async def test_all_preferences_are_forgotten_at_once_and_data_is_what_is_kept(house: House) -> None:
    await house.say("ana", "always show me UTC")
    await house.say("ana", "default environment staging")
    told = said(await house.say("ana", "forget my preferences"))
    assert "Forgotten:" in told
    assert "staging" in told
    assert "UTC" in told
    assert "no such preference" in said(await house.say("ana", "forget my preference"))
    assert "Forget you?" in said(await house.say("ana", "delete all my data"))


async def test_what_others_keep_cannot_be_erased(house: House) -> None:
    await house.command("bo", "/wardroom remember bo likes coffee")
    (row,) = await house.store.read(records.of_person, "bo")
    assert "no such thing" in said(await house.command("ana", f"/wardroom forget M-{row.id}"))
    assert 1 == len(await house.store.read(records.of_person, "bo"))


def kept_anywhere(unit: Unit) -> str:
    """All that stands in any table; a row as such cuts what is long in it."""
    tables = METADATA.sorted_tables
    return " ".join(str(tuple(row)) for table in tables for row in unit.conn.execute(table.select()))


async def test_a_secret_that_is_told_as_a_fact_stands_nowhere_and_whoever_told_it_hears_so(
    house: House,
) -> None:
    told = said(await house.say("ana", "remember that the staging db password is s3cr3t99", DIRECT))
    assert "without what looks like a secret in it" in told
    assert "If it is one, change it" in told
    assert "•••" in told
    await house.say("ana", "what did I say about the staging db?", DIRECT)
    assert "s3cr3t99" not in await house.store.read(kept_anywhere)


@pytest.mark.parametrize(
    "words",
    [
        "whats up with checkout, its password is s3cr3t99",
        "can u open an incident, the password is s3cr3t99 and it leaked",
        "how is checkout? and then can u open an incident, the leaked password is s3cr3t99",
        "kick checkout in staging password=s3cr3t99",
        "restart checkout in staging, its password is s3cr3t99",
    ],
)
async def test_a_secret_in_words_that_lead_to_a_question_is_not_kept(house: House, words: str) -> None:
    asked = said(await house.say("ana", words, DIRECT))
    assert "s3cr3t99" not in asked
    assert "s3cr3t99" not in await house.store.read(kept_anywhere)


@pytest.mark.parametrize(
    "words",
    ["/incident update the password is s3cr3t99", "/incident declare checkout is slow password=s3cr3t99"],
)
async def test_a_secret_in_words_whose_incident_is_to_be_chosen_is_left_out(house: House, words: str) -> None:
    await house.command("ana", "/incident declare checkout is slow")
    await house.command("ana", "/incident declare payments is slow")
    asked = await house.command("ana", words)
    assert "s3cr3t99" not in said(asked)
    assert "s3cr3t99" not in await house.store.read(kept_anywhere)


async def test_whoever_types_a_secret_is_told_once_and_alone_that_it_has_to_be_changed(house: House) -> None:
    await house.command("ana", "/incident declare checkout is slow")
    for words in (
        "/incident update INC-1 the password for user-db is s3cr3t99",
        "/incident resolve INC-1 cause: somebody changed the password to s3cr3t99",
        "kick checkout in staging, log in with password s3cr3t99",
        "the root pw is s3cr3t99",
    ):
        before = len(await house.queued("whisper"))
        await house.say("ana", words, DIRECT)
        whispers = (await house.queued("whisper"))[before:]
        assert [True] == [True for one in whispers if "If it is one, change it" in str(one)], words
        assert "s3cr3t99" not in await house.store.read(kept_anywhere)
    await house.say("ana", "/incident update INC-1 the password policy is strict", DIRECT)
    assert "change it" not in str((await house.queued("whisper"))[-1])


@pytest.mark.parametrize(
    "words",
    [
        "maybe scale payments pods password=48151623",
        "scale payments pods password=48151623",
        "can u scale payments to 3 pods, password=48151623?",
    ],
)
async def test_a_secret_that_is_taken_for_a_number_is_neither_shown_nor_kept(
    house: House, words: str
) -> None:
    assert "48151623" not in said(await house.say("ana", words, DIRECT))
    assert "48151623" not in await house.store.read(kept_anywhere)


async def test_what_is_no_secret_is_remembered_without_a_word_about_secrets(house: House) -> None:
    assert "secret" not in said(await house.say("ana", "remember that tea is at four", DIRECT))


@pytest.mark.parametrize("way", ["forget me", "/wardroom forget me"])
async def test_a_typed_yes_forgets_as_the_button_does(house: House, way: str) -> None:
    await house.command("ana", "/wardroom remember tea is at four")
    assert "Forget you?" in said(await house.say("ana", way))
    assert "I remember nothing about you any more" in said(await house.say("ana", "yes"))
    assert [] == await house.store.read(records.of_person, "ana")


async def test_a_fact_is_forgotten_by_what_it_is_about(house: House) -> None:
    await house.say("ana", "remember the replica of orders is in Frankfurt")
    await house.say("ana", "remember tea is at four")
    assert "M-1" in said(await house.say("ana", "forget the fact about the replica"))
    await house.say("ana", "yes")
    told = said(await house.command("ana", "/wardroom memory"))
    assert "tea is at four" in told
    facts = await house.store.read(records.of_person, "ana", (Tier.FACT,))
    assert ["tea is at four"] == [one.text for one in facts]
    assert "I keep no fact of yours" in said(await house.say("ana", "forget the fact about the vault"))


async def test_a_fact_of_others_is_not_found_to_be_forgotten(house: House) -> None:
    await house.say("bo", "remember the replica of orders is in Frankfurt")
    told = said(await house.say("ana", "forget that the replica of orders is in Frankfurt"))
    assert "I keep no fact of yours" in told


async def test_a_fact_answers_a_question_that_has_the_name_of_a_runbook(tmp_path: Path) -> None:
    async with wishing(sqlite_url(tmp_path)) as house:
        await house.say("ana", "remember the deploy freeze starts on friday")
        assert "freeze starts on friday" in said(await house.say("ana", "when does the deploy freeze start?"))
