"""What a run asks is answered by values: other words do not become one, whatever else they are."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers.cards.card import Card
from tests.handlers.house import House, said
from tests.handlers.wishing import THREAD, asks, no_run, run, wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


@pytest.mark.parametrize(
    "words",
    [
        "tell me a joke",
        "SELECT * FROM users",
        "how is payments doing",
        "show me payments",
        "show RUN-7",
        "we had 1.4.2 on monday and it was bad",
        "no, 1.4.2 ate my dog",
    ],
)
async def test_other_words_become_no_value(house: House, words: str) -> None:
    await house.say("dev", "deploy checkout", THREAD)
    asked = (await asks(house)).title
    assert "deploy: Which version, as in 1.4.0?" == asked
    await house.say("dev", words, THREAD)
    assert asked == (await asks(house)).title
    assert "service=checkout" in said(await asks(house))
    assert await no_run(house)


async def test_what_looks_like_a_secret_is_asked_for_anew_and_never_run_as_bullets(house: House) -> None:
    token = "0a" * 20 + "b"
    await house.say("dev", f"how is payments? and then deploy payments version={token}", THREAD)
    await house.say("dev", "yes", THREAD)
    await house.say("dev", "yes", THREAD)
    assert "What you said here looked like a secret" in said(await asks(house))
    assert await no_run(house)
    await house.say("dev", token, THREAD)
    assert token == (await run(house)).params["version"]


async def test_a_press_that_agrees_to_what_was_kept_without_its_secret_runs_no_bullets(house: House) -> None:
    await house.say(
        "dev", f"how is payments? and then run deploy with service=payments version={'0a' * 20 + 'b'}"
    )
    offered, _ = [Card.model_validate(one["card"]) for one in await house.queued("whisper")][-2:]
    await house.press("dev", offered, "run deploy")
    assert "What you said here looked like a secret" in said(await asks(house))
    assert await no_run(house)


async def test_a_reason_is_kept_without_the_secret_in_it(house: House) -> None:
    await house.say("dev", "deploy checkout 1.4.2 reason=xoxb-1234567890-abc")
    assert "•••" == (await run(house)).params["reason"]


@pytest.mark.parametrize(
    ("first", "words"),
    [
        ("deploy checkout", "please to restarting of service payment in production"),
        ("deploy checkout", "restarting payments now"),
        ("scale checkout to 5", "scale ledger to 3"),
        ("run restart-servise", "scale ledger to 3 in staging please"),
    ],
)
async def test_an_order_of_its_own_is_no_part_of_what_is_asked(house: House, first: str, words: str) -> None:
    await house.say("dev", first, THREAD)
    await house.say("dev", words, THREAD)
    assert words not in said(await asks(house))
    assert not {"production", "payments"} & set(said(await asks(house)).replace("=", " ").split())


async def test_a_yes_is_to_what_was_asked_last(house: House) -> None:
    await house.say("dev", "scale redis to 3")
    await house.say("dev", "how is payments?")
    told = said(await house.say("dev", "yes"))
    assert "Open here: which runbook you mean, scale-service?" in told
    assert "Do you mean scale-service?" == (await asks(house)).title
    await house.say("dev", "yes")
    assert "scale-service: Which service?" == (await asks(house)).title


@pytest.mark.parametrize(
    "words", ["can I restart-service payments in production?", "should we run restart-service for payments?"]
)
async def test_whoever_asks_leave_sees_the_plan_and_orders_nothing(house: House, words: str) -> None:
    assert "Nothing was run." in said(await house.say("dev", words))
    await house.say("dev", "yes")
    assert await no_run(house)


async def test_what_was_corrected_is_the_run_that_is_cancelled(house: House) -> None:
    await house.say("dev", "restart-service checkout in staging", THREAD)
    await house.say("dev", "no, I meant payments", THREAD)
    assert "RUN-2" in said(await house.say("dev", "cancel it", THREAD))


async def test_a_place_where_nothing_was_offered_is_no_value(house: House) -> None:
    await house.say("dev", "deploy checkout", THREAD)
    assert "Nothing was done yet" not in said(await house.say("dev", "the second", THREAD))
    assert "deploy: Which version, as in 1.4.0?" == (await asks(house)).title


async def test_two_are_refused_where_one_is_asked_for(house: House) -> None:
    await house.say("dev", "scale redis to 3", THREAD)
    await house.say("dev", "scale-service", THREAD)
    told = said(await house.say("dev", "checkout and payments", THREAD))
    assert "you named checkout and payments. Nothing was run." in told
    await house.say("dev", "checkout please", THREAD)
    assert "service=checkout" in said(await asks(house))


@pytest.mark.parametrize("words", ["my dog ate payments", "actually payments is the culprit"])
async def test_a_sentence_changes_nothing_about_the_run_that_waits(house: House, words: str) -> None:
    await house.say("dev", "restart-service checkout in production", THREAD)
    await house.say("dev", words, THREAD)
    assert "WAITING_APPROVAL" == str((await run(house)).state)
    assert "Nothing was done yet" not in said(await house.say("dev", words, THREAD))


async def test_an_order_for_another_runbook_is_no_value(house: House) -> None:
    await house.say("dev", "restart-service", THREAD)
    await house.say("dev", "deploy payments 2.0.1 to production please", THREAD)
    assert "deploy" == (await run(house)).runbook


@pytest.mark.parametrize("words", ["ok", "great"])
async def test_agreeing_to_nothing_asks_nothing_again(house: House, words: str) -> None:
    await house.say("dev", "is checkout healthy?")
    assert Card() == await house.say("dev", words)


async def test_a_value_is_taken_out_of_its_words(house: House) -> None:
    await house.say("dev", "deploy checkout", THREAD)
    await house.say("dev", "hm, 1.4.2 in production should be fine I think", THREAD)
    params = (await run(house)).params
    assert ("1.4.2", "production") == (params["version"], params["environment"])


async def test_a_value_may_be_marked_as_code(house: House) -> None:
    await house.say("dev", "deploy checkout", THREAD)
    await house.say("dev", "`1.4.2`", THREAD)
    assert "1.4.2" == (await run(house)).params["version"]


async def test_a_version_is_taken_with_the_order(house: House) -> None:
    await house.say("dev", "deploy checkout 1.6.0 to staging", THREAD)
    params = (await run(house)).params
    assert ("checkout", "1.6.0", "staging") == (params["service"], params["version"], params["environment"])


async def test_a_version_that_cannot_be_is_asked_again(house: House) -> None:
    await house.say("dev", "deploy checkout", THREAD)
    await house.submit("dev", "runbook.tell", "WISH-1", THREAD, said="-rf")
    assert "version cannot be “-rf”." in said(await asks(house))
    assert await no_run(house)


@pytest.mark.parametrize("version", ["1..;2", "1.0/../../etc", "1.4.2;rm"])
async def test_a_version_is_taken_whole_or_refused(house: House, version: str) -> None:
    await house.say("dev", f"deploy checkout version {version} to staging", THREAD)
    assert f"version cannot be “{version}”." in said(await asks(house))
    assert await no_run(house)


async def test_no_service_is_cut_out_of_what_it_is_a_part_of(house: House) -> None:
    await house.say("dev", "restart-service checkout;rm in staging", THREAD)
    assert "restart-service: Which service" in (await asks(house)).title
    assert await no_run(house)


async def test_punctuation_around_a_value_is_none_of_it(house: House) -> None:
    await house.say("dev", "deploy checkout (1.4.2), to production.", THREAD)
    params = (await run(house)).params
    assert ("checkout", "1.4.2", "production") == (
        params["service"],
        params["version"],
        params["environment"],
    )
