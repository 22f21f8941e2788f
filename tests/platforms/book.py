"""A book over HTTP: five parts as they are told, slow, broken or too large where a test says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer


class BookServer:
    """What it answers by part; `raw` bytes, a `status` or a wait in the place of one; and what it was asked."""

    def __init__(self, parts: dict[str, Any]) -> None:
        self.parts = parts
        self.raw: dict[str, bytes] = {}
        self.status: dict[str, int] = {}
        self.waits: dict[str, float] = {}
        self.asked: list[dict[str, str]] = []
        self.tokens: set[str] = set()
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        """One part."""
        part = request.match_info["part"]
        self.asked.append({"part": part, **request.query})
        self.tokens.add(request.headers.get("Authorization", ""))
        await asyncio.sleep(self.waits.get(part, 0))
        body = self.raw.get(part) or orjson.dumps(self.parts.get(part, {}), default=str)
        headers = {"Location": f"{self.url}/agent"} if self.status.get(part) == 302 else {}
        return web.Response(
            body=body, status=self.status.get(part, 200), headers=headers, content_type="application/json"
        )


@asynccontextmanager
async def book_server(parts: dict[str, Any]) -> AsyncIterator[BookServer]:
    """A book that is served on this machine."""
    book = BookServer(parts)
    app = web.Application()
    app.router.add_get("/v1/{part}", book.answer)
    server = TestServer(app)
    await server.start_server()
    book.url = str(server.make_url("/v1"))
    try:
        yield book
    finally:
        await server.close()
