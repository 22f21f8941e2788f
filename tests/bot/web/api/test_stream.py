"""The stream of server-sent events: the same as over the WebSocket, over plain HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.bot.web.api.house import QUESTION, Program, World, serving


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with serving(tmp_path, limits="connections_per_token: 2") as world:
        yield world


class Stream:
    """An open stream, read block by block."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def hear(self) -> dict[str, Any]:
        """The next event: its id, its name and its data."""
        lines: dict[str, Any] = {}
        async with asyncio.timeout(10):
            while "data" not in lines:
                name, _, value = (await self._answer.content.readline()).decode().strip().partition(": ")
                lines[name] = value
        return {"id": lines.get("id"), "event": lines["event"], "data": json.loads(lines["data"])}


@asynccontextmanager
async def stream(program: Program, query: str, **headers: str) -> AsyncIterator[Stream]:
    sent = {"Authorization": f"Bearer {program.secret}"} | headers
    async with program.session.get(f"{program.base}/api/v1/stream?{query}", headers=sent) as answer:
        assert (200, "text/event-stream") == (answer.status, answer.content_type)
        yield Stream(answer)


async def test_a_program_follows_a_request_and_goes_on_after_the_last_event(world: World) -> None:
    rex, ana, bo = [await world.program(name) for name in ("rex", "ana", "bo")]
    _, made = await rex.post("/approvals", QUESTION)
    said = {"decision": "approve", "digest": made["digest"]}
    async with stream(rex, "topic=approval:AP-1") as follows:
        first = await follows.hear()
        assert ("snapshot", "PENDING") == (first["event"], first["data"]["data"]["status"])
        await ana.post("/approvals/AP-1/decisions", said)
        told = await follows.hear()
        assert ("event", "approval.decided") == (told["event"], told["data"]["kind"])
        assert str(told["data"]["seq"]) == told["id"]
    await bo.post("/approvals/AP-1/decisions", said)
    async with stream(rex, "topic=approval:AP-1", **{"Last-Event-ID": told["id"]}) as follows:
        assert ("snapshot", "APPROVED") == (
            (again := await follows.hear())["event"],
            again["data"]["data"]["status"],
        )
        kinds = [(await follows.hear())["data"]["kind"] for _ in range(2)]
        assert ["approval.decided", "approval.closed"] == kinds


async def test_a_stream_that_cannot_be_given_is_an_error_like_any_other(world: World) -> None:
    rex = await world.program("rex")
    await rex.post("/approvals", QUESTION)
    assert 401 == (await world.stranger().get("/stream?topic=approval:AP-1"))[0]
    for query, status in (
        ("topic=approval:AP-9", 404),
        ("topic=approver:ana", 403),
        ("topic=weather", 400),
        ("", 400),
        ("topic=approval:AP-1&after=99999", 400),
    ):
        assert status == (await rex.get(f"/stream?{query}"))[0], query
    page = {"Origin": "https://evil.example"}
    assert 403 == (await rex.get("/stream?topic=approval:AP-1", headers=page))[0]
    assert 400 == (await rex.get("/stream?topic=approval:AP-1", headers={"Last-Event-ID": "x"}))[0]


async def test_streams_count_among_the_connections_of_a_token_and_end_with_the_house(world: World) -> None:
    ana = await world.program("ana")
    async with stream(ana, "topic=approver:ana") as one, stream(ana, "topic=approver:ana") as two:
        await one.hear()
        await two.hear()
        assert 429 == (await ana.get("/stream?topic=approver:ana"))[0]
        world.house.following.stop()
        async with asyncio.timeout(5):
            assert b"" == (await one._answer.content.read()).strip()
