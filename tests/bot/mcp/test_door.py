"""The port of its own: who may come in, from where, and that the house loads nothing of it unless it is wanted."""

import logging
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.demo.seed import free_port
from bot.mcp.http import Address, McpDoor
from bot.mcp.rest import Rest
from bot.mcp.server import server
from core.errors import Invalid
from core.people.tokens import records, units
from tests.bot.mcp.test_approvals import MCP, token
from tests.bot.web.api.house import serving

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}
SPEAKS = {"Accept": "application/json, text/event-stream"}


async def test_only_whoever_has_a_token_comes_in_and_only_by_names_that_are_ours(tmp_path: Path) -> None:
    async with serving(tmp_path, more=MCP) as world, aiohttp.ClientSession(headers=SPEAKS) as session:
        door, secret = world.house.assistants.door, await token(world)
        assert door is not None
        known = {"Authorization": f"Bearer {secret}"}
        for headers, status in (
            ({}, 401),
            ({"Authorization": "Bearer wr_" + "x" * 43}, 401),
            ({"Authorization": f"Basic {secret}"}, 401),
            (known, 200),
            (known | {"Host": "evil.test"}, 421),
            (known | {"Host": "127.0.0.1.evil.test:80"}, 421),
            (known | {"Origin": "https://evil.test"}, 403),
            (known | {"Origin": f"http://localhost:{door.port}"}, 200),
        ):
            async with session.post(door.url, json=HELLO, headers=headers) as answer:
                assert status == answer.status, headers
                if status == 401:
                    assert "UNKNOWN_PERSON" == (await answer.json(content_type=None))["code"]
                    assert "Bearer" in answer.headers["WWW-Authenticate"]
        async with session.post(door.url, data=b"x" * 600_000, headers=known) as answer:
            assert 413 == answer.status
        (kept,) = await world.house.store.read(records.of_person, "rex")
        await world.house.store.transact(units.revoke, kept.id, "test")
        async with session.post(door.url, json=HELLO, headers=known) as answer:
            assert 401 == answer.status


async def test_with_a_proxy_in_front_its_name_is_ours_too(tmp_path: Path) -> None:
    more = MCP | {"mcp_public_url": "https://mcp.example.com"}
    async with serving(tmp_path, more=more) as world, aiohttp.ClientSession(headers=SPEAKS) as session:
        door = world.house.assistants.door
        assert door is not None
        assert "https://mcp.example.com/mcp" == door.url
        known = {"Authorization": f"Bearer {await token(world)}", "Host": "mcp.example.com"}
        local = f"http://127.0.0.1:{door.port}/mcp"
        for origin, status in (("https://mcp.example.com", 200), ("http://mcp.example.com", 403)):
            async with session.post(local, json=HELLO, headers=known | {"Origin": origin}) as answer:
                assert status == answer.status


def test_without_one_it_listens_on_this_machine_alone() -> None:
    assert "127.0.0.1" == Address("192.0.2.1", 1).bind
    assert "192.0.2.1" == Address("192.0.2.1", 1, "https://mcp.example.com").bind


async def test_a_port_that_is_taken_is_told_in_words() -> None:
    async def known(_secret: str) -> None: ...

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        door = McpDoor(Address("127.0.0.1", port), "http://127.0.0.1:9", known)
        with pytest.raises(Invalid) as refused:
            await door.start()
        await door.stop()
    words = f"I cannot listen on 127.0.0.1:{port} for MCP: Address already in use."
    assert (words, True) == (refused.value.what, "WARDROOM_MCP_PORT" in refused.value.mend)


async def test_it_is_a_part_that_readiness_names(tmp_path: Path) -> None:
    async with serving(tmp_path, more=MCP) as world:
        assert world.house.health()["mcp"].ok
        await world.house.assistants.stop()
        assert not world.house.health()["mcp"].ok


def test_a_house_that_does_not_serve_it_loads_nothing_of_it() -> None:
    code = "import sys, bot.app; print([name for name in ('mcp', 'uvicorn', 'starlette') if name in sys.modules])"
    assert (
        "[]"
        == subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
    )


async def test_logging_stays_ours() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    try:
        server(Rest("http://127.0.0.1:9"), lambda _ctx: "")
        assert ([], level) == (root.handlers, root.level)
    finally:
        root.handlers[:] = handlers


def test_a_process_without_a_token_says_how_to_get_one(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot.cli.main", "mcp", "--url", f"http://127.0.0.1:{free_port()}"]
    ended = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert (2, True) == (ended.returncode, "wardroom token create" in ended.stderr)
    assert [] == list(tmp_path.iterdir())
