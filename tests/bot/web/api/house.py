"""A running house and programs that speak to it over HTTP, each with a token of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp

from bot.app import House
from core.people.tokens import units as tokens
from tests.stories.house import running, settings

_keys = count(1)


class Program:
    """Somebody with a token."""

    def __init__(self, base: str, secret: str, session: aiohttp.ClientSession) -> None:
        self.base, self.secret, self.session = base, secret, session

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """The status and the JSON of the answer."""
        sent = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        if method == "POST":
            sent["Idempotency-Key"] = key or f"test-{next(_keys)}"
        url = f"{self.base}/api/v1{path}"
        async with self.session.request(method, url, json=body, headers=sent | (headers or {})) as answer:
            self.headers = dict(answer.headers)
            return answer.status, await answer.json(content_type=None) if answer.content_length != 0 else None

    async def get(self, path: str, **more: Any) -> tuple[int, Any]:
        """GET."""
        return await self.ask("GET", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
        """POST with a key."""
        return await self.ask("POST", path, {} if body is None else body, **more)


class World:
    """The house, and a program for each person."""

    def __init__(self, house: House, session: aiohttp.ClientSession) -> None:
        self.house, self._session = house, session

    async def program(self, person: str, *scopes: str) -> Program:
        """A program with a new token of this person."""
        secret = await self.house.store.transact(
            tokens.create, self.house.world.people, person, scopes, "test"
        )
        return Program(self.house.url, secret, self._session)

    def stranger(self, secret: str = "") -> Program:
        """Somebody without a token that counts."""
        return Program(self.house.url, secret, self._session)


@asynccontextmanager
async def serving(
    folder: Path,
    *,
    policy: str = "",
    limits: str = "",
    channel: str = "",
    port: int | None = None,
    more: Any = None,
) -> AsyncIterator[World]:
    """A house that serves its interface, with one more policy and channel, other limits and `more` settings."""
    folder.mkdir(exist_ok=True)
    given = settings(folder, **({"http_port": port} if port else {}), **(more or {}))
    if policy:
        text = given.config.read_text(encoding="utf-8")
        given.config.write_text(
            text.replace("\npolicies:", f"\npolicies:\n  - {policy}", 1), encoding="utf-8"
        )
    if limits:
        text = given.config.read_text(encoding="utf-8")
        given.config.write_text(text.replace("\nlimits:\n", f"\nlimits:\n  {limits}\n", 1), encoding="utf-8")
    if channel:
        text = given.config.read_text(encoding="utf-8")
        given.config.write_text(text.replace("\nchannels:", f"\nchannels:\n  {channel}", 1), encoding="utf-8")
    async with running(given) as house, aiohttp.ClientSession() as session:
        yield World(house, session)


QUESTION: dict[str, Any] = {
    "kind": "deploy",
    "title": "Deploy checkout 1.4.2",
    "reason": "ticket 881 <!channel>",
    "subject": {"service": "checkout", "version": "1.4.2"},
    "ask": [{"role": "sre"}],
    "approvals": 2,
}
