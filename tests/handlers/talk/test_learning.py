"""What people tell the bot to prefer, what it notices and asks, and what it would do next: through the pipeline."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.conversation.learning import records, units
from core.conversation.learning.habit import Kind
from handlers.cards.card import Card
from handlers.inbound import Message
from tests.handlers.house import OPS, House, actor, said
from tests.handlers.wishing import THREAD, asks, run, wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


@pytest.mark.parametrize(
    ("words", "key", "value"),
    [
        ("always show me UTC", "zone", "UTC"),
        ("show me times in Europe/Berlin", "zone", "Europe/Berlin"),
        ("default environment staging", "environment", "staging"),
        ("my default environment is staging", "environment", "staging"),
        ("use staging as my default environment", "environment", "staging"),
        ("I prefer staging as environment", "environment", "staging"),
        ("/wardroom prefer environment Staging", "environment", "staging"),
        ("/wardroom prefer service cart", "service", "checkout"),
    ],
)
async def test_what_is_preferred_can_be_said_in_words(house: House, words: str, key: str, value: str) -> None:
    assert f"{key} is {value}" in said(await house.say("dev", words))
    assert {key: value} == await house.store.read(units.preferred, "dev")
    assert value in said(await house.command("dev", "/wardroom prefer"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("/wardroom prefer environment stagng", "staging"),
        ("/wardroom prefer zone Mars/Phobos", "I know no time zone"),
        ("/wardroom prefer colour blue", "Nothing here is called"),
        ("/wardroom prefer nothing.environment staging", "There is no runbook"),
        ("/wardroom prefer environment", "What do you prefer"),
    ],
)
async def test_what_cannot_be_preferred_is_said_so(house: House, words: str, told: str) -> None:
    assert told in said(await house.say("dev", words))
    assert {} == await house.store.read(units.preferred, "dev")


async def test_what_is_preferred_is_taken_where_nothing_is_said_and_that_is_told(house: House) -> None:
    await house.say("dev", "scale-service checkout to 3 slow note=OPS-1", THREAD)
    assert "Where" in said(await asks(house))
    await house.say("dev", "never mind", THREAD)
    await house.say("dev", "default environment staging", THREAD)
    told = await house.say("dev", "scale-service checkout to 3 slow note=OPS-1", THREAD)
    assert "I took environment staging, as you prefer." in said(told)
    assert "staging" == (await run(house)).params["environment"]


async def test_what_is_preferred_wins_over_what_a_runbook_takes_by_itself(house: House) -> None:
    await house.say("dev", "default environment production", THREAD)
    assert "I took environment production" in said(await house.say("dev", "restart-cache", THREAD))
    assert "production" == (await run(house)).params["environment"]


async def test_what_is_said_wins_over_what_is_preferred(house: House) -> None:
    await house.say("dev", "default environment staging", THREAD)
    await house.say("dev", "restart checkout in production", THREAD)
    assert "production" == (await run(house)).params["environment"]


async def test_what_was_noticed_is_asked_about_and_used_after_a_yes(house: House) -> None:
    for _ in range(6):
        await house.say("dev", "restart checkout in staging", THREAD)
    offers = [row["card"] for row in await house.queued("whisper") if not row["answering"]]
    card = next(one for one in map(Card.model_validate, offers) if "environment" in said(one))
    assert "I noticed that you run restart-service with environment staging: " in said(card)
    assert {} == await house.store.read(units.preferred, "dev")
    assert "From now on" in said(await house.press("dev", card, "Use it"))
    assert 1 == len(await house.store.read(units.preferred, "dev"))


async def test_a_word_of_ones_own_is_understood_after_a_yes(house: House) -> None:
    for _ in range(2):
        await house.store.transact(units.corrected, house.world.people["dev"], "the till", "checkout")
    (one,) = await house.store.read(records.find, "dev", (Kind.WORD,))
    assert await house.store.transact(units.due, "dev")
    assert "means checkout" in said(await house.command("dev", f"/wardroom noticed H-{one.id} yes"))
    await house.say("dev", "restart The Till in staging", THREAD)
    assert "checkout" == (await run(house)).params["service"]


async def test_all_of_it_is_shown_and_erased(house: House) -> None:
    await house.say("dev", "default environment staging")
    assert "environment = staging" in said(await house.command("dev", "/wardroom memory"))
    (one,) = await house.store.read(records.find, "dev", (Kind.PREFERENCE,))
    assert "no such thing" in said(await house.command("ana", f"/wardroom forget H-{one.id}"))
    assert "environment = staging" not in said(await house.command("dev", f"/wardroom forget H-{one.id}"))
    assert {} == await house.store.read(units.preferred, "dev")


@pytest.mark.parametrize("words", ["forget that preference", "forget my environment default"])
async def test_a_preference_is_forgotten_in_words(house: House, words: str) -> None:
    assert "I keep no such preference" in said(await house.say("dev", words))
    await house.say("dev", "default environment staging")
    assert "Forgotten: environment = staging" in said(await house.say("dev", words))
    assert {} == await house.store.read(units.preferred, "dev")


async def test_what_to_do_next_is_told_with_its_reason_and_nothing_is_run(house: House) -> None:
    assert "I see nothing that needs you" in said(await house.say("ana", "what should I do?"))
    await house.command("ana", "/incident declare service=checkout severity=2 checkout is slow")
    told = said(await house.command("ana", "/ask what should I do next?"))
    assert "/runbook plan restart-service service=checkout incident=INC-1" in told
    assert "INC-1 is open on checkout, and checkout names restart-service as its own" in told
    with pytest.raises(Exception, match="RUN-1"):
        await run(house)
    assert "restart-service" not in said(await house.say("gus", "what should I do?"))


async def test_what_is_asked_of_the_bot_or_answered_to_it_is_no_work_that_is_usual(house: House) -> None:
    for _ in range(4):
        await house.command("dev", "/wardroom meaning roll payments back in production")
        await house.command("dev", "/runbook list")
    told = said(await house.command("dev", "/wardroom next"))
    assert "/wardroom meaning" not in told
    done = {one.value for one in await house.store.read(records.find, "dev", (Kind.LAST, Kind.FOLLOWS))}
    assert {"/runbook list"} == done
    # What was noticed before that was so is not told either.
    for what in ("/wardroom meaning", "/alerts list") * 4:
        await house.store.transact(units.did, house.world.people["dev"], what)
    told = said(await house.command("dev", "/wardroom next"))
    assert "/alerts list" in told
    assert "/wardroom meaning" not in told


async def test_people_who_ask_each_other_what_to_do_are_not_answered(house: House) -> None:
    talk = Message(key="k", actor=actor("ana"), place=OPS, text="what should we do?", addressed=False)
    assert Card() == await house.take(talk)
