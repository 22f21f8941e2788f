"""Orders about alerts, pages and requests in one's own words, and facts that questions find."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.incidents import records as incidents
from core.incidents.silences import records as silences
from core.runbooks import records as runs
from tests.handlers.house import HERE, House, said
from tests.stores import START, opened, sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(sqlite_url(tmp_path), ManualClock(START)) as store:
        yield House(store)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("silence alerts of checkout for two hours", "2026-03-02 11:00"),
        ("mute the checkout alerts for 90 minutes please", "2026-03-02 10:30"),
        ("silence checkout until friday evening", "2026-03-06 18:00"),
    ],
)
async def test_alerts_are_kept_quiet_in_words(house: House, text: str, until: str) -> None:
    assert f"SIL-1 keeps alerts quiet with service=checkout until {until}" in said(
        await house.say("ana", text)
    )


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("mute alerts", "of what, and for how long"),
        ("silence the alerts of checkout", "for how long"),
        ("silence the alerts for 2h", "of what"),
        ("/alerts silence", "of what, and for how long"),
    ],
)
async def test_what_is_missing_of_a_silence_is_said(house: House, text: str, lacks: str) -> None:
    assert f"Nothing is kept quiet yet: say {lacks}." in said(await house.say("ana", text))
    assert await house.store.read(silences.active) == []


async def test_whom_to_page_may_end_with_a_comma(house: House) -> None:
    assert "/incident page bo checkout is weird" in said(await house.say("ana", "page bo, checkout is weird"))
    assert "PG-1 calls Bo" in said(await house.say("ana", "yes"))


async def test_an_incident_is_escalated_by_its_id_or_as_it(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    refused = said(await house.say("ana", "escalate INC-1"))
    assert "I know no way" not in refused
    await house.say("ana", "show INC-1")
    assert refused == said(await house.say("ana", "please escalate it"))


async def test_which_incident_to_escalate_is_asked(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down", HERE)
    elsewhere = HERE.model_copy(update={"channel": "C0ELSE"})
    assert "INC-1" in said(await house.say("ana", "escalate it", elsewhere))


@pytest.mark.parametrize("word", ["approve", "reject", "withdraw", "abstain"])
async def test_a_request_that_is_named_is_meant(house: House, word: str) -> None:
    assert "There is no approval AP-1." in said(await house.say("ana", f"{word} AP-1"))


async def test_a_report_that_denies_it_resolves_nothing(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    await house.say("ana", "INC-1 is not fixed")
    assert (await house.store.read(incidents.get, "INC-1")).is_open
    await house.press("ana", await house.say("ana", "INC-1 is fixed"), "Go on")
    assert not (await house.store.read(incidents.get, "INC-1")).is_open


@pytest.mark.parametrize(
    ("text", "role"), [("make bo the commander of INC-1", "commander"), ("make Bo scribe of INC-1", "scribe")]
)
async def test_a_part_in_an_incident_is_given_in_words(house: House, text: str, role: str) -> None:
    await house.command("ana", "/incident declare checkout is down")
    assert f"Bo is {role} of INC-1 now" in said(await house.say("ana", text))


async def test_what_there_is_none_of_is_not_asked_for(house: House) -> None:
    assert "There has been no run" in said(await house.say("ana", "please cancel the workflow run"))


@pytest.mark.parametrize("text", ["we have an outage", "production is down!", "the site is completely down"])
async def test_an_outage_is_offered_to_be_declared(house: House, text: str) -> None:
    assert "Declare an incident?" in said(await house.say("ana", text))


async def test_a_report_carries_no_service_over(house: House) -> None:
    await house.say("ana", "is checkout healthy?")
    card = said(await house.say("ana", "customers can't log in"))
    assert "Declare an incident?" in card
    assert "checkout" not in card


async def test_what_happened_since_a_deploy_begins_none(house: House) -> None:
    await house.say("ana", "what happened since the last restart-service")
    assert await house.store.read(runs.find) == []


async def test_a_fact_that_was_told_answers_a_question_without_a_command(house: House) -> None:
    await house.say("ana", "remember that the replica of orders is in Frankfurt on db7")
    assert "Frankfurt" in said(await house.say("ana", "where is the replica of orders?"))
    assert "Frankfurt" in said(await house.say("ana", "which replica has orders?"))


async def test_a_question_that_no_fact_is_about_is_not_answered_by_one(house: House) -> None:
    await house.say("ana", "remember that the replica of orders is in Frankfurt on db7")
    for text in ("where is the coffee machine?", "is checkout healthy?", "how do I link orders?"):
        assert "Frankfurt" not in said(await house.say("ana", text))


async def test_a_fact_stays_where_it_was_told(house: House) -> None:
    await house.say("ana", "remember that the replica of orders is in Frankfurt on db7")
    elsewhere = HERE.model_copy(update={"channel": "C0ELSE"})
    assert "Frankfurt" not in said(await house.say("bo", "where is the replica of orders?", elsewhere))
