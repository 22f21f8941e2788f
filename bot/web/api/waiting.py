"""Waiting for news without holding anything but a place in a list: no worker, no connection of the database."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

from core.store.bus import Bus


class Waiting:
    """Who waits for which topic of the bus."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    @contextmanager
    def on(self, topic: str) -> Iterator[Callable[[float], Awaitable[None]]]:
        """Listen to a topic; what is given waits at most so many seconds for news since it last returned."""
        news = asyncio.Event()
        self._bus.listen(topic, news.set)

        async def wait(seconds: float) -> None:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, seconds)):
                    await news.wait()
            news.clear()

        try:
            yield wait
        finally:
            self._bus.forget(topic, news.set)
