"""Somebody at the local workspace: says, presses, fills in and sees, over the page's own socket."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

LIMIT = 20.0
_NUMBERS = itertools.count(1)


class Seat:
    """One persona's open page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, persona: str) -> None:
        self._socket = socket
        self.persona = persona
        self.messages: dict[str, dict[str, Any]] = {}
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._news = asyncio.Event()
        self._greeted = asyncio.Event()

    async def hello(self) -> None:
        """Say who one is, and wait for what one may see."""
        await self._socket.send_json({"t": "hello", "persona": self.persona})
        async with asyncio.timeout(LIMIT):
            await self._greeted.wait()

    async def read(self) -> None:
        """Take what arrives until the line is closed."""
        async for frame in self._socket:
            self._take(json.loads(frame.data))

    async def says(self, text: str, channel: str = "ops", thread: str = "", key: str = "") -> dict[str, Any]:
        """Write something; the answer may carry a form."""
        return await self._ask({"t": "say", "channel": channel, "thread": thread, "text": text}, key)

    async def presses(self, message: dict[str, Any], label: str, key: str = "") -> dict[str, Any]:
        """Press a button of a message; the answer may carry a form."""
        control = next(one for one in message["controls"] if one["label"].startswith(label))
        frame = {"t": "press", "message": message["id"], "verb": control["verb"], "value": control["value"]}
        return await self._ask(frame, key)

    async def marks(self, message: dict[str, Any], *, on: bool = True) -> dict[str, Any]:
        """Put the sign on a message that puts it on a timeline, or take it off."""
        return await self._ask({"t": "mark", "message": message["id"], "on": on})

    async def chooses(self, message: dict[str, Any], label: str, choice: str) -> dict[str, Any]:
        """Choose from a menu of a message."""
        control = next(one for one in message["controls"] if one["label"].startswith(label))
        frame = {"t": "press", "message": message["id"], "verb": control["verb"], "value": control["value"]}
        return await self._ask(frame | {"choice": choice})

    async def fills(
        self,
        answer: dict[str, Any],
        fields: dict[str, str],
        message: dict[str, Any] | None = None,
        key: str = "",
    ) -> dict[str, Any]:
        """Fill in the form that an answer carried, and send it."""
        carry = answer["form"]["carry"]
        where = message or {}
        frame = {
            "t": "send",
            "channel": where.get("channel", "ops"),
            "thread": where.get("thread") or "",
            "message": where.get("id", ""),
            "fields": fields,
            **carry,
        }
        return await self._ask(frame, key)

    async def sees(self, *words: str) -> dict[str, Any]:
        """Wait for a message that has all these words; the newest that has."""
        return await self.sees_one(lambda one: all(word in said(one) for word in words), " & ".join(words))

    async def sees_one(
        self, fits: Callable[[dict[str, Any]], bool], what: str = "a message"
    ) -> dict[str, Any]:
        """Wait for a message that fits; the newest that does."""
        try:
            async with asyncio.timeout(LIMIT):
                while True:
                    found = [one for one in self.messages.values() if fits(one)]
                    if found:
                        return max(found, key=lambda one: one["position"])
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            seen = "\n---\n".join(said(one) for one in self.messages.values())
            raise AssertionError(f"{self.persona} never saw {what!r}. Seen:\n{seen}") from None

    def count(self, *words: str) -> int:
        """How many messages have all these words."""
        return sum(all(word in said(one) for word in words) for one in self.messages.values())

    async def _ask(self, frame: dict[str, Any], key: str = "") -> dict[str, Any]:
        frame_id = key or f"{self.persona}-{next(_NUMBERS)}"
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[frame_id] = future
        await self._socket.send_json(frame | {"id": frame_id})
        async with asyncio.timeout(LIMIT):
            return await future

    def _take(self, frame: dict[str, Any]) -> None:
        waiting = self._answers.pop(str(frame.get("re", "")), None)
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)
        if frame.get("t") == "snapshot":
            self.messages |= {one["id"]: one for one in frame["messages"]}
            self._greeted.set()
        if frame.get("t") == "change":
            self.messages[frame["message"]["id"]] = frame["message"]
        self._news.set()


def said(message: dict[str, Any]) -> str:
    """All the words of a message."""
    return str(message.get("text", ""))


@asynccontextmanager
async def seats(url: str, *personas: str) -> AsyncIterator[tuple[Seat, ...]]:
    """These personas with their pages open at `url`."""
    async with aiohttp.ClientSession() as session:
        opened = []
        readers = []
        for persona in personas:
            seat = Seat(await session.ws_connect(f"{url}/local/ws"), persona)
            readers.append(asyncio.create_task(seat.read()))
            await seat.hello()
            opened.append(seat)
        try:
            yield tuple(opened)
        finally:
            for seat in opened:
                await seat._socket.close()
            for reader in readers:
                reader.cancel()
            await asyncio.gather(*readers, return_exceptions=True)
