"""Who has the page open, and what is sent to them: each page in order, a slow one cut off and welcome back."""

import asyncio
from contextlib import suppress
from typing import Any

import orjson
from aiohttp import ClientConnectionError, web

from bot.local.personas import Persona, may_see
from bot.local.render import message_json
from bot.local.store import Stored

_WAITING = 2_000  # messages a slow page may be behind before it has to come back and resume


class Session:
    """One open page: a socket, the persona it plays, and the frames that wait to be sent."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self._transport = transport
        self.persona: Persona | None = None
        self._frames: asyncio.Queue[bytes] = asyncio.Queue(_WAITING)

    def send(self, frame: dict[str, Any] | bytes) -> None:
        """Queue a frame; a page that does not read is cut off and resumes when it comes back."""
        try:
            self._frames.put_nowait(frame if isinstance(frame, bytes) else orjson.dumps(frame))
        except asyncio.QueueFull:
            self.cut()

    def cut(self) -> None:
        """Drop the connection without a farewell; the page comes back and asks for what it missed."""
        if self._transport is not None:
            self._transport.abort()

    async def write(self) -> None:
        """Send what is queued, for as long as the page is there."""
        with suppress(ClientConnectionError, ConnectionError):
            while True:
                frame = await self._frames.get()
                await self.socket.send_str(frame.decode())


class Hub:
    """Every open page."""

    def __init__(self) -> None:
        self.sessions: set[Session] = set()

    def push(self, stored: Stored) -> None:
        """Show a new or changed message to all who may see it."""
        frame = orjson.dumps({"t": "change", "message": message_json(stored)})
        for session in tuple(self.sessions):
            persona = session.persona
            if persona is not None and may_see(persona.id, stored.channel, stored.only_for):
                session.send(frame)

    def tell(self, frame: dict[str, Any]) -> None:
        """Tell every page something that is no message."""
        for session in tuple(self.sessions):
            if session.persona is not None:
                session.send(frame)

    async def close(self) -> None:
        """Say goodbye to every page."""
        for session in tuple(self.sessions):
            with suppress(ClientConnectionError, ConnectionError, TimeoutError):
                async with asyncio.timeout(1):
                    await session.socket.close(code=1001, message=b"going down")
