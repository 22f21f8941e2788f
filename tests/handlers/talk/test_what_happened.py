"""“what happened?” and “what changed?”, asked of no time: lately, before an incident, or where one is worked on its timeline."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.catalogue.deployments import units as deployments
from core.catalogue.deployments.deployment import Report
from core.clock import ManualClock
from tests.handlers.house import HERE, House, said
from tests.stores import START, opened, sqlite_url

ROOM = HERE.under("m7")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Checkout was deployed; an hour later search was slow, then the incident began, and payments was deployed."""
    clock = ManualClock(START)
    async with opened(sqlite_url(tmp_path), clock) as store:
        made = House(store)
        await deployed(made, "checkout")
        clock.advance(timedelta(hours=1))
        await made.command("ana", "/incident declare search is slow")
        clock.advance(timedelta(hours=1))
        await made.command("ana", "/incident declare service=payments Nobody can pay")
        await made.posted("INC-2", HERE, "m7")
        clock.advance(timedelta(hours=1))
        await deployed(made, "payments")
        yield made


async def deployed(house: House, service: str) -> None:
    told = Report("ci", service, (service,), "1.4.2", "production")
    await house.store.transact(deployments.report, house.world, told, "pipeline")


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("what changed before the incident?", ROOM),
        ("what changed?", ROOM),
        ("what changed before INC-2?", HERE),
        ("what has changed before the incident", HERE),
    ],
)
async def test_what_changed_before_an_incident_is_what_was_done_and_not_the_incident(
    house: House, words: str, place: object
) -> None:
    told = said(await house.say("ana", words, ROOM if place is ROOM else HERE))
    assert "What changed before" in told
    assert "checkout 1.4.2 was deployed" in told
    assert [False, False, False] == [
        "Nobody can pay" in told,
        "search is slow" in told,
        "payments 1.4.2" in told,
    ]


async def test_what_happened_before_it_are_other_incidents_too(house: House) -> None:
    told = said(await house.say("ana", "what happened before INC-2?"))
    assert [True, True, False] == [
        "search is slow" in told,
        "checkout 1.4.2" in told,
        "Nobody can pay" in told,
    ]


async def test_what_happened_is_asked_of_the_last_day(house: House) -> None:
    told = said(await house.say("ana", "what happened?"))
    assert "What happened in the last 24 hours" in told
    assert [True, True] == ["Nobody can pay" in told, "checkout 1.4.2 was deployed" in told]
    told = said(await house.say("ana", "what happened with payments?"))
    assert "What happened to payments in the last 24 hours" in told
    assert [True, False] == ["Nobody can pay" in told, "checkout" in told]


async def test_where_an_incident_is_worked_on_it_is_its_timeline(house: House) -> None:
    told = said(await house.say("ana", "what happened?", ROOM))
    assert "Timeline of INC-2" in told
    assert "search is slow" not in told


@pytest.mark.parametrize("words", ["2", "the second", "second one please", "#2"])
async def test_of_a_list_one_is_shown_by_its_place(house: House, words: str) -> None:
    listed = said(await house.say("ana", "list incidents"))
    second = max(("INC-1", "INC-2"), key=listed.index)
    assert second in said(await house.say("ana", words))


async def test_causes_are_not_asked_of_a_service_that_was_spoken_of_before(house: House) -> None:
    await house.say("ana", "how is payments?")
    assert "payments" not in said(await house.say("ana", "what was the root cause?"))
    assert "payments" in said(await house.say("ana", "why is payments slow?"))
