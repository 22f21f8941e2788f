"""A running workspace, and pages open in it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest

from tests.bot.local.house import Workspace, workspace


class Page:
    """One open page, as the browser's script would hold it."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self.seen: list[dict[str, Any]] = []
        self.snapshot: dict[str, Any] = {}

    async def __aenter__(self) -> Self:
        self.socket = await self._session.ws_connect(f"{self._url}/local/ws", headers={"Origin": self._url})
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()

    async def hello(self, persona: str, since: int = 0, epoch: str = "") -> dict[str, Any]:
        await self.socket.send_json({"t": "hello", "persona": persona, "since": since, "epoch": epoch})
        self.snapshot = await self.until(lambda frame: frame.get("t") in ("snapshot", "problem"))
        return self.snapshot

    async def asks(self, **frame: Any) -> dict[str, Any]:
        await self.socket.send_json(frame)
        return await self.until(lambda answer: answer.get("re") == frame["id"])

    async def next_message(self) -> dict[str, Any]:
        frame = await self.until(lambda frame: frame.get("t") == "change")
        message: dict[str, Any] = frame["message"]
        return message

    async def until(self, is_it: Any) -> dict[str, Any]:
        for at, frame in enumerate(self.seen):
            if is_it(frame):
                return self.seen.pop(at)
        while True:
            frame = await asyncio.wait_for(self.socket.receive_json(), 5)
            if is_it(frame):
                result: dict[str, Any] = frame
                return result
            self.seen.append(frame)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Workspace]:
    async with workspace(tmp_path) as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def dev(place: Workspace, http: aiohttp.ClientSession) -> AsyncIterator[Page]:
    async with Page(http, place.url) as page:
        await page.hello("dev")
        yield page


@pytest.fixture
async def ana(place: Workspace, http: aiohttp.ClientSession) -> AsyncIterator[Page]:
    async with Page(http, place.url) as page:
        await page.hello("ana")
        yield page
