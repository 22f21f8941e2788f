"""What is offered, or was listed, is picked by its place: “the second”."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

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
    assert "payments is slow" in said(await house.say("ana", "the second", elsewhere)).split("\n")[0]
    unsure = "is the latency of checkout still so high"
    offered = [one.label for one in (await house.say("ana", unsure, elsewhere)).controls]
    assert "Explain what happened" == offered[1]
    assert "I cannot tell causes by myself" in said(await house.say("ana", "the second one", elsewhere))
    await house.say("dev", "kick checkout in staging", THREAD)
    await house.say("dev", "yes", THREAD)
    await house.say("dev", "the second", THREAD)
    assert "restart-cache" == (await run(house)).runbook
