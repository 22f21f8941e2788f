"""A program on the WebSocket of a running house."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.bot.web.api.house import Program


class Line:
    """One connection; a frame that does not come within seconds is a failure."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, **frame: Any) -> None:
        """Send a frame."""
        await self.socket.send_json(frame)

    async def hear(self) -> dict[str, Any]:
        """The next frame."""
        async with asyncio.timeout(10):
            frame: dict[str, Any] = await self.socket.receive_json()
            return frame

    async def ask(self, **frame: Any) -> dict[str, Any]:
        """Send a frame, and hear the next one."""
        await self.say(**frame)
        return await self.hear()

    async def follow(self, topic: str, after: int | None = None) -> dict[str, Any]:
        """Subscribe; the snapshot, or the error."""
        more = {} if after is None else {"after": after}
        return await self.ask(op="subscribe", topic=topic, **more)

    async def closed(self) -> int | None:
        """The code with which the house closed it, as its last frame has it."""
        async with asyncio.timeout(10):
            while True:
                message = await self.socket.receive()
                if message.type is aiohttp.WSMsgType.CLOSE:
                    return int(message.data)
                if message.type is aiohttp.WSMsgType.CLOSED:
                    return self.socket.close_code


@asynccontextmanager
async def line(program: Program, **options: Any) -> AsyncIterator[Line]:
    """A connection with the program's token in a header, unless it comes in another way."""
    headers = options.pop("headers", {"Authorization": f"Bearer {program.secret}"})
    async with program.session.ws_connect(f"{program.base}/ws", headers=headers, **options) as socket:
        yield Line(socket)


async def refused(program: Program, **options: Any) -> tuple[int, dict[str, Any]]:
    """The status and the words with which a connection is refused."""
    headers = options.pop("headers", {"Authorization": f"Bearer {program.secret}"})
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    url = f"{program.base}/ws{options.pop('query', '')}"
    async with program.session.get(url, headers=upgrade | headers, **options) as answer:
        return answer.status, await answer.json(content_type=None)
