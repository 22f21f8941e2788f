"""Who may open a WebSocket, and what happens to those who should not, talk nonsense or do not listen."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.live import frames
from bot.web.live.session import SLOW, TOO_MANY, UNKNOWN, Bounds
from bot.workers import pause
from core.errors import Invalid
from core.people.tokens import units as tokens
from core.store import events
from core.store.engine import Unit
from core.store.sqlite import SqliteStore
from tests.bot.web.api.house import QUESTION, World, serving
from tests.bot.web.live.socket import line, refused

LIMITS = "connections_per_token: 2\n  topics_per_connection: 3"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with serving(tmp_path, limits=LIMITS) as world:
        yield world


async def test_a_token_comes_in_a_header_a_subprotocol_or_the_first_frame(world: World) -> None:
    ana = await world.program("ana")
    async with line(ana) as live:
        assert "snapshot" == (await live.follow("approver:ana"))["op"]
    async with line(ana, headers={}, protocols=("wardroom", f"wardroom.token.{ana.secret}")) as live:
        assert "wardroom" == live.socket.protocol  # the token is not sent back
        assert "snapshot" == (await live.follow("approver:ana"))["op"]
    async with line(ana, headers={}) as live:
        assert {"op": "welcome", "person": "ana"} == await live.ask(op="auth", token=ana.secret)
        assert "snapshot" == (await live.follow("approver:ana"))["op"]


async def test_nobody_comes_in_without_a_token_that_counts(world: World) -> None:
    ana = await world.program("ana")
    wrong = {"Authorization": f"Bearer wr_{'x' * 43}"}
    status, said = await refused(ana, headers=wrong)
    assert (401, "UNKNOWN_PERSON") == (status, said["code"])
    status, said = await refused(ana, headers={}, query=f"?token={ana.secret}")
    assert (403, "FORBIDDEN") == (status, said["code"])
    assert ana.secret not in json.dumps(said)
    for first in ({"op": "subscribe", "topic": "approver:ana"}, {"op": "auth", "token": "x"}, {"op": "ping"}):
        async with line(ana, headers={}) as live:
            told = await live.ask(**first)
            assert ("error", "UNKNOWN_PERSON") == (told["op"], told["code"])
            assert UNKNOWN == await live.closed()


async def test_a_page_whose_token_does_not_count_is_told_why(world: World) -> None:
    """A browser tells a page nothing of a handshake that fails but 1006."""
    ana = await world.program("ana")
    for secret in (f"wr_{'x' * 43}", "x"):
        async with line(ana, headers={}, protocols=("wardroom", f"wardroom.token.{secret}")) as live:
            told = await live.hear()
            assert ("error", "UNKNOWN_PERSON") == (told["op"], told["code"])
            assert UNKNOWN == await live.closed()
    mine = {"headers": {}, "protocols": ("wardroom", f"wardroom.token.{ana.secret}")}
    async with line(ana, **mine), line(ana, **mine), line(ana, **mine) as third:
        assert "TOO_MANY" == (await third.hear())["code"]
        assert TOO_MANY == await third.closed()


async def test_a_page_of_another_site_is_refused_and_one_of_ours_is_not(world: World) -> None:
    ana = await world.program("ana")
    bearer = {"Authorization": f"Bearer {ana.secret}"}
    for origin in ("https://evil.example", "null", "file://", "http://127.0.0.1:1"):
        status, said = await refused(ana, headers=bearer | {"Origin": origin})
        assert (403, "FORBIDDEN") == (status, said["code"])
    async with line(ana, headers=bearer, origin=world.house.url) as live:
        assert {"op": "pong"} == await live.ask(op="ping")


async def test_a_token_sees_over_the_socket_what_it_sees_elsewhere_and_no_more(world: World) -> None:
    dev, rex = await world.program("dev"), await world.program("rex")
    await dev.post("/approvals", QUESTION)
    await (await world.program("ana")).post("/incidents", {"title": "Slow"})
    async with line(rex) as live:
        for topic, code in (
            ("approval:AP-1", "NOT_FOUND"),
            ("approval:AP-9", "NOT_FOUND"),
            ("approver:ana", "FORBIDDEN"),
            ("incident:INC-1", "FORBIDDEN"),
            ("execution:RUN-1", "FORBIDDEN"),
            ("nothing:1", "INVALID"),
        ):
            told = await live.follow(topic)
            assert ("error", code) == (told["op"], told["code"])
            assert told["mend"]
        assert "snapshot" == (await live.follow("approver:rex"))["op"]


async def test_whose_token_is_revoked_is_shown_out(world: World) -> None:
    rex = await world.program("rex")
    await rex.post("/approvals", QUESTION)
    async with line(rex) as live:
        await live.follow("approval:AP-1")
        _, token = await world.house.store.read(tokens.owner, world.house.world.people, rex.secret)
        await world.house.store.transact(tokens.revoke, token.id, "test")
        await (await world.program("ana")).post("/approvals/AP-1/comments", {"text": "secret"})
        told = await live.hear()
        assert ("error", "UNKNOWN_PERSON") == (told["op"], told["code"])
        assert UNKNOWN == await live.closed()


async def test_connections_of_a_token_and_topics_of_a_connection_are_counted(world: World) -> None:
    ana = await world.program("ana")
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(line(ana))
        await stack.enter_async_context(line(ana))
        status, said = await refused(ana)
        assert (429, "TOO_MANY") == (status, said["code"])
        stranger = await stack.enter_async_context(line(ana, headers={}))
        assert "TOO_MANY" == (await stranger.ask(op="auth", token=ana.secret))["code"]
        assert TOO_MANY == await stranger.closed()
        for name in ("ana", "bo", "chi"):
            assert "snapshot" == (await first.follow(f"approver:{name}"))["op"]
        assert "CONFLICT" == (await first.follow("approver:bo"))["code"]
        assert "TOO_MANY" == (await first.follow("approver:dev"))["code"]
        await first.ask(op="unsubscribe", topic="approver:bo")
        assert "snapshot" == (await first.follow("approver:dev"))["op"]
        assert "NOT_FOUND" == (await first.ask(op="unsubscribe", topic="approver:bo"))["code"]
    async with line(ana) as live:
        assert {"op": "pong"} == await live.ask(op="ping")


HOSTILE: tuple[Any, ...] = (
    *("", "no json", "[]", "null", '"x"', "{}", '{"op": "drop"}', '{"op": "subscribe"}', "{" * 5_000),
    *('{"op":"subscribe","topic":"approval:AP-1","after":-1}', '{"op":"subscribe","topic":7}'),
    *('{"op":"subscribe","topic":"approval:AP-1","after":"1"}', '{"op":"subscribe","topic":"x:\\u0000"}'),
    *('{"op":"subscribe","topic":"approver:\\ud800"}', '{"op":"ping","more":1}', '{"op":"ack","id":"x"}'),
    b"\x00\xff",
)


async def test_every_frame_that_cannot_be_read_is_answered_in_words(world: World) -> None:
    ana = await world.program("ana")
    async with line(ana) as live:
        for hostile in HOSTILE:
            send = live.socket.send_bytes if isinstance(hostile, bytes) else live.socket.send_str
            await send(hostile)
            told = await live.hear()
            assert "error" == told["op"], hostile
            assert told["code"] in ("INVALID", "NOT_FOUND"), told
            assert told["title"], told
            assert told["mend"], told
        assert {"op": "pong"} == await live.ask(op="ping")
        await live.socket.send_str(json.dumps({"op": "ping", "x": "x" * 20_000}))
        assert aiohttp.WSCloseCode.MESSAGE_TOO_BIG == await live.closed()


@given(
    st.text() | st.dictionaries(st.text(max_size=8), st.integers() | st.text() | st.none()).map(json.dumps)
)
def test_no_text_breaks_the_reading_of_frames(text: str) -> None:
    with suppress(Invalid):
        frames.parse(text)


async def test_who_floods_is_told_and_then_shown_out(tmp_path: Path) -> None:
    async with serving(tmp_path, limits="requests_per_minute: {person: 5}") as world:
        ana = await world.program("ana")
        async with line(ana) as live:
            for _ in range(20):
                await live.say(op="ping")
            assert TOO_MANY == await live.closed()


async def test_a_stop_of_the_house_is_told(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        ana = await world.program("ana")
        async with line(ana) as live:
            await live.follow("approver:ana")
            stopping = asyncio.create_task(world.house.parts.live.close())
            assert aiohttp.WSCloseCode.GOING_AWAY == await live.closed()
            await stopping
        assert 503 == (await refused(ana))[0]


async def test_when_the_database_does_not_answer_the_program_is_asked_to_come_back(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        rex, ana = await world.program("rex"), await world.program("ana")
        await rex.post("/approvals", QUESTION)
        store = world.house.store
        assert isinstance(store, SqliteStore)
        async with line(rex) as live:
            last = (await live.follow("approval:AP-1"))["seq"]
            store.path.rename(tmp_path / "elsewhere")  # as when a disk is gone
            world.house.following._tell_all()
            assert aiohttp.WSCloseCode.TRY_AGAIN_LATER == await live.closed()
            (tmp_path / "elsewhere").rename(store.path)
        async with line(rex) as live:
            assert "snapshot" == (await live.follow("approval:AP-1", after=last))["op"]
            await ana.post("/approvals/AP-1/comments", {"text": "here again"})
            assert "approval.commented" == (await live.hear())["kind"]


def _much(unit: Unit) -> None:
    for number in range(150):  # more than the buffers of both ends hold
        events.append(
            unit, "approval.commented", "AP-1", actor="ana", data={"text": f"{number}".ljust(60_000)}
        )


async def test_who_does_not_read_is_closed_and_goes_on_later_where_they_were(tmp_path: Path) -> None:
    async with serving(tmp_path) as world:
        door = world.house.parts.live
        door._bounds = Bounds(patience=0.2)
        rex = await world.program("rex")
        await rex.post("/approvals", QUESTION)
        await world.house.store.transact(_much)
        async with line(rex, max_msg_size=0) as live:
            transport: Any = live.socket.get_extra_info("transport") or live.socket._writer.transport
            await live.follow("approval:AP-1", after=0)
            transport.pause_reading()
            (session,) = door._sessions
            async with asyncio.timeout(10):
                while session._farewell is None:
                    await pause(asyncio.Event(), 0.02)
            transport.resume_reading()
            last = 0
            while (message := await live.socket.receive()).type is aiohttp.WSMsgType.TEXT:
                last = json.loads(message.data)["seq"]
            assert SLOW == message.data
        door._bounds = Bounds()
        async with line(rex, max_msg_size=0) as live:
            await live.follow("approval:AP-1", after=last)
            assert last + 1 == (await live.hear())["seq"]
