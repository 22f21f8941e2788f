"""Connections that stay open: how many a token may have, and which pages may open them."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from aiohttp import web

from core.errors import Forbidden, TooMany

_TOKENS = ("token", "access_token", "authorization")


class Connections:
    """Counts open connections by token; at most `most` each."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: Counter[str] = Counter()

    @contextmanager
    def one(self, token: str) -> Iterator[None]:
        """Hold one of this token's connections.

        Raises:
            TooMany: it has as many as it may.
        """
        if self._open[token] >= self._most:
            raise TooMany(
                f"This token has {self._most} connections open, which is the most.",
                "Close some, or follow several topics over one: a WebSocket carries many.",
                retry_after=10,
            )
        self._open[token] += 1
        try:
            yield
        finally:
            self._open[token] -= 1
            if not self._open[token]:
                del self._open[token]


def check_source(request: web.Request, public_url: str) -> None:
    """Check that no page of another site opens the connection, and that no token stands in the address.

    Raises:
        Forbidden: one of both; addresses end up in logs.
    """
    if any(name.lower() in _TOKENS for name in request.query):
        raise Forbidden(
            "A token does not belong into an address: addresses are written to logs.",
            "Send it as `Authorization: Bearer …`, and revoke the one that was sent.",
        )
    origin = request.headers.get("Origin")
    if origin is None:
        return
    page = urlsplit(origin)
    ours = {request.headers.get("Host", ""), urlsplit(public_url).netloc} - {""}
    if page.scheme not in ("http", "https") or page.netloc not in ours:
        raise Forbidden(
            "A page of another site tried to connect.", "Only pages of this server may, and programs."
        )
