"""Following a topic: first how it stands, then everything that happens to it, once and in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from bot.following import Following
from core.approvals.request import Request
from core.errors import Forbidden, Invalid, NotFound, UnknownPerson
from core.people.tokens import units as tokens
from core.store.engine import Unit
from handlers.caller import Caller
from handlers.programs.watching import Event, Snapshot, topic_of
from tests.bot.web.api.house import QUESTION, World, serving


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with serving(tmp_path) as world:
        yield world


async def _caller(world: World, person: str) -> Caller:
    def known(unit: Unit) -> Caller:
        secret = tokens.create(unit, world.house.world.people, person, (), "test")
        return Caller(*tokens.owner(unit, world.house.world.people, secret), world.house.world)

    return await world.house.store.transact(known)


async def _take(
    following: Following, caller: Caller, topic: str, count: int, after: int | None = None
) -> Any:
    async with aclosing(following.follow(caller, topic_of(topic), after)) as stream, asyncio.timeout(10):
        return [await anext(stream) for _ in range(count)]


async def test_a_follower_sees_how_it_stands_and_then_what_happens(world: World) -> None:
    rex, ana = await world.program("rex"), await world.program("ana")
    _, made = await rex.post("/approvals", QUESTION)
    following = world.house.following
    caller = await _caller(world, "rex")
    async with aclosing(following.follow(caller, topic_of("approval:AP-1"))) as stream, asyncio.timeout(10):
        first = await anext(stream)
        assert isinstance(first, Snapshot)
        assert isinstance(first.thing, Request)
        assert "AP-1" == first.thing.id
        said = {"decision": "approve", "digest": made["digest"]}
        await ana.post("/approvals/AP-1/decisions", said)
        second = await anext(stream)
        assert isinstance(second, Event)
        assert ("approval.decided", first.seq + 1) == (second.row["kind"], second.seq)
    again = await _take(following, caller, "approval:AP-1", 2, after=first.seq)
    assert [second.seq] == [one.seq for one in again[1:]]


async def test_an_approver_follows_what_they_are_asked_and_nobody_else_does(world: World) -> None:
    rex, stranger = await world.program("rex"), await _caller(world, "rex")
    following = world.house.following
    async with aclosing(following.follow(await _caller(world, "ana"), topic_of("approver:ana"))) as stream:
        async with asyncio.timeout(10):
            first = await anext(stream)
            assert isinstance(first, Snapshot)
            assert () == first.thing
            await rex.post("/approvals", QUESTION)
            told = await anext(stream)
            assert isinstance(told, Event)
            assert ("approval.requested", "AP-1") == (told.row["kind"], told.row["ref"])
    with pytest.raises(Forbidden):
        await _take(following, stranger, "approver:ana", 1)


async def test_whose_token_is_revoked_hears_no_more(world: World) -> None:
    rex, caller = await world.program("rex"), await _caller(world, "rex")
    await rex.post("/approvals", QUESTION)
    async with aclosing(world.house.following.follow(caller, topic_of("approval:AP-1"))) as stream:
        async with asyncio.timeout(10):
            await anext(stream)
            await world.house.store.transact(tokens.revoke, caller.token.id, "test")
            await rex.post("/approvals/AP-1/withdraw")
            with pytest.raises(UnknownPerson):
                await anext(stream)


async def test_what_cannot_be_followed_is_said(world: World) -> None:
    dev, stranger = await world.program("dev"), await _caller(world, "rex")
    ana = await _caller(world, "ana")
    await dev.post("/approvals", QUESTION)
    for caller, topic in ((ana, "approval:AP-9"), (stranger, "approval:AP-1"), (ana, "approver:zoe")):
        with pytest.raises(NotFound):
            await _take(world.house.following, caller, topic, 1)
    with pytest.raises(Invalid, match="There is no event"):
        await _take(world.house.following, ana, "approval:AP-1", 1, after=10_000)
    for wrong in ("", "approval", "approval:", "approval:x", "weather:today", "approval:RUN-1"):
        with pytest.raises(Invalid):
            topic_of(wrong)
