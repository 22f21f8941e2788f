"""The house's web server: the routes it is given, with limits and headers that make pages safe to open."""

import os
from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.doors import is_loopback
from bot.web.problems import explain
from core.errors import Invalid

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
BODY_LIMIT = 1 << 20
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_STOP = 2.0  # seconds that requests under way are given at the end
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
log = structlog.get_logger("wardroom.web")


class WebServer:
    """Serves `routes` on `host:port`; port 0 takes a free one.

    Args:
        host: the address to listen on.
        port: the port to listen on.
        routes: what to serve.
        loopback_only: refuse to start where another machine could reach it (the simulated workspace).
        hosts: names besides loopback's own that a request may be addressed to, such as a proxy's in front.

    Raises:
        Invalid: with `loopback_only`, if the address can be reached from elsewhere.
    """

    def __init__(
        self,
        host: str,
        port: int,
        routes: Sequence[web.AbstractRouteDef],
        *,
        loopback_only: bool = False,
        hosts: frozenset[str] = frozenset(),
    ) -> None:
        if loopback_only and not is_loopback(host):
            raise Invalid(
                f"The local workspace lets anybody be anybody, so it is not served on {host}.",
                "Use 127.0.0.1 and reach it through a tunnel if you must.",
            )
        self._host = host
        self._port = port
        self._hosts = _LOOPBACK_NAMES | hosts if is_loopback(host) else None
        self._routes = [*routes, web.get("/static/{name}", _shared_file)]
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen.

        Raises:
            Invalid: the port is taken, or the address is not this machine's.
        """
        app = web.Application(client_max_size=BODY_LIMIT, middlewares=[self._guard, _in_words])
        app.on_response_prepare.append(_add_headers)
        app.add_routes(self._routes)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=_STOP)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
        except OSError as problem:
            await runner.cleanup()
            raise Invalid(
                f"I cannot listen on {self._host}:{self._port}: {os.strerror(problem.errno or 0)}.",
                "Is another Wardroom running? Choose another port with --port.",
            ) from problem
        self._runner = runner

    async def stop(self) -> None:
        """Stop listening, and give requests under way two seconds."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def port(self) -> int:
        """The port it really listens on."""
        return int(self._runner.addresses[0][1]) if self._runner and self._runner.addresses else self._port

    @property
    def url(self) -> str:
        """Where to open it."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self.port}"

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A page elsewhere can point its own name at 127.0.0.1; requests under such a name are refused."""
        name = urlsplit(f"//{request.headers.get('Host', '')}").hostname
        if self._hosts is not None and name not in self._hosts:
            return explain(
                request, 421, "This server does not answer to that name. Use the address it printed."
            )
        return await handler(request)


@web.middleware
async def _in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as problem:
        if problem.status < 400:  # noqa: PLR2004 - redirects pass
            raise
        # The library's own texts are for programmers; ours are passed on.
        is_ours = isinstance(problem, web.HTTPForbidden) and problem.text != "403: Forbidden"
        return explain(request, problem.status, (problem.text or "") if is_ours else "")
    except Exception:
        log.exception("web.request_failed", method=request.method, path=request.path)
        return explain(request, 500)


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-cache")


async def _shared_file(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    file = files("bot").joinpath("static", name)
    suffix = name.rpartition(".")[2]
    if "/" in name or suffix not in _TYPES or not file.is_file():
        raise web.HTTPNotFound
    return web.Response(body=file.read_bytes(), content_type=_TYPES[suffix], charset="utf-8")
