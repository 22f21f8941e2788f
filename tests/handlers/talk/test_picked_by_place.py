"""What is offered, or was listed, is picked by its place: “the second”."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.incidents import records
from tests.handlers.house import HERE, House, said
from tests.handlers.wishing import THREAD, run, wishing
from tests.stores import sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which developers run things."""
    async with wishing(sqlite_url(tmp_path)) as made:
        yield made


async def test_what_is_offered_is_picked_by_its_place(house: House) -> None:
    await house.command("ana", "/incident declare checkout is down")
    await house.command("ana", "/incident declare payments is slow")
    elsewhere = HERE.model_copy(update={"channel": "C0ELSE"})
    assert "which incident?" in said(await house.say("ana", "please resolve it", elsewhere))
    told = said(await house.say("ana", "the second", elsewhere))
    assert "/incident resolve INC-2. Nothing was done yet." in told
    await house.say("ana", "never mind", elsewhere)
    await house.say("ana", "which incidents are open?", elsewhere)
    assert "checkout is down" in said(await house.say("ana", "the second", elsewhere)).split("\n")[0]
    unsure = "is the latency of checkout still so high"
    offered = [one.label for one in (await house.say("ana", unsure, elsewhere)).controls]
    place = ("first", "second", "third")[offered.index("Explain what happened")]
    assert "I cannot tell causes by myself" in said(await house.say("ana", f"the {place} one", elsewhere))
    await house.say("dev", "kick checkout in staging", THREAD)
    await house.say("dev", "yes", THREAD)
    await house.say("dev", "the second", THREAD)
    assert "restart-cache" == (await run(house)).runbook


async def test_the_place_counts_under_the_question_and_not_in_what_its_titles_name(house: House) -> None:
    for title in ("checkout is down as in INC-7", "payments is slow"):
        await house.command("ana", f"/incident declare {title}")
    elsewhere = HERE.model_copy(update={"channel": "C0ELSE"})
    await house.command("ana", "/incident update the disk is full", elsewhere)
    await house.say("ana", "the second", elsewhere)
    assert "the disk is full" == (await house.store.read(records.get, "INC-2")).update


async def test_what_was_typed_is_not_lost_when_its_incident_is_picked(house: House) -> None:
    for title in ("checkout is down", "payments is slow"):
        await house.command("ana", f"/incident declare {title}")
    elsewhere = HERE.model_copy(update={"channel": "C0ELSE"})
    for pick, wanted in (
        ("the second", "INC-2"),
        ("1", "INC-1"),
        ("inc-2.", "INC-2"),
        ("the payments one", "INC-2"),
    ):
        asked = said(await house.command("ana", "/incident update the disk is full", elsewhere))
        assert "Which incident do you mean?" in asked
        assert "which incident" in said(await house.say("ana", "/wardroom open", elsewhere))
        await house.say("ana", pick, elsewhere)
        assert "the disk is full" == (await house.store.read(records.get, wanted)).update
        await house.command("ana", f"/incident update {wanted} nothing new")
    await house.command("ana", "/incident resolve it was the disk", elsewhere)
    told = said(await house.say("ana", "the second", elsewhere))
    assert "That would be /incident resolve INC-2 it was the disk. Nothing was done yet." in told
    await house.say("ana", "yes", elsewhere)
    assert "it was the disk" == (await house.store.read(records.get, "INC-2")).cause
    assert "Which incident do you mean?" in said(await house.say("bo", "resolve it: the cable", elsewhere))
    assert "/incident resolve INC-1 the cable" in said(await house.say("bo", "INC-1", elsewhere))
    await house.command("ana", "/incident resolve the cable", elsewhere)
    assert "/incident resolve INC-1 the cable" in said(await house.say("ana", "yes", elsewhere))
