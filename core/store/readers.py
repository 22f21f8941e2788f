"""Threads that look at what is committed in a database file, each over a connection of its own.

A whole question is answered in one thread. A driver that awaits hands each statement to a thread and back, which took
two to ten times as long, most when many asked at once.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

import sqlalchemy as sa

T = TypeVar("T")
THREADS = 4


class Readers:
    """The threads and their connections, made when they are needed first."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(THREADS, "wardroom-reader")

    async def look(self, query: Callable[[sa.Connection], T]) -> T:
        """What `query` finds; it goes on to its end, and is not heard, if nobody waits for it any more."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, copy_context().run, self._answer, query
        )

    async def stop(self) -> None:
        """Answer what was asked, then close."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    def _answer(self, query: Callable[[sa.Connection], T]) -> T:
        with self._engine.connect() as conn:
            return query(conn)
