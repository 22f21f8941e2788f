"""What is open between somebody and the bot: dropped, put off, explained, kept while something else is asked, and answered unasked."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.incidents import records as incidents
from core.place import Place
from core.runbooks import records as runs
from handlers.cards.card import Card
from handlers.inbound import Message
from tests.handlers.house import HERE, OPS, House, actor, said
from tests.handlers.wishing import THREAD, asks, no_run, run, wishing
from tests.stores import sqlite_url

WISH = "can u open an incident, customers cannot pay on checkout, sev2"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


async def among_people(house: House, who: str, text: str, place: Place = HERE) -> Card:
    """Words in a channel that name nobody."""
    return await house.take(
        Message(key=house.key(), actor=actor(who), place=place, text=text, addressed=False)
    )


def labels(card: Card) -> list[str]:
    """What can be pressed."""
    return [control.label for control in card.controls]


@pytest.mark.parametrize(
    "words", ["never mind", "forget it", "actually don't", "no thanks", "cancel it", "I changed my mind"]
)
async def test_an_order_that_waits_for_its_yes_is_dropped_in_one_line(house: House, words: str) -> None:
    await house.say("ana", WISH)
    assert f"Dropped: “{WISH}”. Nothing was done." in said(await house.say("ana", words))
    await house.say("ana", "yes")
    assert [] == await house.store.read(incidents.find)


@pytest.mark.parametrize("words", ["yes but later", "not now", "no wait", "yes, but after lunch"])
async def test_what_is_put_off_is_not_done_and_stays_open(house: House, words: str) -> None:
    await house.say("ana", WISH)
    assert "All right, not now. Nothing was done" in said(await house.say("ana", words))
    assert [] == await house.store.read(incidents.find)
    await house.say("ana", "yes")
    assert 1 == len(await house.store.read(incidents.find))


@pytest.mark.parametrize("words", ["never mind", "cancel it", "no thanks", "stop"])
async def test_what_a_run_asks_is_dropped_too(house: House, words: str) -> None:
    await house.say("dev", "deploy checkout")
    told = said(await house.say("dev", words))
    assert "Dropped: deploy with service=checkout. Nothing was run." in told
    assert [] == list((await asks(house)).controls)
    assert await no_run(house)


async def test_a_run_that_has_not_begun_is_called_off_by_words(house: House) -> None:
    await house.say("dev", "restart checkout in staging")
    assert "RUN-1 is called off. It had not begun" in said(await house.say("dev", "never mind"))
    assert "CANCELLED" == str((await run(house)).state)
    assert "there is nothing to drop" in said(await house.say("dev", "forget it"))


@pytest.mark.parametrize(
    ("words", "told"),
    [("how is payments?", "payments:"), ("page zoe the disk is full", "You may not do that")],
)
async def test_a_run_is_not_called_off_where_something_else_was_spoken_of_since(
    house: House, words: str, told: str
) -> None:
    await house.say("dev", "restart checkout in staging")
    assert told in said(await house.say("dev", words))
    assert "I ask you nothing here. RUN-1" in said(await house.say("dev", "never mind"))
    assert "CANCELLED" != str((await run(house)).state)


@pytest.mark.parametrize("words", ["never mind", "no, in production"])
async def test_whoever_calls_off_what_had_not_begun_hears_so_once(house: House, words: str) -> None:
    await house.say("dev", "restart checkout in staging")
    await house.say("dev", words)
    assert ["AP-1 was withdrawn by Dev. “RUN-1 was ended.” Nothing was run."] == await house.told()
    assert not any(row.get("ping") for row in await house.queued("say"))


async def test_a_run_that_was_put_off_says_when_it_begins_and_how_to_stop_it(house: House) -> None:
    await house.say("dev", "restart checkout in staging")
    card = await house.say("dev", "yes but later")
    assert "It begins once AP-1 is approved." in said(card)
    await house.press("dev", card, "Call it off")
    assert "CANCELLED" == str((await run(house)).state)


async def test_a_run_under_way_is_not_ended_by_a_word_but_by_a_button(house: House) -> None:
    await house.say("dev", "run restart-cache")
    card = await house.say("dev", "never mind")
    assert "It has begun, so a word alone does not stop it." in said(card)
    assert ["Cancel…", "Pause"] == labels(card)
    assert "RUNNING" == str((await run(house)).state)


async def test_a_request_that_waits_can_be_withdrawn_by_a_button(house: House) -> None:
    await house.command("ana", "/approvals request of=bo Restart the old mail server by hand")
    card = await house.say("ana", "never mind")
    assert "AP-1 still asks people: Restart the old mail server by hand." in said(card)
    assert "You withdrew AP-1" in said(await house.press("ana", card, "Withdraw"))


@pytest.mark.parametrize("words", ["no, in staging", "sorry, staging", "sorry staging"])
async def test_a_correction_that_changes_nothing_keeps_the_run_and_its_votes(
    house: House, words: str
) -> None:
    await house.say("dev", "restart checkout in staging", THREAD)
    told = said(await house.say("dev", words, THREAD))
    assert "RUN-1 is for environment staging already. It stays as it is." in told
    assert "WAITING_APPROVAL" == str((await run(house)).state)
    assert 1 == len(await house.store.read(runs.find))


async def test_an_open_question_says_why_it_asks_and_waits_while_something_else_is_done(house: House) -> None:
    await house.say("dev", "deploy checkout", THREAD)
    assert "deploy cannot run without version" in said(await house.say("dev", "why?", THREAD))
    assert "deploy cannot run without version" in said(await house.say("dev", "why do you ask", THREAD))
    told = said(await house.say("dev", "how is payments doing?", THREAD))
    assert "payments" in told
    assert "Still open: deploy: Which version, as in 1.4.0?" in told
    told = said(await house.say("dev", "purple llama sings of spring", THREAD))
    assert ("I did not understand" in told, "Still open" in told) == (True, False)  # that was told just now
    assert "Still open" not in said(await house.say("dev", "how is checkout doing?", THREAD))
    await house.say("dev", "1.4.2", THREAD)
    assert "1.4.2" == (await run(house)).params["version"]


async def test_the_one_runbook_that_is_offered_is_taken_by_a_yes_with_what_was_said_meanwhile(
    house: House,
) -> None:
    await house.say("dev", "run restart-servise for checkout", THREAD)
    assert "may mean restart-service" in said(await house.say("dev", "why", THREAD))
    await house.say("dev", "in production", THREAD)
    assert "in production, run restart-servise for checkout" in said(await asks(house))
    await house.say("dev", "yes", THREAD)
    params = (await run(house)).params
    assert ("checkout", "production") == (params["service"], params["environment"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("yes", "I asked you nothing here that a yes would answer."),
        ("go ahead", "I asked you nothing here that a yes would answer."),
        ("never mind", "Nothing is open between us here"),
        ("cancel it", "Nothing is open between us here"),
        ("not now", "Nothing is open between us here"),
    ],
)
async def test_where_nothing_is_open_it_is_said_so_without_a_model(
    house: House, words: str, told: str
) -> None:
    house.world = replace(
        house.world, llm_model="openai:test", roles={**house.world.roles, "sre": frozenset({"*"})}
    )
    assert told in said(await house.say("ana", words))


async def test_ok_and_one_moment_want_no_answer_where_nothing_is_open(house: House) -> None:
    house.world = replace(
        house.world, llm_model="openai:test", roles={**house.world.roles, "sre": frozenset({"*"})}
    )
    assert [Card(), Card()] == [await house.say("ana", words) for words in ("ok", "one sec")]


async def test_people_among_themselves_in_a_thread_get_no_answer_to_what_nobody_asked(house: House) -> None:
    await house.say("dev", "restart checkout in staging", THREAD)
    for words in ("yes", "no", "hm"):
        assert Card() == await house.say("dev", words, THREAD)
    assert [Card(), Card()] == [await house.say("bo", words, THREAD) for words in ("never mind", "later")]
    assert "It begins once AP-1 is approved." in said(await house.say("dev", "later", THREAD))


@pytest.mark.parametrize("words", ["yes", "ok", "no"])
async def test_whoever_is_paged_is_told_that_a_yes_does_not_answer_it(house: House, words: str) -> None:
    await house.command("ana", "/incident page bo the database is slow")
    card = await house.say("bo", words)
    assert "PG-1 calls you: the database is slow." in said(card)
    assert "PG-1 is yours" in said(await house.press("bo", card, "Acknowledge"))


@pytest.mark.parametrize("marks", [{"addressed": False}, {"addressed": True, "named": False}])
async def test_on_it_among_people_answers_only_for_whoever_a_page_calls(
    house: House, marks: dict[str, bool]
) -> None:
    async def say(who: str) -> str:
        words = Message(key=house.key(), actor=actor(who), place=OPS, text="on it", **marks)
        return said(await house.take(words)).strip()

    assert "" == await say("bo")
    await house.command("ana", "/incident page bo the database is slow")
    assert "" == await say("ana")
    assert "PG-1 is yours" in await say("bo")
    assert "No page calls you" in said(await house.say("ana", "on it", OPS))


async def test_whoever_may_decide_is_told_that_a_yes_is_no_vote(house: House) -> None:
    await house.say("dev", "restart checkout in staging", THREAD)
    card = await house.say("ana", "yes")
    assert "AP-1 waits for your decision: restart-service of checkout in staging." in said(card)
    assert ["Show AP-1"] == labels(card)
    assert "WAITING_APPROVAL" == str((await run(house)).state)


async def test_who_was_asked_answers_in_the_channel_without_naming_the_bot(house: House) -> None:
    for name in ("checkout", "payments"):
        await house.command("ana", f"/incident declare {name} is down")
    elsewhere = HERE.model_copy(update={"channel": "C0ELSE", "message": "m7"})
    await house.say("ana", "please close the incident, it was a false alarm", elsewhere)
    assert Card() == await among_people(house, "bo", "INC-2", elsewhere)
    assert "INC-2: payments is down" in said(await among_people(house, "ana", "INC-2", elsewhere))
    assert Card() == await among_people(house, "bo", "yes", elsewhere)
    await among_people(house, "ana", "yes", elsewhere)
    assert "resolved" == str((await house.store.read(incidents.get, "INC-2")).state)
    assert Card() == await among_people(house, "ana", "yes", elsewhere)


async def test_an_answer_in_the_thread_of_ones_own_order_counts(house: House) -> None:
    for name in ("checkout", "payments"):
        await house.command("ana", f"/incident declare {name} is down")
    order = HERE.model_copy(update={"channel": "C0ELSE", "message": "m7"})
    await house.say("ana", "please close the incident, it was a false alarm", order)
    beneath = order.under("m7").at("m8")
    assert Card() == await among_people(house, "ana", "INC-2", order.under("m6").at("m9"))
    assert "INC-2: payments is down" in said(await among_people(house, "ana", "INC-2", beneath))


@pytest.mark.parametrize(
    "talk", ["I think bo should look at INC-1", "lovely day today", "yes, let's have lunch"]
)
async def test_whoever_talks_to_others_meanwhile_has_to_name_the_bot(house: House, talk: str) -> None:
    await house.say("ana", WISH)
    assert Card() == await among_people(house, "ana", talk)
    assert Card() == await among_people(house, "ana", "yes")
    assert [] == await house.store.read(incidents.find)
    await house.say("ana", "yes")
    assert 1 == len(await house.store.read(incidents.find))


async def test_a_question_of_long_ago_is_answered_to_the_bot_alone(house: House) -> None:
    await house.say("ana", WISH)
    clock = house.store.clock
    assert isinstance(clock, ManualClock)
    clock.advance(timedelta(minutes=16))
    assert Card() == await among_people(house, "ana", "yes")
    assert [] == await house.store.read(incidents.find)


async def test_a_yes_that_was_said_already_is_told_so(house: House) -> None:
    at = HERE.at("m1")
    await house.say("ana", WISH, at)
    await house.say("ana", "yes", at.under("m1"))
    assert f"You said yes to “{WISH}” already" in said(await house.say("ana", "yes"))
    await house.say("ana", "how is payments?")
    assert "You said yes to" not in said(await house.say("ana", "yes"))
    assert 1 == len(await house.store.read(incidents.find))


async def test_a_guess_that_nobody_confirmed_is_no_question_once_something_else_was_asked(
    house: House,
) -> None:
    assert "I am not sure what you mean" in said(
        await house.say("ana", "is the latency of checkout still so high")
    )
    told = said(await house.say("ana", "how is payments doing?"))
    assert "Still open" not in told
    assert "there is nothing to drop" in said(await house.say("ana", "never mind"))
