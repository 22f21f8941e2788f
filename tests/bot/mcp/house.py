"""A running house with its door for assistants, and real MCP clients: over HTTP, and over a process of their own."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from tests.bot.web.api.house import World


class Assistant:
    """A client, and its calls in short."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def call(self, name: str, /, **arguments: Any) -> Any:
        """The structured answer of a tool."""
        result = await self.raw(name, **arguments)
        assert not result.is_error, said(result)
        return result.structured_content

    async def refused(self, name: str, /, **arguments: Any) -> str:
        """The words of a refusal."""
        result = await self.raw(name, **arguments)
        assert result.is_error, result.structured_content
        return said(result)

    async def raw(self, name: str, /, **arguments: Any) -> CallToolResult:
        """Whatever comes back."""
        return await self.client.call_tool(name, arguments)


def said(result: CallToolResult) -> str:
    """The words of a result."""
    return "".join(part.text for part in result.content if isinstance(part, TextContent))


@asynccontextmanager
async def over_http(
    world: World, token: str, *, headers: dict[str, str] | None = None, url: str = ""
) -> AsyncIterator[Assistant]:
    """A client of the house's own port."""
    door = world.house.assistants.door
    assert door is not None
    sent = {"Authorization": f"Bearer {token}"} | (headers or {})
    async with (
        httpx2.AsyncClient(headers=sent, timeout=30) as http,
        Client(streamable_http_client(url or door.url, http_client=http)) as client,
    ):
        yield Assistant(client)


@asynccontextmanager
async def over_stdio(url: str, token: str, folder: Path) -> AsyncIterator[Assistant]:
    """A client of `wardroom mcp`, started as an assistant starts it, in a folder without any configuration."""
    process = StdioServerParameters(
        command=sys.executable,
        args=["-m", "bot.cli.main", "mcp"],
        env={"WARDROOM_URL": url, "WARDROOM_TOKEN": token, "PATH": os.environ["PATH"]},
        cwd=folder,
    )
    with (folder / "stderr.txt").open("w+") as errors:
        async with Client(stdio_client(process, errlog=errors)) as client:
            yield Assistant(client)
