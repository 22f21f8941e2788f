"""Who listens hears of what is committed, of all of it, and of nothing else."""

import asyncio
import threading

import pytest

from core.store import deadlines, events
from core.store.engine import Store, Unit
from tests.stores import START, opened


async def test_listeners_hear_of_a_commit_and_not_of_a_rollback(any_store: Store) -> None:
    heard = asyncio.Event()
    any_store.bus.listen("events", heard.set)

    def fails(unit: Unit) -> None:
        events.append(unit, "x.done", "X-1", actor="ana")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await any_store.transact(fails)
    assert not heard.is_set()
    await any_store.transact(events.append, "x.done", "X-1", actor="ana")
    async with asyncio.timeout(5):
        await heard.wait()


async def test_listeners_hear_of_nothing_that_is_not_committed_yet(store: Store) -> None:
    """Rule 72: two units share a commit, and while the second runs nobody has heard of the first."""
    heard, begun, go = threading.Event(), threading.Event(), threading.Event()
    store.bus.listen("events", heard.set)

    def holds(_: Unit) -> None:
        begun.set()
        go.wait(5)

    def looks(_: Unit) -> bool:
        return heard.wait(0.2)

    first = asyncio.ensure_future(store.transact(holds))
    await asyncio.to_thread(begun.wait, 5)
    written = asyncio.ensure_future(store.transact(events.append, "x.done", "X-1", actor="ana"))
    looked = asyncio.ensure_future(store.transact(looks))
    await asyncio.to_thread(go.set)
    assert not await looked
    await asyncio.gather(first, written)
    assert await asyncio.to_thread(heard.wait, 5)


async def test_another_process_hears_of_a_commit_on_postgres(postgres_url: str) -> None:
    async with opened(postgres_url, process="a") as one, opened(postgres_url, process="b") as other:
        heard = asyncio.Event()
        other.bus.listen("deadlines", heard.set)
        await one.transact(deadlines.set, "x", "1", START)
        async with asyncio.timeout(5):
            await heard.wait()
