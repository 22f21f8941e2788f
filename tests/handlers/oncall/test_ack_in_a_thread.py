"""“ack”, said in the thread of an incident: it means that incident, whatever else calls whoever says it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.incidents import records as incidents
from core.paging import records as pages
from core.paging.page import State
from core.place import Place
from handlers.inbound import Message
from tests.handlers.house import HERE, OPS, House, actor, said
from tests.handlers.wishing import wishing
from tests.stores import sqlite_url

ROOM = HERE.under("m7")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Two incidents; the second calls Ana. `ROOM` is the thread of the first."""
    async with wishing(sqlite_url(tmp_path)) as made:
        await made.command("ana", "/incident declare checkout is down")
        await made.command("ana", "/incident declare payments is down")
        await made.posted("INC-1", HERE, "m7")
        await made.command("bo", "/incident page INC-2 ana the database")
        yield made


async def say(house: House, who: str, words: str, place: Place = ROOM, *, named: bool = False) -> str:
    message = Message(key=house.key(), actor=actor(who), place=place, text=words, addressed=True, named=named)
    return said(await house.take(message)).strip()


async def calls(house: House, page: str = "PG-1") -> bool:
    return State.CALLING is (await house.store.read(pages.get, page)).state


@pytest.mark.parametrize(
    ("words", "named"), [("on it", False), ("ack", False), ("ack", True), ("I take this", True)]
)
async def test_it_takes_this_incident_and_no_page_of_another(
    house: House, words: str, *, named: bool
) -> None:
    told = await say(house, "ana", words, named=named)
    assert "INC-1 is yours: checkout is down. You lead it." in told
    assert "PG-1 still calls you" in told
    assert "ana" == (await house.store.read(incidents.get, "INC-1")).lead
    assert await calls(house)
    told = await say(house, "ana", words, named=named)
    assert "INC-1 is yours already. PG-1 still calls you" in told
    assert await calls(house)


@pytest.mark.parametrize(
    "words",
    ["I take this", "i’ll take it", "I'll take this one!", "taking this", "mine", "on it", "I’ve got this"],
)
async def test_whoever_says_that_it_is_theirs_has_what_nobody_had(house: House, words: str) -> None:
    assert "INC-1 is yours: checkout is down. You lead it." in await say(house, "bo", words)
    assert "bo" == (await house.store.read(incidents.get, "INC-1")).lead
    assert "" == await say(house, "dev", words)
    assert "INC-1 is yours already." in await say(house, "bo", words)


async def test_whoever_else_has_it_is_named_though_no_page_calls_whoever_asks(house: House) -> None:
    await house.command("ana", "/incident ack INC-1")
    assert "Ana has INC-1. You need not do anything." in await say(house, "bo", "ack")
    assert "" == await say(house, "bo", "on it")
    await house.command("ana", "/incident resolve INC-1 a deploy")
    assert "INC-1 is resolved; there is nothing to acknowledge." in await say(house, "bo", "ack")


async def test_whoever_has_it_together_is_named_together(house: House) -> None:
    for number, who in enumerate(("ana", "bo"), start=2):
        await house.command("bo", f"/incident page INC-1 {who} look here")
        await house.command(who, f"/oncall ack PG-{number}")
    await house.command("ana", "/incident ack INC-1")
    assert "Ana and Bo have INC-1." in await say(house, "dev", "ack")


async def test_the_page_of_this_incident_is_taken_and_given_back_there_and_no_other(house: House) -> None:
    await house.command("bo", "/incident page INC-1 ana look here")
    assert "PG-2 is yours" in await say(house, "ana", "ack")
    assert [True, False] == [await calls(house), await calls(house, "PG-2")]
    await house.command("ana", "/oncall ack PG-1")
    await house.command("ana", "/oncall release", ROOM)
    assert [False, True] == [await calls(house), await calls(house, "PG-2")]
    assert "PG-2 is over." in said(await house.command("bo", "/oncall done PG-2"))
    assert "You have no page of INC-1" in said(await house.command("ana", "/oncall release", ROOM))
    assert "No escalation leads from INC-1" in said(await house.command("ana", "/oncall escalate", ROOM))


@pytest.mark.parametrize("words", ["I'm on it", "on it", "ack", "I take this"])
async def test_what_was_declared_just_now_is_offered_to_whoever_says_that_they_are_on_it(
    house: House, words: str
) -> None:
    await house.command("bo", "/incident declare search is slow", OPS)
    told = await say(house, "bo", words, OPS, named=True)
    assert "Take INC-3 on?" in told
    assert "No page calls you. Nobody has INC-3 yet: search is slow" in told
    assert "" == (await house.store.read(incidents.get, "INC-3")).lead
    assert "You are commander of INC-3 now." in await say(house, "bo", "yes", OPS, named=True)
    assert "INC-3 is yours already." in await say(house, "bo", words, OPS, named=True)


async def test_whoever_may_not_take_an_incident_is_offered_none(house: House) -> None:
    roles = {**house.world.roles, "guest": frozenset({"incident.declare", "incident.read", "oncall.*"})}
    house.world = replace(house.world, roles=roles)
    await house.command("gus", "/incident declare search is slow", OPS)
    assert "No page calls you." in await say(house, "gus", "ack", OPS, named=True)
