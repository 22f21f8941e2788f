import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from core.errors import Unavailable
from core.store import numbers
from core.store.engine import Unit
from core.store.readers import THREADS
from core.store.sqlite import SqliteStore
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


async def test_a_file_that_another_one_took_the_place_of_is_not_looked_at_any_more(tmp_path: Path) -> None:
    """As after a backup was brought back, or an operator moved the folder, while the house runs."""
    async with opened(sqlite_url(tmp_path)) as store:
        assert isinstance(store, SqliteStore)
        await store.transact(numbers.next_number, "AP")
        await asyncio.gather(*(store.read(_last) for _ in range(THREADS)))
        before = store.path.with_name("before.db")
        with sqlite3.connect(store.path) as old, sqlite3.connect(before) as copy:
            old.backup(copy)
        for tail in ("-wal", "-shm"):
            store.path.with_name(store.path.name + tail).unlink()
        before.rename(store.path)
        assert "AP-2" == await store.transact(numbers.next_number, "AP")
        assert [2] * THREADS == await asyncio.gather(*(store.read(_last) for _ in range(THREADS)))


def _last(unit: Unit) -> int:
    return int(unit.conn.exec_driver_sql("SELECT last FROM number").scalar_one())
