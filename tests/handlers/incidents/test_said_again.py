"""Somebody declares what is open, and says that it is graver than anybody knew."""

from dataclasses import replace

import pytest

from core import wiring
from core.incidents import records
from core.paging import records as pages
from core.paging.page import Plan, Step
from handlers.cards.card import Card
from tests.handlers.house import House, said

GRAVER = "/incident declare checkout is down sev1"


@pytest.fixture
async def mild(house: House) -> House:
    """A mild incident for which nobody was called, where people can be."""
    house.world = replace(
        house.world, escalations={"platform": Plan(name="platform", steps=(Step(people=("bo",)),))}
    )
    services = dict(house.world.services)
    services["checkout"] = services["checkout"].model_copy(update={"escalation": "platform"})
    house.world = replace(house.world, services=services)
    await house.command("ana", "/incident declare checkout is slow sev4")
    assert (4, 0) == await stands(house)
    return house


async def stands(house: House) -> tuple[int, int]:
    """How grave it is, and how many pages call people for it when all that follows from it has been done."""
    for row in await house.queued("react"):
        if row["reaction"] == "paging.on_incident":
            await house.store.transact(wiring.REACTIONS["paging.on_incident"], house.world, "INC-1", {})
    incident = await house.store.read(records.get, "INC-1")
    return incident.severity, len(await house.store.read(pages.of_incident, "INC-1"))


async def same(house: House, who: str, asked: Card) -> str:
    return said(await house.press(who, asked, "It is the same"))


async def test_it_is_raised_to_what_was_said_and_people_are_called(mild: House) -> None:
    asked = await mild.command("bo", GRAVER)
    assert "You say SEV1. If it is the same, INC-1 is raised to that." in said(asked)
    assert "You say SEV1. If it is the same, INC-1 is raised to that." in asked.summary
    assert "It was SEV4, and is SEV1 now, as you said." in await same(mild, "bo", asked)
    assert (1, 1) == await stands(mild)
    lines = [one.text for one in await mild.store.read(records.timeline, "INC-1")]
    assert "Bo sees it too: checkout is down" in lines
    assert "Bo: SEV4 → SEV1 (declared again as SEV1 by Bo)" in lines


async def test_a_milder_word_or_none_changes_nothing(mild: House) -> None:
    asked = await mild.command("bo", "/incident declare checkout is down sev5")
    assert "You say SEV5. If it is the same, it stays SEV4." in said(asked)
    assert "SEV5" not in await same(mild, "bo", asked)
    asked = await mild.command("bo", "/incident declare checkout is down")
    assert "You say" not in said(asked)
    await same(mild, "bo", asked)
    assert (4, 0) == await stands(mild)


async def test_whoever_may_not_raise_it_is_told_so_and_what_they_saw_is_kept(mild: House) -> None:
    asked = await mild.command("dev", GRAVER)
    assert "it stays SEV4: to raise it takes the permission `incident.severity`" in said(asked)
    assert "It stays SEV4: to raise it takes the permission" in await same(mild, "dev", asked)
    assert (4, 0) == await stands(mild)
    assert "Dev sees it too: checkout is down" == (await mild.store.read(records.timeline, "INC-1"))[-1].text


async def test_what_is_over_meanwhile_calls_nobody_and_says_how_it_would(mild: House) -> None:
    asked = await mild.command("bo", GRAVER)
    await mild.command("ana", "/incident resolve INC-1 a deploy")
    told = await same(mild, "bo", asked)
    assert "It is resolved, so nobody is called as SEV1. /incident reopen INC-1 it is back" in told
    assert (4, 0) == await stands(mild)


async def test_the_command_raises_it_too_and_another_keeps_what_was_said(mild: House) -> None:
    asked = await mild.command("bo", GRAVER)
    await mild.press("bo", asked, "Declare another")
    other = await mild.store.read(records.get, "INC-2")
    assert ("checkout is down", 1, "checkout") == (other.title, other.severity, other.service)
    await mild.command("bo", "/incident same INC-1 orders fail here too, sev2")
    assert 2 == (await stands(mild))[0]
