"""The door of the interface: who asks, whether the words are well formed, and every error as problem+json."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

import orjson
import structlog
from aiohttp import web
from pydantic import BaseModel

from bot.asker import Asker
from bot.doors import MESSAGE_LIMIT, Gate, checked_key, code_of, loaded, parsed, wait_of
from bot.web.api.route import EVENTS, Answer, Asking, Flow, Route
from bot.web.connections import check_source
from core.digest import canonical
from core.errors import StaleDigest, TooMany, UnknownPerson, WardroomError
from core.ids import new_reference
from core.store.engine import Store
from core.world import World
from handlers.caller import Caller
from handlers.limits import Limiter

BASE = "/api/v1"
_DOCUMENT = f"`{BASE}/openapi.json` says what it takes."
_PATIENCE = 10.0  # seconds until a piece of an answer must have left
log = structlog.get_logger("wardroom.api")


class Door:
    """Serves routes to whoever holds a token."""

    def __init__(self, store: Store, world: World, limiter: Limiter, asker: Asker) -> None:
        self._store = store
        self._asker = asker
        self._world = world
        self.gate = Gate(store, world, limiter)

    def routes(self, routes: Sequence[Route]) -> list[web.RouteDef]:
        """The routes for the web server."""
        return [web.route(route.method, BASE + route.path, self._serve(route)) for route in routes]

    def _serve(self, route: Route) -> Any:
        async def serve(request: web.Request) -> web.StreamResponse:
            try:
                answer = await route.run(await self._asking(request, route))
                return (
                    await _flowing(request, answer)
                    if isinstance(answer, Flow)
                    else _response(request, answer)
                )
            except WardroomError as error:
                return problem(error)
            except web.HTTPException:
                raise
            except Exception:
                reference = new_reference()
                log.exception("api.failed", method=request.method, route=route.path, reference=reference)
                words = WardroomError(
                    "Something went wrong on my side.", f"Reference {reference} is in the log."
                )
                return problem(words, status=500)

        return serve

    async def _asking(self, request: web.Request, route: Route) -> Asking:
        if route.gives == EVENTS:
            check_source(request, self._world.public_url)
        caller = await self.caller(request)
        if route.permission:
            caller.must(route.permission)
        body = await _body(request, route.body) if route.body else None
        return Asking(
            caller=caller,
            store=self._store,
            asker=self._asker,
            path=dict(request.match_info),
            query=parsed(route.query, dict(request.query), "query", _DOCUMENT),
            body=body,
            key=_key(request) if request.method == "POST" else "",
            last_event=request.headers.get("Last-Event-ID", ""),
            wants_events=route.streams and EVENTS in request.headers.get("Accept", "").lower(),
            version=_version(request.headers.get("If-Match") or request.headers.get("If-None-Match") or ""),
        )

    async def caller(self, request: web.Request) -> Caller:
        """Whose token came with the request.

        Raises:
            UnknownPerson: there is none, or it does not count.
            TooMany: its person asks too often.
        """
        return await self.gate.caller(request.headers.get("Authorization", ""))


def problem(error: WardroomError, status: int | None = None) -> web.Response:
    """An error as RFC 9457 writes it."""
    number = status or error.status
    body: dict[str, Any] = {
        "type": f"urn:wardroom:error:{error.code.lower()}",
        "title": error.what,
        "status": number,
        "detail": error.sentence(),
        "code": code_of(error),
    }
    if isinstance(error, StaleDigest):
        # What stands now, so that a program can look at it and say that it has.
        body |= {name: error.data[name] for name in ("subject", "digest") if name in error.data}
    headers = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(wait_of(error))
    if isinstance(error, UnknownPerson):
        headers["WWW-Authenticate"] = 'Bearer realm="wardroom"'
    return web.Response(
        status=number, body=orjson.dumps(body), content_type="application/problem+json", headers=headers
    )


async def _flowing(request: web.Request, flow: Flow) -> web.StreamResponse:
    """Send pieces as they come; a program that does not read them is cut off, and comes back."""
    async with aclosing(flow.pieces) as pieces:
        # What cannot be given at all is an error like any other; nothing has been sent yet.
        piece: bytes | None = await anext(pieces)
        # The last one keeps nginx from gathering what should leave at once.
        headers = {"Content-Type": EVENTS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        try:
            while piece is not None:
                async with asyncio.timeout(_PATIENCE):
                    await response.write(piece)
                piece = await anext(pieces, None)
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
        except ConnectionError:
            pass
    return response


def _response(request: web.Request, answer: Answer) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    if answer.version is not None:
        headers["ETag"] = f'"{answer.version}"'
        known = _version(request.headers.get("If-None-Match", ""))
        if request.method == "GET" and known == answer.version:
            return web.Response(status=304, headers=headers)
    return web.Response(
        status=answer.status, body=canonical(answer.body), content_type="application/json", headers=headers
    )


async def _body(request: web.Request, model: type[BaseModel]) -> BaseModel:
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Send JSON, with Content-Type: application/json.")
    if (request.content_length or 0) > MESSAGE_LIMIT:
        raise web.HTTPRequestEntityTooLarge(MESSAGE_LIMIT, request.content_length or 0)
    raw = await request.read()
    if len(raw) > MESSAGE_LIMIT:
        raise web.HTTPRequestEntityTooLarge(MESSAGE_LIMIT, len(raw))
    return parsed(model, loaded(raw, "body"), "body", _DOCUMENT)


def _key(request: web.Request) -> str:
    mend = (
        "Send a header with a new random value for each thing you want, and the same one when you try again."
    )
    return checked_key(request.headers.get("Idempotency-Key", ""), "Idempotency-Key", mend)


def _version(text: str) -> int | None:
    bare = text.strip().removeprefix("W/").strip('"')
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else None  # noqa: PLR2004 - a version
