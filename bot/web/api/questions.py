"""Questions in plain words, for programs: answered whole, or as server-sent events while the answer comes."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from bot.web.api.guessing import guessed
from bot.web.api.route import Answer, Asking, Flow, Route
from bot.web.api.weighing import weighed
from bot.web.connections import Connections
from core.conversation.llm import Counsel, Hear
from core.digest import canonical
from handlers.programs import looking
from handlers.programs.meaning import Words
from handlers.programs.told import Told
from handlers.registry import REGISTRY

BEAT = 15.0  # seconds without news after which a line shows that the connection lives


class Questions:
    """The route. Without an `llm` nothing is guessed."""

    def __init__(self, connections: Connections, llm: Counsel | None = None) -> None:
        self._connections = connections
        self._llm = llm

    def routes(self) -> tuple[Route, ...]:
        """With what it takes and may."""
        said = "Answer words that only look; show what others would do, and do nothing."
        return (Route("POST", "/ask", said, "ask.question", self.ask, Words, streams=True, answers=Told),)

    async def ask(self, asking: Asking) -> Answer | Flow:
        """Answer; nothing but the session's last words is written."""
        known = await asking.store.read(looking.answer, asking.caller, REGISTRY, asking.body)
        if asking.wants_events:
            return Flow(self._events(asking, known))
        return Answer(await self._answered(asking, known, None))

    async def _answered(self, asking: Asking, known: dict[str, Any], hear: Hear | None) -> dict[str, Any]:
        told = known
        if known["intent"] == "none" and self._llm is not None:
            told = await weighed(self._llm, asking) or await guessed(self._llm, asking, known, hear)
        if asking.body.session:
            await asking.store.transact(looking.remember, asking.caller, REGISTRY, asking.body, told)
        return told

    async def _events(self, asking: Asking, known: dict[str, Any]) -> AsyncGenerator[bytes, None]:
        with self._connections.one(asking.caller.token.id):
            if known["intent"] != "none":
                yield _event(
                    "understood", {name: known[name] for name in ("intent", "confidence", "entities")}
                )
            pieces: asyncio.Queue[str | None] = asyncio.Queue()
            work = asyncio.create_task(self._worked(asking, known, pieces))
            try:
                async with aclosing(self._words(pieces)) as words:
                    async for piece in words:
                        yield piece
                told = await work
            finally:
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
            if told["by"] == "rules":
                yield _event("words", {"text": told["answer"]})
            yield _event("answer", told)
            yield _event("done", {})

    async def _worked(
        self, asking: Asking, known: dict[str, Any], pieces: asyncio.Queue[str | None]
    ) -> dict[str, Any]:
        try:
            return await self._answered(asking, known, pieces.put)
        finally:
            pieces.put_nowait(None)

    async def _words(self, pieces: asyncio.Queue[str | None]) -> AsyncGenerator[bytes, None]:
        """Words as they come, until there are no more; a line from time to time while there are none."""
        while True:
            try:
                text = await asyncio.wait_for(pieces.get(), BEAT)
            except TimeoutError:
                yield b": \n\n"
                continue
            if text is None:
                return
            yield _event("words", {"text": text})


def _event(name: str, data: dict[str, Any]) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + canonical(data) + b"\n\n"
