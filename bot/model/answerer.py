"""Answers questions of chats through the language model: words are shown as they come, by edits of one message.

A question is a row. One that a process took and never ended is taken by another one when its lease is over: to look
things up once more changes nothing.
"""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from typing_extensions import override

from bot.model.embedder import Embedder
from bot.model.inquiring import Question, inquire
from bot.model.llm import Llm
from bot.workers import Worker
from core.conversation.answering import records, units
from core.conversation.answering.inquiry import Inquiry
from core.conversation.memory import units as memory
from core.conversation.memory.turn import Tier
from core.conversation.memory.units import Here, Mind
from core.errors import Conflict, TooMany, Unavailable
from core.people.person import Person
from core.people.tokens.token import Token
from core.store.engine import Store, Unit
from core.text import clean, cut
from core.world import World
from handlers.caller import Caller
from handlers.talk.remembering import mind_of

log = structlog.get_logger("wardroom.answers")
T = TypeVar("T")
_SPARE = timedelta(seconds=30)
_EDIT = 1.2  # seconds between two edits of one message, which platforms allow about once a second
_MOST = 6_000


class Answerer(Worker):
    """One of several that share the work. Without an `llm` every question falls back to what is said without one."""

    def __init__(self, store: Store, world: World, llm: Llm | None, embedder: Embedder | None = None) -> None:
        super().__init__(store, units.TOPIC)
        self._world = world
        self._llm = llm
        self._embedder = embedder
        self._lease = world.llm.timeout + _SPARE

    @override
    async def work(self) -> bool:
        """Answer the next question that waits; False if none does."""
        inquiry = await self._store.transact(units.claim, self._lease)
        if inquiry is None:
            return False
        try:
            await self._answer(inquiry)
        except Conflict:
            pass  # taken over or stopped meanwhile: what came of it here is nobody's business any more
        except BaseException:
            await self._store.transact(units.give_back, inquiry)
            raise
        return True

    async def _answer(self, inquiry: Inquiry) -> None:
        person = self._world.people.get(inquiry.by)
        if self._llm is None or person is None or not person.active:
            gone = "Whoever asked is not known any more." if self._llm else "No language model is configured."
            await self._store.transact(units.fell_back, inquiry, gone)
            return
        shown = _Shown(self._store, inquiry)
        here = Here(person, inquiry.place)
        before = await self._before(here, inquiry.question)
        question = Question(self._caller(person), inquiry.question, before=before)
        try:
            asking = inquire(self._llm, self._store, question, shown.hear, shown.again)
            said, found = await self._while_wanted(inquiry, asking)
        except (TooMany, Unavailable) as error:
            await self._store.transact(units.fell_back, inquiry, error.sentence())
            return
        words = cut(clean(said.text), _MOST).strip()
        if not words:
            await self._store.transact(units.fell_back, inquiry, f"{self._llm.name} said nothing.")
            return
        whole = units.Found(words, self._llm.name, found.commands, found.seen, found.offers)
        await self._store.transact(_told, inquiry, whole, mind_of(self._world), here)
        log.info("answered", inquiry=inquiry.id, looked=len(found.commands))

    async def _while_wanted(self, inquiry: Inquiry, asking: Coroutine[None, None, T]) -> T:
        """What comes of it; it is left at once where nobody wants it any more.

        Raises:
            Conflict: nobody does.
        """
        task = asyncio.create_task(asking)
        try:
            while not task.done():
                self._wake.clear()
                if not await self._store.read(units.is_wanted, inquiry):
                    raise Conflict(f"{inquiry.id} was stopped.", "Ask again.")
                news = asyncio.create_task(self._wake.wait())
                await asyncio.wait((task, news), return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _before(self, here: Here, question: str) -> str:
        """What was said there before; found by what it means, too, where there are vectors."""
        mind = mind_of(self._world)
        near = await self._embedder.near(mind, here, question) if self._embedder else None
        return await self._store.read(memory.before, mind, here, question, near)

    def _caller(self, person: Person) -> Caller:
        """The person, with all that they may and nothing else."""
        token = Token(id=f"chat:{person.id}", person=person.id, scopes=(), created=self._store.clock.now())
        return Caller(person, token, self._world)

    @override
    async def due(self) -> datetime | None:
        """When the lease of the first one ends."""
        return await self._store.read(records.next_free)


def _told(unit: Unit, inquiry: Inquiry, whole: units.Found, mind: Mind, here: Here) -> None:
    """The answer is told and remembered, or neither."""
    units.answered(unit, inquiry, whole)
    memory.remember(unit, mind, here, [(Tier.BOT, whole.words)])


class _Shown:
    """What is shown of an answer while it comes: the first words at once, and then what has gathered, time and again."""

    def __init__(self, store: Store, inquiry: Inquiry) -> None:
        self._store = store
        self._inquiry = inquiry
        self._words = ""
        self._next = 0.0

    async def hear(self, words: str) -> None:
        """More of it."""
        self._words = (self._words + words)[:_MOST]
        now = asyncio.get_running_loop().time()
        if now >= self._next and self._words.strip():
            self._next = now + _EDIT
            await self._store.transact(units.heard, self._inquiry, clean(self._words))

    async def again(self) -> None:
        """It looks something up: what it said until now was no answer yet."""
        self._words = ""
