"""The page of the simulated workspace, its files and its socket; for browsers on this machine only."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import cache
from importlib.resources import files
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog
from aiohttp import WSMsgType, web
from pydantic import ValidationError

from bot.html import rendered
from bot.local.frames import FRAME, Ask, Hello
from bot.local.hub import Session
from bot.local.street import Answer, Street
from core.errors import WardroomError

_TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
_LOCAL = {"localhost", "127.0.0.1", "::1"}
_FRAME_LIMIT = 1 << 20
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger("wardroom.local")


class Front:
    """The workspace's doorstep: serves the page, and lets its sockets in."""

    def __init__(self, street: Street, hints: tuple[str, ...]) -> None:
        self._street = street
        self._page = cache(lambda: rendered("workspace.html", hints=hints))
        self._files = _static()
        self._inside: set[asyncio.Task[None]] = set()

    def routes(self) -> list[web.RouteDef]:
        """GET `/`, `/local/static/{name}` and `/local/ws`."""
        return [
            web.get("/", _near(self._show)),
            web.get("/local/static/{name}", _near(self._file)),
            web.get("/local/ws", _near(self._socket)),
        ]

    async def empty(self) -> None:
        """Wait until what pages have asked for is answered."""
        if self._inside:
            await asyncio.wait(self._inside)

    async def _show(self, _: web.Request) -> web.Response:
        return web.Response(text=self._page(), content_type="text/html")

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound
        return web.Response(
            body=self._files[name], content_type=_TYPES[name.rpartition(".")[2]], charset="utf-8"
        )

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if self._street.door is None:
            raise web.HTTPServiceUnavailable  # the page tries again by itself
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=_FRAME_LIMIT)
        await socket.prepare(request)
        session = Session(socket, request.transport)
        self._street.hub.sessions.add(session)
        writer = asyncio.create_task(session.write())
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._shielded(session, frame.data)
        finally:
            self._street.hub.sessions.discard(session)
            writer.cancel()
        return socket

    async def _shielded(self, session: Session, text: str) -> None:
        """Finish what was asked even if the page goes away in the middle."""
        task = asyncio.create_task(self._take(session, text))
        self._inside.add(task)
        task.add_done_callback(self._inside.discard)
        await asyncio.shield(task)

    async def _take(self, session: Session, text: str) -> None:
        try:
            frame = FRAME.validate_json(text)
        except ValidationError:
            session.send({"t": "problem", "error": "The page sent something I cannot read. Reload it."})
            return
        if isinstance(frame, Hello):
            self._greet(session, frame)
        else:
            session.send({"re": frame.id} | await self._ask(session, frame))

    def _greet(self, session: Session, hello: Hello) -> None:
        try:
            session.persona = self._street.persona(hello.persona)
            session.send(self._street.greet(hello))
        except WardroomError as problem:
            session.send({"t": "problem", "error": problem.sentence(), "code": problem.code})

    async def _ask(self, session: Session, ask: Ask) -> Answer:
        if session.persona is None:
            return {"ok": False, "error": "Say who you are first."}
        try:
            return {"ok": True} | await self._street.answer(session.persona, ask)
        except WardroomError as problem:
            return {"ok": False, "error": problem.sentence(), "code": problem.code}
        except Exception:
            log.exception("local.frame_failed", frame=ask.t)
            return {
                "ok": False,
                "error": "That went wrong on my side; nothing was done. Try again.",
                "code": "ERROR",
            }


def _near(handler: Handler) -> Handler:
    """Only browsers on this machine, on a page of this server: no other site may steer them here."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        host = urlsplit(f"//{request.headers.get('Host', '')}")
        if host.hostname not in _LOCAL or not _is_loopback(request):
            raise web.HTTPForbidden(text="The local workspace is for browsers on this machine only.")
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != host.netloc:
            raise web.HTTPForbidden(text="Another page tried to open the local workspace.")
        return await handler(request)

    return guarded


def _is_loopback(request: web.Request) -> bool:
    peer = request.transport.get_extra_info("peername") if request.transport else None
    return peer is not None and ip_address(str(peer[0]).partition("%")[0]).is_loopback


def _static() -> dict[str, bytes]:
    folder = files("bot.local").joinpath("static")
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.name.rpartition(".")[2] in _TYPES}
