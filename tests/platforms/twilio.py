"""A server that speaks Twilio's interface for messages: takes them, or says what it is told to say."""

import itertools
from collections import deque
from typing import Any

import orjson
from aiohttp import encode_basic_auth, web

SID, TOKEN = "AC" + "0" * 32, "twilio-token-of-the-tests"


class Twilio:
    """Takes text messages on a free port; `answers` are (status, headers, body) for the next calls.

    What comes while `lost` is above zero is taken, and the answer does not arrive.
    """

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.answers: deque[tuple[int, dict[str, str], dict[str, Any]]] = deque()
        self.calls = 0
        self.lost = 0
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        root = "/2010-04-01/Accounts/{sid}"
        app.add_routes(
            [
                web.post(f"{root}/Messages.json", self._send),
                web.get(f"{root}/Messages.json", self._list),
                web.get(f"{root}.json", self._account),
            ]
        )
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        assert self._runner is not None
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _send(self, request: web.Request) -> web.Response:
        self.calls += 1
        if not _knows(request):
            return _json(401, {"code": 20003, "message": "Authenticate", "status": 401})
        if self.answers:
            status, headers, body = self.answers.popleft()
            return _json(status, body, headers)
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not {"To", "Body"} <= form.keys():
            return _json(400, {"code": 21602, "message": "Body is required", "status": 400})
        message = {
            "sid": f"SM{next(self._numbers):032d}",
            "to": form["To"],
            "body": form["Body"],
            "status": "queued",
        }
        self.messages.append(message | {"from": form.get("From") or form.get("MessagingServiceSid")})
        if self.lost:
            self.lost -= 1
            return _json(502, {})
        return _json(201, message)

    async def _list(self, request: web.Request) -> web.Response:
        if not _knows(request):
            return _json(401, {"code": 20003})
        assert "DateSent>" in request.query
        found = [one for one in self.messages if one["to"] == request.query["To"]]
        return _json(200, {"messages": found})

    async def _account(self, request: web.Request) -> web.Response:
        if not _knows(request):
            return _json(401, {"code": 20003, "status": 401})
        return _json(200, {"sid": SID, "friendly_name": "Acme"})


def _knows(request: web.Request) -> bool:
    right = request.headers.get("Authorization") == encode_basic_auth(SID, TOKEN)
    return right and request.match_info["sid"] == SID


def _json(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        status=status, body=orjson.dumps(body), headers=headers or {}, content_type="application/json"
    )
