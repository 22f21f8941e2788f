"""A server that speaks OpenAI's chat completions over real HTTP, streamed and whole, and misbehaves where a test says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True)
class Turn:
    """One answer: `text`, a call of the tool `look`, or one of the tool `choose`; or what goes wrong instead.

    `wait` is in seconds, before the first word and, with `slow`, before each one. `after` is waited for, too. `raw` is sent in place of the body.
    With `letters` each piece of a text is one letter, else a word.
    """

    text: str = ""
    look: str | None = None
    choose: str | None = None
    arguments: str | None = None
    status: int = 200
    retry_after: str = ""
    wait: float = 0.0
    slow: float = 0.0
    after: asyncio.Event | None = None
    raw: bytes | None = None
    cut: bool = False
    letters: bool = False


@dataclass
class LlmServer:
    """What it answers in turn, again and again the last one; and what it was asked.

    Where it may only choose, it answers from `opinions`, and was asked what is in `weighed`.
    """

    turns: list[Turn] = field(default_factory=list)
    opinions: list[Turn] = field(default_factory=lambda: [Turn(choose="NONE")])
    asked: list[dict[str, Any]] = field(default_factory=list)
    weighed: list[dict[str, Any]] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    url: str = ""
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    was_to_choose: asyncio.Event = field(default_factory=asyncio.Event)

    def chooses(self, *opinions: Turn | str) -> None:
        """From now on it chooses these, one after another."""
        self.opinions = [Turn(choose=one) if isinstance(one, str) else one for one in opinions]

    def says(self, *turns: Turn | str) -> None:
        """From now on it answers these, one after another."""
        self.turns = [Turn(one) if isinstance(one, str) else one for one in turns]

    @property
    def told(self) -> str:
        """Everything that it was ever told, as one text."""
        return orjson.dumps([self.asked, self.weighed]).decode()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One completion."""
        body = await request.json()
        turn = self._next(body)
        self.keys.add(request.headers.get("Authorization", ""))
        await asyncio.sleep(turn.wait)
        if turn.after is not None:
            await turn.after.wait()
        if turn.status != 200:
            said = {"error": {"message": turn.text or "no", "type": "error"}}
            headers = {"Retry-After": turn.retry_after} if turn.retry_after else {}
            return web.json_response(said, status=turn.status, headers=headers)
        if turn.raw is not None:
            kind = "text/event-stream" if body.get("stream") else "application/json"
            return web.Response(body=turn.raw, content_type=kind)
        if not body.get("stream"):
            return web.json_response(_whole(turn) | {"model": body["model"]})
        return await self._streamed(request, turn, body["model"])

    def _next(self, body: dict[str, Any]) -> Turn:
        chooses = "choose" in (tool["function"]["name"] for tool in body.get("tools", ()))
        (self.weighed if chooses else self.asked).append(body)
        (self.was_to_choose if chooses else self.was_asked).set()
        turns = self.opinions if chooses else self.turns
        return turns.pop(0) if len(turns) > 1 else turns[0]

    async def _streamed(self, request: web.Request, turn: Turn, model: str) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for piece in _pieces(turn):
            await asyncio.sleep(turn.slow)
            await response.write(b"data: " + orjson.dumps(piece | {"model": model}) + b"\n\n")
        if turn.cut:
            assert request.transport is not None
            request.transport.close()
            return response
        await response.write(b"data: [DONE]\n\n")
        return response


def _call(turn: Turn) -> dict[str, Any]:
    name, meant = (
        ("choose", {"choice": turn.choose}) if turn.choose is not None else ("look", {"command": turn.look})
    )
    given = turn.arguments if turn.arguments is not None else orjson.dumps(meant).decode()
    return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": given}}


def _is_call(turn: Turn) -> bool:
    return turn.look is not None or turn.choose is not None or turn.arguments is not None


_USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


def _whole(turn: Turn) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": turn.text}
    if _is_call(turn):
        message |= {"content": None, "tool_calls": [_call(turn)]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if _is_call(turn) else "stop"}
    return _envelope("chat.completion") | {"choices": [choice], "usage": _USAGE}


def _pieces(turn: Turn) -> list[dict[str, Any]]:
    if _is_call(turn):
        deltas: list[dict[str, Any]] = [{"role": "assistant", "tool_calls": [{"index": 0, **_call(turn)}]}]
    else:
        words = [one if i == 0 else f" {one}" for i, one in enumerate(turn.text.split(" "))]
        deltas = [{"role": "assistant", "content": one} for one in (turn.text if turn.letters else words)]
    made = [_chunk(delta, None) for delta in deltas]
    made.append(_chunk({}, "tool_calls" if _is_call(turn) else "stop"))
    return [*made, _envelope("chat.completion.chunk") | {"choices": [], "usage": _USAGE}]


def _chunk(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _envelope("chat.completion.chunk") | {"choices": [choice]}


def _envelope(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1_772_442_000}


@asynccontextmanager
async def llm_server(*turns: Turn | str) -> AsyncIterator[LlmServer]:
    """A server on this machine that answers these."""
    made = LlmServer()
    made.says(*turns or ("Hello.",))
    app = web.Application()
    app.router.add_post("/v1/chat/completions", made.answer)
    server = TestServer(app)
    await server.start_server()
    made.url = str(server.make_url("/v1"))
    try:
        yield made
    finally:
        await server.close()
