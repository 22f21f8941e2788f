"""What was shown and is corrected before it is done, or answered otherwise: a later yes never does what was shown at first."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.runbooks import records as runs
from handlers.cards.card import Card
from tests.handlers.house import HERE, House, said
from tests.handlers.wishing import no_run, run, wishing
from tests.stores import sqlite_url

DM = HERE.model_copy(update={"channel": "D0ANA", "direct": True})
UPDATE = "post an update: failing over"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which two incidents are open, and the first of them was looked at last."""
    async with wishing(sqlite_url(tmp_path)) as made:
        await made.command("ana", "/incident declare checkout is down")
        await made.command("ana", "/incident declare payments is down")
        await made.command("ana", "/incident show INC-1", DM)
        yield made


async def say(house: House, *words: str) -> str:
    """What the last of these words is answered, said alone with the bot."""
    card = Card()
    for one in words:
        card = await house.say("ana", one, DM)
    return said(card)


@pytest.mark.parametrize(
    "words",
    [
        "INC-2",
        "no, INC-2",
        "INC-2 please",
        "I meant INC-2",
        "not INC-1 but INC-2",
        "the other one",
        "sorry, inc-2",
    ],
)
async def test_another_incident_than_the_one_that_was_guessed_is_shown_anew(house: House, words: str) -> None:
    assert "INC-1: checkout is down" in await say(house, UPDATE)
    shown = await say(house, words)
    assert "INC-2: payments is down" in shown
    assert "That would be /incident update INC-2 failing over. Nothing was done yet." in shown
    await say(house, "yes")
    assert {"Ana: failing over"} == set(await house.told())
    assert "Failing over" in said(await house.say("ana", "/incident history INC-2"))
    assert "Failing over" not in said(await house.say("ana", "/incident history INC-1"))


async def test_the_card_that_was_corrected_is_over_for_its_buttons_too(house: House) -> None:
    first = await house.say("ana", UPDATE, DM)
    await say(house, "INC-2")
    assert "That question is over." in said(await house.press("ana", first, "Go on"))
    assert [] == await house.told()


@pytest.mark.parametrize(
    ("order", "words", "shown"),
    [
        ("page bo the database is slow", "no, dev", "/incident page dev the database is slow"),
        (
            "declare incident the shop is slow",
            "sev1 please",
            "/incident declare severity=SEV1 the shop is slow",
        ),
        (
            "declare incident the shop is slow",
            "no, payments",
            "/incident declare service=payments the shop is slow",
        ),
        ("resolve INC-1: it is over", "no, the other one", "/incident resolve INC-2 it is over"),
        ("resolve INC-1: it is over", "INC-2, not INC-1", "/incident resolve INC-2 it is over"),
        ("ship checkout 1.4.2 to production", "no, in staging", "environment=staging"),
        ("ship checkout 1.4.2 to production", "1.4.3 please", "1.4.3"),
        ("ship checkout 1.4.2 to production", "not checkout but payments", "service=payments"),
    ],
)
async def test_whatever_an_order_names_can_be_corrected(
    house: House, order: str, words: str, shown: str
) -> None:
    assert "Nothing was done yet" in await say(house, order)
    told = await say(house, words)
    assert shown in told
    assert "Nothing was done yet" in told
    assert ([], True) == (await house.told(), await no_run(house))


async def test_a_run_that_was_corrected_twice_runs_as_it_was_shown_last(house: House) -> None:
    told = await say(
        house, "ship checkout 1.4.2 to production", "in staging", "sorry, payments", "1.4.3 I meant"
    )
    assert "service=payments environment=staging" in told
    assert "production" not in told
    await say(house, "yes")
    params = (await run(house)).params
    assert ("payments", "staging", "1.4.3") == (params["service"], params["environment"], params["version"])


@pytest.mark.parametrize(
    "words", ["wrong one", "not that one", "no, zoe", "not INC-1", "that's wrong", "not what I meant"]
)
async def test_words_that_only_refuse_what_was_shown_end_it(house: House, words: str) -> None:
    assert f"Not that, then: “{UPDATE}” is dropped, and nothing was done." in await say(house, UPDATE, words)
    await say(house, "yes")
    assert [] == await house.told()


@pytest.mark.parametrize(
    "words",
    [
        "no, INC-9",
        "page zoe the database is slow",
        "assign INC-2 to zoe",
        "update INC-2 purple llama",
        "no, say that it is done by now",
        "nope, the disk is full",
    ],
)
async def test_what_was_answered_otherwise_is_over_and_no_later_yes_does_it(house: House, words: str) -> None:
    told = await say(house, UPDATE, words)
    assert (True, True) == (f"“{UPDATE}”" in told, "is dropped" in told)
    await say(house, "yes")
    assert [] == await house.told()


async def test_a_question_in_between_leaves_it_and_says_so_once(house: House) -> None:
    assert f"Still open: “{UPDATE}” waits" in await say(house, UPDATE, "what is the p99 of checkout")
    assert "Still open" not in await say(house, "purple llama sings of spring")
    await say(house, "yes")
    assert {"Ana: failing over"} == set(await house.told())


@pytest.mark.parametrize("leaves", ["never mind", "no", "wrong one"])
async def test_what_was_dropped_lends_nothing_to_later_words(house: House, leaves: str) -> None:
    await say(house, "ship checkout 1.4.2 to production", leaves)
    assert "production" not in await say(house, "and payments?")
    assert await no_run(house)


