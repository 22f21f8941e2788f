"""The interface for programs, as the tools use it: one call, tried again while the house is away for a moment."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from bot.workers import pause
from core.resilience.retry import delay

_BASE = "/api/v1"
_AWAY = frozenset({502, 503, 504})
_SLACK = 15.0  # seconds that an answer may take beyond the time it was asked to wait


class Refused(Exception):
    """The house said no, or cannot be reached: the stable `code`, words with how to mend it, the HTTP `status`."""

    def __init__(self, status: int, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.status, self.code, self.words = status, code, words


@dataclass(frozen=True)
class Ask:
    """One call: method, path below `/api/v1`, and what goes with it.

    `key` recognises a POST that is tried again; `known` is the version after which an answer is wanted; `wait`
    is for how many seconds at most.
    """

    method: str
    path: str
    body: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    known: int | None = None
    wait: int = 0


class Rest:
    """Calls to one house.

    Args:
        url: where it is, such as `http://127.0.0.1:8080`.
        patience: for how many seconds it may be away before a call fails.
    """

    def __init__(self, url: str, patience: float = 20.0) -> None:
        self._url = url.rstrip("/") + _BASE
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None
        self._closing = asyncio.Event()

    async def close(self) -> None:
        """Let every call that waits fail with UNAVAILABLE, and connect no more."""
        self._closing.set()
        if self._session is not None:
            await self._session.close()

    async def call(self, token: str, ask: Ask) -> dict[str, Any]:
        """The JSON that is answered; empty if nothing has changed since the version that is known.

        Raises:
            Refused: the house refuses, or is away for longer than the patience.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + self._patience
        attempt = 0
        while True:
            try:
                return await self._once(token, ask)
            except Refused as refused:
                left = until - loop.time()
                if refused.status not in _AWAY or left <= 0 or self._closing.is_set():
                    raise
                attempt += 1
                part = secrets.randbelow(1_000) / 1_000
                await pause(self._closing, min(left, delay(attempt, "exponential", 0.1, 2.0, part)))

    async def _once(self, token: str, ask: Ask) -> dict[str, Any]:
        if self._closing.is_set():
            raise _away("it is being stopped")
        if self._session is None:
            # Calls that wait for people hold a connection each, so there is no limit of connections.
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        query = dict(ask.query) | ({"wait": f"{ask.wait}s"} if ask.wait else {})
        try:
            async with self._session.request(
                ask.method,
                self._url + ask.path,
                params=query,
                data=None if ask.body is None else json.dumps(ask.body),
                headers=_headers(token, ask),
                timeout=aiohttp.ClientTimeout(total=ask.wait + _SLACK),
                allow_redirects=False,
            ) as answer:
                return _taken(answer.status, await answer.read())
        except (aiohttp.ClientError, TimeoutError, OSError, RuntimeError) as error:
            raise _away(type(error).__name__) from error


def segment(text: str) -> str:
    """Text as one segment of a path, whatever it contains."""
    return quote(text, safe="").replace(".", "%2E")


def _headers(token: str, ask: Ask) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if ask.key:
        headers["Idempotency-Key"] = ask.key
    if ask.known is not None:
        headers["If-None-Match"] = f'"{ask.known}"'
    return headers


def _taken(status: int, said: bytes) -> dict[str, Any]:
    if status == HTTPStatus.NOT_MODIFIED:
        return {}
    try:
        told = orjson.loads(said)
    except orjson.JSONDecodeError:
        told = {}
    if status < HTTPStatus.MULTIPLE_CHOICES and isinstance(told, dict) and told:
        return told
    if not isinstance(told, dict) or not told.get("detail"):
        raise Refused(status, "UNKNOWN", f"What answers there with {status} is no Wardroom, or an older one.")
    raise Refused(status, str(told.get("code", "UNKNOWN")), str(told["detail"]))


def _away(why: str) -> Refused:
    return Refused(
        503,
        "UNAVAILABLE",
        f"Wardroom does not answer ({why}), so it is not known whether this was done. "
        "Call the tool again in a moment, with the same arguments.",
    )
