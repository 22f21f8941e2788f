"""How the client for programs speaks to the house. Like `bot.client`, it imports nothing else of Wardroom."""

import asyncio
import contextlib
import io
import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any, cast

WAIT = 30.0  # seconds that one request waits for the next change
_PATIENCE = WAIT + 15  # seconds until an answer must be there
_AWAY = 0  # in the place of a status: nobody answered
_RETRIED = frozenset({_AWAY, 429, 500, 502, 503, 504})
_UNCHANGED = 304
_LONGEST_PAUSE = 15.0


class WardroomError(Exception):
    """What the server refused: `status`, the stable `code`, and words for people."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.status, self.code, self.words = status, code, words


@dataclass(frozen=True)
class Ask:
    """One call: what is sent, the key that recognises it when it is sent again, and the version that is known."""

    method: str
    path: str
    body: Any = None
    key: str = ""
    version: int | None = None


class Calls:
    """What both clients know: where the house is, and what to make of its answers."""

    def __init__(self, url: str, token: str, *, patience: int = 20) -> None:
        self._base = f"{url.rstrip('/')}/api/v1"
        self._token = token
        self._patience = patience

    def _headers(self, ask: Ask) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        if ask.key:
            headers["Idempotency-Key"] = ask.key
        if ask.version is not None:
            headers["If-None-Match"] = f'"{ask.version}"'
        return headers

    def place(self, ask: Ask) -> tuple[str, dict[str, str]]:
        """The address and the headers of a call."""
        return self._base + ask.path, self._headers(ask)

    def found(self, status: int, said: bytes, attempt: int) -> dict[str, Any] | None:
        """The answer; None if it has to be tried again."""
        if status == _UNCHANGED:
            return {}
        if status in _RETRIED and attempt < self._patience:
            return None
        if status == _AWAY:
            raise WardroomError(0, "UNREACHABLE", f"Wardroom does not answer: {said.decode()}")
        if status >= _UNCHANGED:
            raise refused(status, said)
        return cast("dict[str, Any]", json.loads(said))

    def send(self, ask: Ask) -> tuple[int, bytes]:
        """The status and the body that are answered; the status 0 and why if nobody answers."""
        url, headers = self.place(ask)
        asked = urllib.request.Request(url, encoded(ask), headers, method=ask.method)  # noqa: S310 - given by the caller
        try:
            with urllib.request.urlopen(asked, timeout=_PATIENCE) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except (OSError, HTTPException) as error:
            return _AWAY, str(error).encode()

    async def exchange(self, ask: Ask) -> tuple[int, bytes]:
        """The same over a connection of its own, without a thread."""
        url = urllib.parse.urlsplit(self._base + ask.path)
        request = written(url, ask, self._headers(ask))
        try:
            async with asyncio.timeout(_PATIENCE):
                return await _exchange(url, request)
        except (OSError, HTTPException) as error:
            return _AWAY, (str(error) or type(error).__name__).encode()


def pause(attempt: int) -> float:
    """Seconds to wait before the next try."""
    longest: float = min(_LONGEST_PAUSE, 0.2 * 2**attempt)
    return longest * (0.7 + 0.3 * secrets.randbelow(1000) / 1000)


async def _exchange(url: urllib.parse.SplitResult, request: bytes) -> tuple[int, bytes]:
    """Send a request over a connection of its own, and read the answer to its end."""
    secure = url.scheme == "https"
    port = url.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(url.hostname, port, ssl=secure or None)
    try:
        writer.write(request)
        await writer.drain()
        said = io.BytesIO(await reader.read())
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    answer = HTTPResponse(cast("Any", _Said(said)))
    answer.begin()
    return answer.status, answer.read()


class _Said:
    """What was read, as the standard library's parser of answers wants it: something that looks like a socket."""

    def __init__(self, said: io.BytesIO) -> None:
        self._said = said

    def makefile(self, *_: object) -> io.BytesIO:
        return self._said


def written(url: urllib.parse.SplitResult, ask: Ask, headers: Mapping[str, str]) -> bytes:
    """A request as it goes over the line.

    Raises:
        ValueError: a token or key has characters that no header can carry.
    """
    data = encoded(ask) or b""
    path = url.path + (f"?{url.query}" if url.query else "")
    host = url.netloc.rpartition("@")[2]
    fields = {"Host": host, "Connection": "close", "Content-Length": str(len(data)), **headers}
    if any(not value.isprintable() for value in fields.values()):
        raise ValueError("A token or key has characters that no header can carry.")
    lines = [f"{ask.method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + data


def encoded(ask: Ask) -> bytes | None:
    """The body as JSON, if there is one."""
    return None if ask.body is None else json.dumps(ask.body, default=str).encode()


def refused(status: int, said: bytes) -> WardroomError:
    """The error that an answer tells."""
    try:
        told = json.loads(said)
    except ValueError:
        return WardroomError(status, "UNKNOWN", said[:200].decode(errors="replace"))
    return WardroomError(status, str(told.get("code", "UNKNOWN")), str(told.get("detail", "")))