async def test_what_a_press_dropped_lends_nothing_either(house: House) -> None:
    card = await house.say("ana", "ship checkout 1.4.2 to production", DM)
    button = card.controls[-1]
    assert button.kind == "button"
    await house.click("ana", button.verb, button.object, DM, **button.args)
    assert "production" not in await say(house, "and payments?")


async def test_what_a_question_took_from_an_order_that_was_dropped_is_lent_no_more(house: House) -> None:
    await say(house, "ship checkout 1.4.2 to production", "how is it doing?", "never mind")
    assert "production" not in await say(house, "deploy it")


async def test_what_was_refused_ends_the_order_before_it_and_lends_nothing(house: House) -> None:
    told = await say(house, "ship checkout 1.4.2 to production", "restart checkout in staging, then payments")
    assert "takes one at a time" in told
    assert "What I asked before, “ship checkout 1.4.2 to production”, is dropped." in told
    assert "production" not in await say(house, "and payments?")
    await say(house, "yes")
    assert [] == await house.store.read(runs.find)


async def test_a_yes_that_fails_is_over_and_says_why(house: House) -> None:
    await say(house, "ship checkout 1.4.2 to production")
    house.world = replace(house.world, roles={**house.world.roles, "sre": frozenset({"incident.*"})})
    assert "it needs the permission `runbook.run`" in await say(house, "yes")
    assert "I ask you nothing here" in await say(house, "yes")


async def test_a_press_that_fails_is_over_for_a_typed_yes_too(house: House) -> None:
    card = await house.say("ana", "ship checkout 1.4.2 to production", DM)
    button = card.controls[0]
    assert button.kind == "button"
    house.world = replace(house.world, roles={**house.world.roles, "sre": frozenset({"incident.*"})})
    told = said(await house.click("ana", button.verb, button.object, DM, **button.args))
    assert "it needs the permission `runbook.run`" in told
    assert "I ask you nothing here" in await say(house, "yes")


async def test_what_follows_a_corrected_run_leans_on_what_that_is_told(house: House) -> None:
    await say(house, "deploy checkout 1.4.2 to production", "no, in staging")
    assert "staging" == (await run(house, 2)).params["environment"]
    told = await say(house, "and payments?")
    assert "service=payments environment=staging" in told
    assert 'version="1.4.2"' in told
    assert "production" not in told


async def test_what_follows_an_answer_leans_on_what_the_run_is_told(house: House) -> None:
    await say(house, "deploy checkout to production", "1.4.2")
    told = await say(house, "and payments?")
    assert 'service=payments environment=production version="1.4.2"' in told
    await say(house, "yes")
    assert "payments" == (await run(house, 2)).params["service"]


async def test_a_run_that_was_ended_before_it_began_lends_nothing(house: House) -> None:
    await say(house, "deploy checkout 1.4.2 to production")
    await house.command("bo", "/runbook cancel RUN-1")
    assert "CANCELLED" == str((await run(house)).state)
    assert "production" not in await say(house, "and payments?")


async def test_a_grade_in_a_title_is_corrected_too(house: House) -> None:
    told = await say(house, "declare incident the shop is slow, sev2", "make that sev1")
    assert "“the shop is slow”, SEV1" in told


async def test_what_is_shown_is_run_without_asking_once_more_and_the_next_is_proposed_then(
    house: House,
) -> None:
    shown = await say(house, "deploy checkout 1.4.2 to staging", "and payments?")
    assert "/runbook run deploy service=payments environment=staging" in shown
    await say(house, "yes")
    assert "payments" == (await run(house, 2)).params["service"]
    assert "/runbook run deploy service=checkout environment=staging" in await say(house, "and checkout?")
    await say(house, "yes")
    assert "checkout" == (await run(house, 3)).params["service"]


async def test_another_run_is_no_part_of_the_one_whose_runbook_is_asked_about(house: House) -> None:
    await say(house, "run restart-servise for checkout")
    await say(house, "and payments?")
    assert "payments" not in said(await house.live("wish", "WISH-1"))


async def test_in_a_thread_too_what_is_said_to_be_wrong_is_over(house: House) -> None:
    await house.say("ana", "page bo the database is slow", HERE.under("m1"))
    assert "is dropped" in said(await house.say("ana", "that's wrong", HERE.under("m1")))
    assert "calls Bo" not in said(await house.say("ana", "yes", HERE.under("m1")))


async def test_an_order_that_was_only_shown_lends_nothing_through_a_run_that_took_nothing_of_it(
    house: House,
) -> None:
    await say(house, "ship checkout 1.4.2 to production", "deploy payments 1.4.3")
    assert "staging" == (await run(house)).params["environment"]
    told = await say(house, "and checkout?")
    assert "production" not in told
    assert "service=checkout environment=staging" in told


@pytest.mark.parametrize("words", [("page bo the database is slow", "yes"), ("/incident ack INC-1",)])
async def test_an_order_that_was_shown_and_passed_over_lends_nothing(
    house: House, words: tuple[str, ...]
) -> None:
    told = await say(house, "ship checkout 1.4.2 to production", *words, "and payments?")
    assert "production" not in told
