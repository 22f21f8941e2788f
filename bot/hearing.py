"""How the client for programs hears an answer while it comes: server-sent events, read piece by piece.

Like `bot.wire` it imports nothing else of Wardroom.
"""

import asyncio
import contextlib
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping
from http.client import HTTPException
from typing import Any, Protocol, cast

from bot.wire import Ask, WardroomError, encoded, refused, written

QUIET = 60.0  # seconds without a line, not even one that says that the connection lives
EVENTS = "text/event-stream"
_FINE = 200
_AWAY = (OSError, HTTPException, asyncio.IncompleteReadError, ValueError)


class _Calls(Protocol):
    def place(self, ask: Ask) -> tuple[str, dict[str, str]]:
        """The address and the headers of a call."""
        ...


def heard(calls: _Calls, ask: Ask) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name and data of each event, until the answer ends.

    Raises:
        WardroomError: it was refused, nobody answers, or the answer broke off.
    """
    url, headers = calls.place(ask)
    asked = urllib.request.Request(url, encoded(ask), headers | {"Accept": EVENTS}, method=ask.method)  # noqa: S310 - given by the caller
    events = _Events()
    try:
        with urllib.request.urlopen(asked, timeout=QUIET) as answer:  # noqa: S310
            for line in answer:
                yield from events.of(line)
    except urllib.error.HTTPError as error:
        raise refused(error.code, error.read()) from None
    except _AWAY as error:
        raise _broken(error) from None
    events.end()


async def overheard(calls: _Calls, ask: Ask) -> AsyncIterator[tuple[str, Mapping[str, Any]]]:
    """The same over a connection of its own, without a thread; see `heard`."""
    address, headers = calls.place(ask)
    url = urllib.parse.urlsplit(address)
    secure = url.scheme == "https"
    events = _Events()
    try:
        port = url.port or (443 if secure else 80)
        reader, writer = await asyncio.open_connection(url.hostname, port, ssl=secure or None)
        try:
            writer.write(written(url, ask, headers | {"Accept": EVENTS}))
            await writer.drain()
            async for line in _lines(reader):
                for event in events.of(line):
                    yield event
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
    except _AWAY as error:
        raise _broken(error) from None
    events.end()


class _Events:
    """Puts lines together to events."""

    def __init__(self) -> None:
        self._name, self._data, self._has_ended = "", "", False

    def of(self, line: bytes) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The event that this line ends, if it ends one."""
        name, _, value = line.decode(errors="replace").rstrip("\r\n").partition(": ")
        if name == "event":
            self._name = value
        elif name == "data":
            self._data += value
        elif not name and self._data:
            event = self._name, cast("dict[str, Any]", json.loads(self._data))
            self._name = self._data = ""
            self._has_ended = event[0] == "done"
            yield event

    def end(self) -> None:
        """Check that the answer was whole."""
        if not self._has_ended:
            raise WardroomError(0, "UNREACHABLE", "The answer broke off; ask again.")


async def _lines(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """The lines of an answer that is sent in chunks, or until its end; an answer that refuses is raised."""
    async with asyncio.timeout(QUIET):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(None, 2)[1])
    chunks = _chunks(reader) if "transfer-encoding: chunked" in head else _rest(reader)
    rest = b""
    async for chunk in chunks:
        rest += chunk
        while status == _FINE and b"\n" in rest:
            line, rest = rest.split(b"\n", 1)
            yield line
    if status != _FINE:
        raise refused(status, rest)


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(QUIET):
            size = int((await reader.readline()).split(b";")[0].strip(), 16)
            body = await reader.readexactly(size + 2)
        if not size:
            return
        yield body[:-2]


async def _rest(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(QUIET):
            body = await reader.read(65_536)
        if not body:
            return
        yield body


def _broken(error: BaseException) -> WardroomError:
    return WardroomError(0, "UNREACHABLE", f"Wardroom does not answer: {str(error) or type(error).__name__}")
