"""Calls to foreign addresses: bounded in size and time, no redirects, no private address that is not listed."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.fence import PORTS, Fence, Outside, is_listed, shown
from bot.unreached import why
from core.runbooks.action import ActionFailed, Stop

KEPT = 64 * 1024
LARGEST = 1024 * 1024  # bytes of an answer that are read; one that goes on after them is refused
_TOO_MANY = 429
_SERVER = 500


@dataclass(frozen=True)
class Answer:
    """What came back, whole: at most 1 MiB."""

    status: int
    body: str
    retry_after: float | None

    @property
    def is_retriable(self) -> bool:
        """Trying again can help."""
        return self.status == _TOO_MANY or self.status >= _SERVER


@dataclass(frozen=True)
class Question:
    """What is sent."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes | None = None
    seconds: float = 60.0


async def ask(question: Question, allowed: Iterable[str], stop: Stop) -> Answer:
    """Send it and return the answer, whatever its status.

    Raises:
        ActionFailed: the address is not allowed, nobody answers, or it was stopped.
    """
    listed = frozenset(allowed)
    _check(question.url, listed)
    call = asyncio.ensure_future(_call(question, listed))
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({call, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not call.done():
            raise ActionFailed("The call was stopped.")
        return call.result()
    finally:
        call.cancel()
        stopped.cancel()
        await asyncio.gather(call, stopped, return_exceptions=True)


def _check(url: str, listed: frozenset[str]) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        raise ActionFailed(f"“{url[:120]}” is not an address.") from None
    host = (parts.hostname or "").lower()
    if parts.scheme not in PORTS or not host or parts.username or parts.password:
        raise ActionFailed(f"“{url[:120]}” is not an address that can be called: http(s)://host/path.")
    if not is_listed(host, port or 0, listed):
        raise ActionFailed(
            f"{shown(host)}:{port} is not among the hosts that may be called. "
            "Add it to `actions: {http: {allow: [...]}}` if it should be."
        )


async def _call(question: Question, listed: frozenset[str]) -> Answer:
    connector = aiohttp.TCPConnector(resolver=Fence(listed), use_dns_cache=False)
    limit = aiohttp.ClientTimeout(total=question.seconds, connect=10)
    try:
        async with (
            aiohttp.ClientSession(
                connector=connector, timeout=limit, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
            ) as session,
            session.request(
                question.method,
                question.url,
                headers=question.headers,
                data=question.body,
                allow_redirects=False,
            ) as response,
        ):
            body = await _body(response)
            text = body.decode("utf-8", "replace").replace("\x00", "")
            return Answer(response.status, text, _seconds(response.headers.get("Retry-After")))
    except TimeoutError:
        raise ActionFailed(f"There was no answer within {question.seconds:g} s.", retriable=True) from None
    except (aiohttp.ClientError, OSError) as error:
        cause = error.__cause__ if isinstance(error.__cause__, Outside) else error
        if isinstance(cause, Outside):
            raise ActionFailed(str(cause)) from None
        raise ActionFailed(f"The call failed: {why(error)}.", retriable=True) from None


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = b""
    while more := await response.content.read(LARGEST + 1 - len(body)):
        body += more
        if len(body) > LARGEST:
            raise ActionFailed(
                f"It answered with status {response.status} and more than {LARGEST // 1024} KiB, "
                "which is more than a step reads. Ask for less of it."
            )
    return body


def _seconds(value: str | None) -> float | None:
    return float(value) if value is not None and value.isascii() and value.isdigit() else None


def parsed(body: str) -> Any:
    """The body as JSON; None if it is none."""
    import orjson

    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
