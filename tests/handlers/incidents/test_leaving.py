"""Who is taken off an incident, in a command and in words: it is theirs no more, and their parts are free."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.incidents import records
from core.incidents.incident import Incident
from tests.handlers.house import HERE, House, said
from tests.handlers.wishing import wishing
from tests.stores import sqlite_url

ROOM = HERE.under("m7")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Bo leads the incident that is worked on in `ROOM`, and it is his."""
    async with wishing(sqlite_url(tmp_path)) as made:
        await made.command("ana", "/incident declare checkout is down")
        await made.posted("INC-1", HERE, "m7")
        await made.command("ana", "/incident lead INC-1 bo")
        await made.command("ana", "/incident assign INC-1 bo")
        yield made


async def incident(house: House) -> Incident:
    return await house.store.read(records.get, "INC-1")


@pytest.mark.parametrize(
    "words",
    [
        "unassign bo from INC-1",
        "take bo off INC-1",
        "please remove @bo from INC-1",
        "unassign bo",
        "/incident unassign INC-1 bo",
        "/incident unassign bo from INC-1",
    ],
)
async def test_whoever_is_taken_off_has_nothing_to_do_with_it(house: House, words: str) -> None:
    if words.startswith("/"):
        told = said(await house.command("ana", words))
    else:
        told = said(await house.say("ana", words, ROOM if words == "unassign bo" else HERE))
    assert "Nobody is commander of INC-1 now: Bo was." in told
    assert "INC-1 belongs to team platform, which owns checkout now." in told
    now = await incident(house)
    assert ("", "") == (now.lead, now.owner)


async def test_where_no_incident_is_named_it_is_the_only_one_they_have(house: House) -> None:
    assert "Nobody is commander of INC-1 now" in said(await house.command("ana", "/incident unassign bo"))
    assert "Bo has no part in an incident that is open." in said(
        await house.command("ana", "/incident unassign bo")
    )


async def test_whoever_has_no_part_in_it_is_left_where_they_are(house: House) -> None:
    told = said(await house.say("bo", "take ana off INC-1"))
    assert "Ana has no part in INC-1, and it is not theirs. Bo leads it." in told
    assert "bo" == (await incident(house)).lead


async def test_it_is_not_for_everybody(house: House) -> None:
    assert "You may not do that" in said(await house.say("dev", "take bo off INC-1"))
    assert "bo" == (await incident(house)).lead


@pytest.mark.parametrize(
    ("words", "owner", "severity"),
    [
        ("assign INC-1 Ana sev1", "ana", 1),
        ("assign INC-1 to ana, sev2", "ana", 2),
        ("give INC-1 to ana", "ana", 3),
        ("assign INC-1 dev", "dev", 3),
        ("assign INC-1 bo sev1", "bo", 1),  # it is his already
    ],
)
async def test_whose_it_is_and_how_grave_may_stand_in_one_sentence(
    house: House, words: str, owner: str, severity: int
) -> None:
    await house.say("ana", words)
    now = await incident(house)
    assert (owner, severity) == (now.owner, now.severity)


async def test_the_incident_that_is_named_counts_before_the_one_of_the_thread(house: House) -> None:
    await house.command("ana", "/incident declare service=payments payments is slow")
    await house.command("ana", "/incident assign INC-2 bo")
    await house.say("ana", "/incident unassign bo from INC-2", ROOM)
    assert "bo" == (await incident(house)).owner
    assert not (await house.store.read(records.get, "INC-2")).owner
