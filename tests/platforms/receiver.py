"""A program that is sent webhooks: it verifies what the Standard Webhooks scheme says, and keeps what is right."""

from collections import deque
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web
from standardwebhooks import Webhook

SECRET = "whsec_" + "c2VjcmV0IG9mIHRoZSBzaWVtISEh"


class Receiver:
    """Takes events on a free port. `answers` are (status, headers) for the next calls; `ids` are all that came."""

    def __init__(self, secret: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.bad = 0
        self.answers: deque[tuple[int, dict[str, str]]] = deque()
        self.secret = secret
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.add_routes([web.post("/in", self._take), web.get("/in", self._alive)])
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def port(self) -> int:
        assert self._runner is not None
        return int(self._runner.addresses[0][1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.text()
        self.ids.append(request.headers["webhook-id"])
        if not self._is_signed(request, body):
            self.bad += 1
            return web.Response(status=401)
        if self.answers:
            status, headers = self.answers.popleft()
            return web.Response(status=status, headers=headers)
        self.events.append(orjson.loads(body))
        return web.Response(status=204)

    async def _alive(self, _: web.Request) -> web.Response:
        return web.Response(status=405)

    def _is_signed(self, request: web.Request, body: str) -> bool:
        # The library's own `verify` compares with the machine's clock, and the house of a test has its own.
        moment = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
        right = Webhook(self.secret).sign(request.headers["webhook-id"], moment, body)
        return right in request.headers["webhook-signature"].split(" ")
