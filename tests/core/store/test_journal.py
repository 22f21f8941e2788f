"""The log in the order of its seals: whoever reads on from a number misses nothing and gets nothing twice."""

import asyncio

from sqlalchemy.ext.asyncio import create_async_engine

from core.store import audit, events, journal
from core.store.engine import Store, Unit
from tests.stores import START, opened


def _note(unit: Unit, ref: str) -> None:
    events.append(unit, "thing.noted", ref, actor="ana", data={"of": ref})


async def _read(store: Store, number: int) -> list[tuple[int, str]]:
    await store.transact(audit.seal)
    return [(row["seq"], row["ref"]) for row in await store.read(journal.after, number, 100)]


async def test_a_reader_goes_on_where_it_was(any_store: Store) -> None:
    for ref in ("X-1", "Y-1", "X-1"):
        await any_store.transact(_note, ref)
    assert [(1, "X-1"), (2, "Y-1"), (3, "X-1")] == await _read(any_store, 0)
    assert [(3, "X-1")] == await _read(any_store, 2)
    assert 3 == await any_store.read(journal.position)
    assert [1, 3] == [row["seq"] for row in await any_store.read(journal.of, "X-1", 0, 100)]
    assert [1, 3] == [row["seq"] for row in await any_store.read(journal.history, "X-1")]
    assert {"of": "Y-1"} == (await any_store.read(journal.after, 1, 1))[0]["data"]


async def test_what_commits_late_comes_late_and_is_not_missed(postgres_url: str) -> None:
    async with opened(postgres_url) as store:
        engine = create_async_engine(postgres_url)
        async with engine.connect() as slow:
            row = {
                "at": START,
                "kind": "thing.noted",
                "ref": "SLOW",
                "actor": "x",
                "data": {},
                "sealed": False,
            }
            await slow.execute(events.EVENT.insert().values(**row))  # numbered first, committed last
            await store.transact(_note, "FAST")
            first = await _read(store, 0)
            assert [(1, "FAST")] == first
            await slow.commit()
        assert [(2, "SLOW")] == await _read(store, first[-1][0])
        await engine.dispose()


async def test_two_processes_seal_at_once_and_neither_fails(postgres_url: str) -> None:
    async with opened(postgres_url, process="one") as one, opened(postgres_url, process="two") as two:
        for round_ in range(10):
            await asyncio.gather(
                *(store.transact(_note, f"X-{round_}") for store in (one, two) for _ in "abc")
            )
            await asyncio.gather(*(store.transact(audit.seal) for store in (one, two, one)))
        assert 60 == await one.read(journal.position)
        assert not await one.read(journal.is_behind)
        assert () == (await one.read(audit.verify)).findings
