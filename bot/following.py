"""Following a topic from here on, for every door that keeps a connection open.

One reader of the log for the whole process says which topics have news; whoever follows one of them then reads on
from where they were. So those who wait hold a place in a list and nothing else, and those who are slow fall
behind in the log, not in memory.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate

from bot.workers import pause
from core.errors import Unavailable
from core.store import audit, journal
from core.store.engine import P, Store, T, Unit
from handlers.caller import Caller
from handlers.programs import watching
from handlers.programs.watching import Event, Kind, News, Snapshot, Topic

_LOOK = 5.0  # seconds after which the log is looked at anyway: a wake-up may be lost
_AGAIN = 1.0  # seconds until a database that did not answer is asked again
_GATHER = 0.03  # seconds in which news gathers before it is read
_OF_PEOPLE = (Kind.APPROVER, Kind.REQUESTER)
_READERS = 4  # who read at the same time; more would keep connections of the database from the rest


class Following:
    """Who follows which topic; `run` is the worker that reads the log for all of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._who: dict[str, set[asyncio.Event]] = {}
        self._woken = asyncio.Event()
        self._stopped = asyncio.Event()
        self._gate = asyncio.Semaphore(_READERS)
        store.bus.listen("events", self._woken.set)

    async def follow(
        self, caller: Caller, topic: Topic, after: int | None = None, *, beat: float | None = None
    ) -> AsyncGenerator[Snapshot | Event | None, None]:
        """A snapshot, and then every event after it, or after `after`; it ends when the house stops.

        With `beat`, None is given after so many seconds without news, so that a door can show it is alive.

        Raises:
            WardroomError: the caller may not, or may not any more; or the database does not answer.
        """
        with self._listening(topic) as fresh:
            await settle(self.store)
            shown = await self._read(watching.snapshot, caller, topic, after)
            yield shown
            seq = shown.seq
            while not self._stopped.is_set():
                fresh.clear()
                events = await self._read(watching.since, caller, topic, seq)
                for event in events:
                    yield event
                    seq = event.seq
                if len(events) == watching.PAGE:
                    continue
                if not await pause(fresh, beat):
                    yield None

    async def run(self) -> None:
        """Read the log while anybody follows anything, and tell those whose topics have news."""
        seq: int | None = None
        while not self._stopped.is_set():
            await pause(self._woken, _LOOK if self._who else None)
            self._woken.clear()
            try:
                seq = await self._look(seq) if self._who else None
            except Unavailable:
                self._woken.set()  # look again, soon
                await pause(self._stopped, _AGAIN)
            await pause(self._stopped, _GATHER)

    def stop(self) -> None:
        """Let everybody who follows come to an end, and the worker too."""
        self._stopped.set()
        self._woken.set()
        self._tell_all()

    async def _look(self, seq: int | None) -> int:
        """Read on from `seq`; without one, from now, and let everybody see for themselves what was before."""
        if seq is None:
            seq = await self.store.read(journal.position)
            self._tell_all()
            return seq
        await settle(self.store)
        more = True
        while more:
            with_people = any(topic.partition(":")[0] in _OF_PEOPLE for topic in self._who)
            news = await self.store.read(watching.news, seq, with_people=with_people)
            self._tell(news)
            seq, more = news.seq, news.more
        return seq

    async def _read(self, query: Callable[Concatenate[Unit, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        async with self._gate:
            return await self.store.read(query, *args, **kwargs)

    @contextmanager
    def _listening(self, topic: Topic) -> Iterator[asyncio.Event]:
        fresh = asyncio.Event()
        name = str(topic)
        if not self._who:
            self._woken.set()
        self._who.setdefault(name, set()).add(fresh)
        try:
            yield fresh
        finally:
            self._who[name].discard(fresh)
            if not self._who[name]:
                del self._who[name]

    def _tell(self, news: News) -> None:
        for ref in news.refs:
            for kind in Kind:
                self._wake(f"{kind}:{ref}")
        for person in news.people:
            for kind in _OF_PEOPLE:
                self._wake(f"{kind}:{person}")

    def _wake(self, topic: str) -> None:
        for fresh in self._who.get(topic, ()):
            fresh.set()

    def _tell_all(self) -> None:
        for topic in self._who:
            self._wake(topic)


async def settle(store: Store) -> None:
    """Have what is committed sealed, so that it has its number in the log. On SQLite it always is.

    Raises:
        Unavailable: the database does not answer.
    """
    if await store.read(journal.is_behind):
        await store.transact(audit.seal)
