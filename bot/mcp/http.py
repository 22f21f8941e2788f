"""The tools over HTTP, at a port of their own inside of the house: each request carries its token and stands alone."""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
import uvicorn
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from bot.mcp.desk import AnyContext
from bot.mcp.rest import Rest
from bot.mcp.server import server
from core.errors import Invalid, UnknownPerson

PATH = "/mcp"
_BODY_LIMIT = 512 * 1024
_STOP = 2  # seconds that calls under way are given at the end
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
log = structlog.get_logger("wardroom.mcp")
Known = Callable[[str], Awaitable[object]]


@dataclass(frozen=True)
class Address:
    """Where to listen, and the https address that a proxy in front offers, if there is one.

    Without one, only this machine can reach it, whatever `host` says: the token would travel in clear.
    """

    host: str
    port: int
    public_url: str = ""

    @property
    def bind(self) -> str:
        """The address to listen on."""
        return self.host if self.public_url else "127.0.0.1"


class McpDoor:
    """Serves the tools until it is stopped.

    Args:
        address: where.
        house: where the house's own interface is.
        known: raises UnknownPerson for a token that does not count.
    """

    def __init__(self, address: Address, house: str, known: Known) -> None:
        self._address = address
        self._rest = Rest(house, patience=2.0)
        app = server(self._rest, _bearer_of).streamable_http_app(
            stateless_http=True,
            max_request_body_size=_BODY_LIMIT,
            transport_security=_allowed(address.public_url),
        )
        self._app = _Guard(app, known)
        self._server: _Uvicorn | None = None
        self._task: asyncio.Task[None] | None = None
        self.port = address.port

    @property
    def is_running(self) -> bool:
        """It listens."""
        return self._task is not None and not self._task.done()

    @property
    def url(self) -> str:
        """Where assistants reach it."""
        base = self._address.public_url.rstrip("/") or f"http://{self._address.bind}:{self.port}"
        return base + PATH

    async def start(self) -> None:
        """Listen.

        Raises:
            Invalid: the port is taken, or the address is not this machine's.
        """
        listener = _listen(self._address)
        self.port = int(listener.getsockname()[1])
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="on",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=_STOP,
        )
        self._server = _Uvicorn(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="wardroom-mcp")
        log.info("mcp.started", url=self.url)

    async def stop(self) -> None:
        """Let calls that wait end in words, and stop listening."""
        await self._rest.close()
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task
            self._server = self._task = None


class _Uvicorn(uvicorn.Server):
    """Signals belong to the house, which stops this."""

    @contextlib.contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        yield


class _Guard:
    """Turns away whoever has no token that counts, before anything else is looked at."""

    def __init__(self, app: ASGIApp, known: Known) -> None:
        self._app = app
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._known(_secret(Request(scope)))
        except UnknownPerson as error:
            await _problem(error)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _bearer_of(ctx: AnyContext) -> str:
    request = ctx.request_context.request
    return _secret(request) if isinstance(request, Request) else ""


def _secret(request: Request) -> str:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def _problem(error: UnknownPerson) -> Response:
    body = {"title": error.what, "status": error.status, "detail": error.sentence(), "code": error.code}
    return Response(
        json.dumps(body, ensure_ascii=False),
        error.status,
        {"WWW-Authenticate": 'Bearer realm="wardroom"'},
        "application/problem+json",
    )


def _allowed(public_url: str) -> TransportSecuritySettings:
    """Names and origins that a request may come with; a page elsewhere can point its own name at this machine."""
    hosts = [*_LOOPBACK, *(f"{name}:*" for name in _LOOPBACK)]
    origins = [f"http://{name}" for name in hosts]
    if public_url:
        parts = urlsplit(public_url)
        hosts += [parts.netloc, f"{parts.hostname}:*"]
        origins.append(f"{parts.scheme}://{parts.netloc}")
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=origins)


def _listen(address: Address) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in address.bind else socket.AF_INET
        listener = socket.create_server((address.bind, address.port), family=family)
        # Else each answer, which leaves in two pieces, waits 40 ms for the other side to confirm the first.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as problem:
        raise Invalid(
            f"I cannot listen on {address.bind}:{address.port} for MCP: {os.strerror(problem.errno or 0)}.",
            "Is another Wardroom running? Choose another port with WARDROOM_MCP_PORT.",
        ) from problem
    return listener
