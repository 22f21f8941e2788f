"""What is looked at while people work is one state: what is being written is no tampering with the audit."""

import asyncio
import threading
from pathlib import Path

import sqlalchemy as sa

from core.store import audit, events, numbers, turns
from core.store.engine import Store, Unit
from tests.stores import opened, sqlite_url

_MANY = 2_000
_LONGEST = 10.0


def _happens(unit: Unit, number: int) -> None:
    events.append(unit, "thing.happened", f"T-{number}", actor="ana", data={})


def _all_happen(unit: Unit) -> None:
    for number in range(_MANY):
        _happens(unit, number)


async def test_a_chain_that_grows_while_it_is_read_is_whole(any_store: Store) -> None:
    await any_store.transact(_all_happen)
    await any_store.transact(audit.seal)
    looking = asyncio.create_task(any_store.read(audit.verify))
    number = _MANY
    while not looking.done():
        await any_store.transact(_happens, number)
        await any_store.transact(audit.seal)
        number += 1
    verdict = await looking
    assert () == verdict.findings
    assert _MANY <= verdict.links <= number


def _last(unit: Unit) -> int:
    return int(unit.conn.exec_driver_sql("SELECT last FROM number").scalar_one())


async def test_a_question_to_a_file_sees_one_state(tmp_path: Path) -> None:
    seen, written = threading.Event(), threading.Event()

    def twice(unit: Unit) -> tuple[int, int]:
        first = _last(unit)
        seen.set()
        assert written.wait(_LONGEST)
        return first, _last(unit)

    async with opened(sqlite_url(tmp_path)) as store:
        await store.transact(numbers.next_number, "AP")
        looking = asyncio.create_task(store.read(twice))
        await asyncio.to_thread(seen.wait, _LONGEST)
        await store.transact(numbers.next_number, "AP")
        written.set()
        assert (1, 1) == await looking
        assert 2 == await store.read(_last)


async def test_a_question_to_a_server_sees_one_state(postgres_url: str) -> None:
    def writes(unit: Unit) -> None:
        turns.take(unit, "the test")
        numbers.next_number(unit, "AP")
        while not _locks(unit, False):
            pass

    def twice(unit: Unit) -> tuple[int, int]:
        first = _last(unit)
        turns.take(unit, "the test")
        return first, _last(unit)

    async with opened(postgres_url) as store:
        await store.transact(numbers.next_number, "AP")
        writing = asyncio.create_task(store.transact(writes))
        while not await store.read(_locks, True):
            pass
        assert (1, 1) == await store.read(twice)
        await writing
        assert 2 == await store.read(_last)


def _locks(unit: Unit, granted: bool) -> int:
    found = sa.text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted = :granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    return int(unit.conn.execute(found, {"granted": granted}).scalar_one())
