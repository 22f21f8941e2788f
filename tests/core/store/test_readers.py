import asyncio
import threading
from pathlib import Path

import pytest

from core.errors import Unavailable
from core.store import numbers
from core.store.engine import Unit
from core.store.readers import THREADS
from tests.stores import opened, sqlite_url

_LONGEST = 10.0


async def test_a_long_look_keeps_nobody_waiting(tmp_path: Path) -> None:
    asked = threading.Event()

    def long(_unit: Unit) -> bool:
        return asked.wait(_LONGEST)

    def short(_unit: Unit) -> None:
        asked.set()

    async with opened(sqlite_url(tmp_path)) as store:
        waiting = asyncio.create_task(store.read(long))
        await asyncio.sleep(0)
        assert "AP-1" == await store.transact(numbers.next_number, "AP")
        await store.read(short)
        assert await waiting


async def test_more_than_there_are_threads_are_answered_in_turn(tmp_path: Path) -> None:
    async with opened(sqlite_url(tmp_path)) as store:
        found = await asyncio.gather(*(store.read(lambda unit: unit.now) for _ in range(THREADS * 5)))
    assert THREADS * 5 == len(found)


async def test_closing_waits_for_whoever_still_looks_and_then_refuses(tmp_path: Path) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def long(_unit: Unit) -> str:
        begun.set()
        may_end.wait(_LONGEST)
        return "seen"

    async with opened(sqlite_url(tmp_path)) as store:
        looking = asyncio.create_task(store.read(long))
        await asyncio.to_thread(begun.wait, _LONGEST)
        closing = asyncio.create_task(store.stop())
        await asyncio.to_thread(may_end.set)
        assert "seen" == await looking
        await closing
        with pytest.raises(Unavailable):
            await store.read(long)


async def test_a_look_that_ends_half_way_hides_no_news_from_the_next(tmp_path: Path) -> None:
    long = "WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many LIMIT 5000) SELECT n FROM many, number"

    def half(unit: Unit) -> None:
        for row in unit.conn.exec_driver_sql(long):
            raise KeyError(row)

    def all_of(unit: Unit) -> list[int]:
        return list(unit.conn.exec_driver_sql("SELECT last FROM number").scalars())

    async with opened(sqlite_url(tmp_path)) as store:
        await store.transact(numbers.next_number, "AP")
        for last in (2, 3):
            kept = await asyncio.gather(*(store.read(half) for _ in range(THREADS)), return_exceptions=True)
            assert {KeyError} == set(map(type, kept))
            await store.transact(numbers.next_number, "AP")
            found = await asyncio.gather(*(store.read(all_of) for _ in range(THREADS)))
            assert [[last]] * THREADS == found
