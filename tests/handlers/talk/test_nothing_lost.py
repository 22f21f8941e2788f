"""What somebody says is done, or refused in words: nothing is filled in from what was dropped, and nothing is left out silently."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.plugins import ACTIONS
from core.runbooks.load import load
from tests.handlers.house import House, said
from tests.handlers.wishing import asks, no_run, run, wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


@pytest.mark.parametrize(
    "words",
    [
        "restart checkout and payments in staging",
        "deploy 1.4.2 to checkout in staging & production",
        "restart payments in staging, then checkout",
    ],
)
async def test_one_of_two_is_not_done_while_the_other_is_lost(house: House, words: str) -> None:
    assert "takes one at a time" in said(await house.say("ana", words))
    assert await no_run(house)


async def test_two_people_are_not_paged_by_calling_one(house: House) -> None:
    assert "you named Bo and Eva" in said(await house.say("ana", "page bo and eva"))
    assert "“page bo the db is down”" in said(await house.say("ana", "page bo the db is down"))


async def test_a_dropped_order_fills_nothing_in(house: House) -> None:
    await house.say("dev", "deploy payments to production")
    await house.say("dev", "never mind")
    await house.say("dev", "deploy")
    card = said(await asks(house, 2))
    assert "payments" not in card.partition("Nothing was run yet")[0]
    assert "So far" not in card


async def test_a_new_order_takes_no_service_from_another_talk(house: House) -> None:
    await house.say("dev", "is checkout healthy?")
    await house.say("dev", "deploy 1.4.2 to staging")
    assert "deploy: Which service" in (await asks(house)).title


async def test_a_version_in_the_place_of_a_service_is_the_version(house: House) -> None:
    await house.say("dev", "deploy 1.5.0 in staging")
    assert "deploy: Which service" in (await asks(house)).title
    await house.say("dev", "checkout")
    told = (await run(house)).params
    assert ("checkout", "1.5.0", "staging") == (told["service"], told["version"], told["environment"])


async def test_what_it_means_stands_apart_from_what_was_said(house: House) -> None:
    await house.say("ana", "is checkout ok in production?")
    await house.say("ana", "restart it")
    assert "restart it (checkout, production)" in said(await asks(house))


@pytest.mark.parametrize("words", ["approve it", "approve", "I approve AP-1", "approve the checkout restart"])
async def test_whoever_approves_in_words_is_shown_what_to_press(house: House, words: str) -> None:
    await house.say("dev", "restart checkout in production")
    card = await house.say("ana", words)
    assert "press Approve here" in said(card)
    assert "Approve" in [one.label for one in card.controls]
    assert (await run(house)).started_at is None


async def test_the_reason_of_a_no_in_words_is_not_lost(house: House) -> None:
    await house.say("dev", "restart checkout in production")
    told = said(await house.say("ana", "reject AP-1, 1.4.3 has a known bug"))
    assert "press Reject… here" in told
    assert "1.4.3 has a known bug" in told


async def test_where_no_runbook_does_it_those_are_named_that_come_near(house: House) -> None:
    books = {name: book for name, book in house.world.runbooks.items() if name != "scale-service"}
    house.world = replace(house.world, runbooks=books)
    told = said(await house.say("ana", "scale checkout to 5"))
    assert "The runbooks of checkout: restart-service." in told
    resize = "{name: resize, description: Scale the pods, params: {service: {choices: [payments, ledger]}}, steps: [{id: do, action: shell, with: {argv: [echo, '${{ params.service }}']}}]}"
    house.world = replace(house.world, runbooks=books | {"resize": load(resize, "x.yaml", ACTIONS)})
    told = said(await house.say("ana", "scale checkout to 5"))
    assert "What comes near: resize (for payments and ledger)." in told


async def test_a_report_that_names_a_deployment_is_about_its_incident(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    told = said(await house.say("ana", "INC-1 is fixed, it was a bad deploy"))
    assert "Resolve an incident, with its cause?" in told
    assert "/incident resolve INC-1 a bad deploy" in told
    assert "Run deploy?" not in said(await house.say("ana", "the deploy of checkout broke payments"))
    assert await no_run(house)


async def test_a_slip_that_was_shown_under_its_name_is_that_name_in_the_run(house: House) -> None:
    assert "Service: payments" in said(await house.say("dev", "restrat paymnets in staging"))
    await house.say("dev", "yes")
    await house.say("dev", "restart-service")
    assert "payments" == (await run(house)).params["service"]


async def test_what_is_asked_for_besides_is_what_is_shown_and_done(house: House) -> None:
    await house.say("dev", "restart-service payments in staging because checkout is slow")
    assert "restart-service service=checkout environment=staging" in said(
        await house.say("dev", "and checkout?")
    )
    await house.say("dev", "yes")
    assert "checkout" == (await run(house, 2)).params["service"]
    assert 1 == said(await house.say("dev", "and payments?")).count("Runbook: restart-service")


async def test_what_is_understood_with_what_was_said_before_is_shown_beside_the_words_that_were_said(
    house: House,
) -> None:
    await house.say("dev", "restart checkout in staging")
    told = said(await house.say("dev", "and payments?"))
    assert "> and payments?\nWith what was said before, that is “restart payments in staging”." in told
    assert "I take “and payments?” for “restart payments in staging”: run restart-service." in told
    await house.say("ana", "list open incidents, then page bo")
    assert "> page bo\n" in said(await house.say("ana", "yes"))
