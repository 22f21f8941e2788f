"""Who approved, rejected, declared or resolved something: a line or two, and not the whole card."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.approvals import records
from core.approvals import units as approvals
from core.approvals.request import Choice
from core.store.engine import Unit
from handlers.talk import by_whom
from tests.handlers.house import House, said, world
from tests.handlers.wishing import wishing
from tests.stores import sqlite_url


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[House]:
    """A house in which AP-1 waits for people."""
    async with wishing(sqlite_url(tmp_path)) as made:
        await made.say("dev", "restart checkout in production")
        yield made


async def _vote(house: House, who: str, choice: Choice, reason: str = "") -> None:
    def vote(unit: Unit) -> None:
        shown = records.get(unit, "AP-1")
        approvals.decide(unit, shown.id, house.world.people[who], choice, reason, shown.digest)

    await house.store.transact(vote)


@pytest.mark.parametrize(
    "text", ["who approved AP-1?", "has anybody approved AP-1 yet?", "who rejected AP-1"]
)
async def test_of_a_request_that_waits_it_is_told_who_is_missing(asking: House, text: str) -> None:
    card = await asking.say("dev", text)
    told = said(card)
    assert "Nobody has" in told
    assert "Still needed:" in told
    assert ["Show AP-1"] == [one.label for one in card.controls]
    assert "Priority" not in told


async def test_who_approved_and_who_rejected_are_named_with_the_time_and_why(asking: House) -> None:
    request = await asking.store.transact(records.get, "AP-1")
    who = request.seats[0]
    await _vote(asking, who.person, Choice.REJECT, "not on a friday")
    told = said(await asking.say("dev", "who rejected AP-1?"))
    assert f"AP-1 was rejected by {who.name} at " in told
    assert "not on a friday" in told
    assert "Nobody has approved AP-1." in said(await asking.say("dev", "who approved AP-1?"))
    told = said(await asking.say("dev", "who asked for AP-1?"))
    assert "Dev asked for AP-1 at " in told
    assert "not on a friday" in told


async def test_who_declared_took_and_resolved_an_incident_is_told(house: House) -> None:
    await house.command("ana", "/incident declare service=checkout checkout is down")
    assert "Ana declared INC-1 at " in said(await house.say("bo", "who declared INC-1?"))
    assert "INC-1 is not acknowledged yet" in said(await house.say("bo", "who acked INC-1?"))
    card = await house.say("bo", "is INC-1 resolved?")
    assert "INC-1 is not resolved yet: checkout is down. It is open." in said(card)
    assert ["Show INC-1"] == [one.label for one in card.controls]
    await house.command("bo", "/incident ack INC-1")
    assert "Bo has acknowledged INC-1, at " in said(await house.say("ana", "who took INC-1?"))
    await house.command("bo", "/incident resolve INC-1 it was the cache")
    told = said(await house.say("ana", "when was INC-1 resolved?"))
    assert "Bo has resolved INC-1, at " in told
    assert "it was the cache" in told
    assert "Bo has resolved INC-1" in said(await house.command("ana", "/incident show INC-1 show=resolved"))


@pytest.mark.parametrize(
    "text", ["who approved the deploy?", "who resolved it", "approve AP-1", "resolve INC-1"]
)
def test_orders_and_what_has_no_id_are_for_others(text: str) -> None:
    assert by_whom.of_request(world(), text) is None
    assert by_whom.of_incident(world(), text) is None
