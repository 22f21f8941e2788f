"""What waits for somebody's programs, brought to one of their connections: each notice once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Any

from core.notify.notice import Letter
from core.store.engine import Store
from handlers.caller import Caller
from handlers.programs import notices

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def deliver(store: Store, caller: Caller, send: Send) -> None:
    """Bring what waits, now and whenever more comes; it ends with the connection.

    Raises:
        WardroomError: the token was revoked, or the database does not answer.
    """
    news = asyncio.Event()
    topic = notices.topic(caller.person.id)
    store.bus.listen(topic, news.set)
    brought: set[str] = set()
    try:
        while True:
            news.clear()
            letters = await store.read(notices.waiting, caller)
            brought &= {letter.key for letter in letters}
            for letter in letters:
                if letter.key not in brought:
                    await send(frame(letter))
                    brought.add(letter.key)
            await news.wait()
    finally:
        store.bus.forget(topic, news.set)


def frame(letter: Letter) -> dict[str, Any]:
    """A notice as it is sent: what its channel lists, and nothing else."""
    said = {
        "op": "notice",
        "id": letter.key,
        "topic": f"approver:{letter.reader}",
        "event": letter.event,
        "title": letter.headline,
        "at": letter.happened.astimezone(UTC),
        "data": dict(letter.facts),
    }
    return said | ({"link": letter.page} if letter.page else {})
