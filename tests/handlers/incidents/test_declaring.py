"""Incidents that are declared in a sentence: shown first as they would be declared, and told by whoever may."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.incidents import records as incidents
from handlers.incidents import forms as incident_forms
from tests.handlers.house import House, said, world
from tests.handlers.wishing import wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house with two services."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


@pytest.mark.parametrize(
    ("words", "title", "severity", "service"),
    [
        ("declare incident: payments declines cards, sev2, service payments", "payments declines cards", 2, "payments"),
        ("payments is down, sev1! open an incident", "payments is down", 1, "payments"),
        ("mails not sent since noon, please declare an incident for payments, sev 4", "mails not sent since noon", 4, "payments"),
        ("open an incident: mails are late", "mails are late", 3, ""),
        ("customers can't check out, open a sev1", "customers can't check out", 1, ""),
        ("mails are late, open a sev2 incident", "mails are late", 2, ""),
        ("declare payments down", "payments down", 3, "payments"),
    ],
)  # fmt: skip
async def test_a_sentence_is_shown_as_it_would_be_declared(
    house: House, words: str, title: str, severity: int, service: str
) -> None:
    card = said(await house.say("ana", words))
    of = f", {service}" if service else ""
    assert f"“{title}”, SEV{severity}{of}" in card
    assert [] == await house.store.read(incidents.find)
    await house.say("ana", "yes")
    (found,) = await house.store.read(incidents.find)
    assert (title, severity, service) == (found.title, found.severity, found.service or "")
    assert "You asked for more" not in said(await house.say("ana", "yes"))


@pytest.mark.parametrize(
    ("asked", "severity"),
    [("declare an incident", 3), ("open an incident pls", 3), ("open a sev1 incident", 1)],
)
async def test_what_is_wrong_may_be_said_in_the_next_message(house: House, asked: str, severity: int) -> None:
    assert "What is wrong?" in said(await house.say("ana", asked))
    assert "Still open" in said(await house.say("ana", "is checkout ok?"))
    assert f"“mails are late”, SEV{severity}" in said(await house.say("ana", "mails are late"))
    await house.say("ana", "yes")
    assert ["mails are late"] == [one.title for one in await house.store.read(incidents.find)]


async def test_a_new_disturbance_has_nothing_of_the_one_before(house: House) -> None:
    await house.say("ana", "emails are late, please declare an incident for payments, sev 3")
    await house.say("ana", "yes")
    await house.say("ana", "how is checkout?")
    card = said(await house.say("ana", "can u open an incident, customers cannot log in"))
    assert "“customers cannot log in”, SEV3\n" in card


async def test_whoever_may_not_declare_is_told_at_once_and_by_whom_it_can_be(house: House) -> None:
    told = said(await house.say("gus", "customers cannot pay, can u open an incident"))
    assert "needs the permission `incident.declare`" in told
    assert "Ask somebody who may: Ana, Bo." in told
    assert "Still open" not in said(await house.say("gus", "hm, never mind"))


def test_a_message_without_a_title_lends_its_first_line() -> None:
    form = incident_forms.declare(world(), {"source_text": "500 on pay\nsince noon"})
    assert form is not None
    assert form.fields[0].default == "500 on pay"


async def test_a_typed_yes_says_that_it_is_the_same_incident(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    assert "the same as INC-1?" in said(await house.command("bo", "/incident declare checkout is down too"))
    assert "What you saw stands on the timeline of INC-1" in said(await house.say("bo", "yes"))
    assert 1 == len(await house.store.read(incidents.find))
