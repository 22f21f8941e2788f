import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.clock import ManualClock
from core.errors import Unavailable, VersionConflict
from core.place import Actor, Place
from core.store import audit, deadlines, dispatch, events, inbox, leases, migrate, numbers, outbox
from core.store.columns import METADATA
from core.store.engine import Store, Unit
from core.store.spread import spread
from core.store.sqlite import SqliteStore
from tests.stores import START, opened, sqlite_url

OPS = Place(platform="local", channel="ops")
ANA = Actor(platform="local", user="ana")


def harmed(unit: Unit, statement: str) -> None:
    """Change the database behind the house's back."""
    unit.conn.execute(sa.text(statement))


async def test_a_unit_that_fails_leaves_nothing_and_hurts_nobody(any_store: Store) -> None:
    def fails(unit: Unit) -> None:
        numbers.next_number(unit, "AP")
        raise KeyError("mine")

    results = await asyncio.gather(
        any_store.transact(numbers.next_number, "AP"),
        any_store.transact(fails),
        any_store.transact(numbers.next_number, "AP"),
        return_exceptions=True,
    )
    assert isinstance(results[1], KeyError)
    assert {"AP-1", "AP-2"} == {results[0], results[2]}


async def test_numbers_have_no_gap_and_no_double_under_load(any_store: Store) -> None:
    found = await asyncio.gather(*(any_store.transact(numbers.next_number, "RUN") for _ in range(60)))
    assert {f"RUN-{number}" for number in range(1, 61)} == set(found)


async def test_a_conflict_is_tried_again_and_given_up_after_five(any_store: Store) -> None:
    tries: list[int] = []

    def loses(_unit: Unit, times: int) -> str:
        tries.append(1)
        if len(tries) <= times:
            raise VersionConflict("Somebody was faster.")
        return "done"

    assert "done" == await any_store.transact(loses, 4)
    tries.clear()
    with pytest.raises(VersionConflict):
        await any_store.transact(loses, 5)


async def test_a_unit_may_write_more_than_one_command_takes(any_store: Store) -> None:
    def many(unit: Unit) -> None:
        for number in range(7_000):
            events.append(unit, "x.done", f"X-{number}", actor="ana")

    await any_store.transact(many)
    await any_store.transact(audit.seal)
    verdict = await any_store.read(audit.verify)
    assert (7_000, ()) == (verdict.links, verdict.findings)
    assert "X-6999" == (await any_store.read(events.after, 6_999))[0]["ref"]


async def test_an_inbound_is_kept_once_and_its_words_are_forgotten(any_store: Store) -> None:
    fresh = await asyncio.gather(
        *(any_store.transact(inbox.put, "slack:1", {"text": "hi"}) for _ in range(8))
    )
    assert [True] == [one for one in fresh if one]
    assert await any_store.transact(inbox.done, "slack:1", "help.show")
    assert not await any_store.transact(inbox.done, "slack:1", "help.show")
    row = await any_store.read(lambda unit: unit.conn.execute(sa.select(inbox.INBOX)).mappings().one())
    assert ("done", None) == (row["state"], row["payload"])


async def test_updates_of_a_card_that_wait_are_one(any_store: Store) -> None:
    await any_store.transact(outbox.publish, "approval", "AP-1", OPS)
    (post,) = await any_store.transact(dispatch.claim, leader=True)
    await any_store.transact(dispatch.sent, post, "m1")
    for _ in range(5):
        await any_store.transact(outbox.refresh, "approval", "AP-1")
    assert 1 == await any_store.transact(lambda unit: spread(unit) and dispatch.backlog(unit))


async def test_a_lane_is_sent_in_order_and_waits_for_its_first(any_store: Store, clock: ManualClock) -> None:
    for words in ("one", "two", "three"):
        await any_store.transact(outbox.say, OPS, words)
    (first,) = await any_store.transact(dispatch.claim, leader=True)
    assert "one" == first.payload["text"]
    assert [] == await any_store.transact(dispatch.claim, leader=True)
    await any_store.transact(
        dispatch.later, first, clock.now() + timedelta(seconds=5), "limited", "slow down"
    )
    assert [] == await any_store.transact(dispatch.claim, leader=True)
    clock.advance(timedelta(seconds=5))
    (again,) = await any_store.transact(dispatch.claim, leader=True)
    assert ("one", 1) == (again.payload["text"], again.attempts)


async def test_private_answers_are_sent_by_whoever_took_the_click(
    postgres_url: str, clock: ManualClock
) -> None:
    async with (
        opened(postgres_url, clock, process="a") as one,
        opened(postgres_url, clock, process="b") as other,
    ):
        await one.transact(outbox.whisper, ANA, OPS, "psst")
        assert [] == await other.transact(dispatch.claim, leader=True)
        assert 1 == len(await one.transact(dispatch.claim, leader=False))


async def test_a_deadline_is_served_by_one(any_store: Store, clock: ManualClock) -> None:
    await any_store.transact(deadlines.set, "approval.due", "AP-1", START + timedelta(minutes=1))
    await any_store.transact(deadlines.set, "approval.due", "AP-1", START + timedelta(minutes=2))
    clock.advance(timedelta(minutes=1))
    assert [] == await any_store.read(deadlines.due)
    clock.advance(timedelta(minutes=1))
    (due,) = await any_store.read(deadlines.due)
    taken = await asyncio.gather(*(any_store.transact(deadlines.take, due) for _ in range(6)))
    assert 1 == sum(taken)


async def test_a_lease_passes_on_when_it_ends_and_its_fence_grows(
    postgres_url: str, clock: ManualClock
) -> None:
    ttl = timedelta(seconds=10)
    async with (
        opened(postgres_url, clock, process="a") as one,
        opened(postgres_url, clock, process="b") as other,
    ):
        assert 1 == await one.transact(leases.hold, "leader", ttl)
        assert await other.transact(leases.hold, "leader", ttl) is None
        clock.advance(timedelta(seconds=11))
        assert 2 == await other.transact(leases.hold, "leader", ttl)
        assert await one.transact(leases.hold, "leader", ttl) is None


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("UPDATE event SET actor = 'eve' WHERE seq = 2", "was changed after it was sealed"),
        ("DELETE FROM event WHERE seq = 2", "the event was removed"),
        ("DELETE FROM audit WHERE number = 2", "link 2 was removed"),
        ("DELETE FROM audit WHERE number = 4", "was removed"),
        (
            "UPDATE audit SET digest = (SELECT digest FROM audit WHERE number = 3) WHERE number = 2",
            "does not fit",
        ),
        ("UPDATE audit SET event_seq = -2 WHERE number = 2", "the event was removed"),
    ],
)
async def test_the_audit_shows_every_change(any_store: Store, harm: str, words: str) -> None:
    for number in range(4):
        await any_store.transact(events.append, "x.done", f"X-{number}", actor="ana", data={"n": number})
    await any_store.transact(audit.seal)
    assert () == (await any_store.read(audit.verify)).findings
    await any_store.transact(harmed, harm)
    findings = (await any_store.read(audit.verify)).findings
    assert any(words in finding for finding in findings), findings


async def test_two_links_that_change_places_are_found(any_store: Store) -> None:
    for number in range(3):
        await any_store.transact(events.append, "x.done", f"X-{number}", actor="ana")
    await any_store.transact(audit.seal)
    for step in (
        "UPDATE audit SET number = 99 WHERE number = 2",
        "UPDATE audit SET number = 2 WHERE number = 3",
        "UPDATE audit SET number = 3 WHERE number = 99",
    ):
        await any_store.transact(harmed, step)
    assert any("reordered" in one for one in (await any_store.read(audit.verify)).findings)


async def test_a_locked_database_says_so_and_recovers(tmp_path: Path) -> None:
    async with opened(sqlite_url(tmp_path)) as store:
        await store.transact(numbers.next_number, "AP")
        other = sqlite3.connect(tmp_path / "wardroom.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match="locked by another program"):
            await store.transact(numbers.next_number, "AP")
        other.execute("ROLLBACK")
        other.close()
        assert "AP-2" == await store.transact(numbers.next_number, "AP")


async def test_a_full_database_says_so_keeps_what_it_has_and_recovers(tmp_path: Path) -> None:
    async with opened(sqlite_url(tmp_path)) as store:
        assert isinstance(store, SqliteStore)
        await store.transact(outbox.say, OPS, "kept")

        def limit(unit: Unit, pages: int) -> None:
            unit.conn.exec_driver_sql(f"PRAGMA max_page_count={pages}")

        await store.transact(limit, 1)
        with pytest.raises(Unavailable, match="disk of the database is full"):
            await store.transact(outbox.say, OPS, "x" * 2_000_000)
        await store.transact(limit, 1_000_000)
        await store.transact(outbox.say, OPS, "after")
        assert 2 == await store.read(dispatch.backlog)


async def test_a_database_that_is_gone_says_so_and_recovers(tmp_path: Path) -> None:
    async with opened(sqlite_url(tmp_path)) as store:
        await store.transact(outbox.say, OPS, "kept")
        hidden = tmp_path / "elsewhere"
        hidden.mkdir()
        for file in tmp_path.glob("wardroom.db*"):
            file.rename(hidden / file.name)
        with pytest.raises(Unavailable, match="database file is gone"):
            await store.transact(outbox.say, OPS, "lost?")
        for file in hidden.glob("wardroom.db*"):
            file.rename(tmp_path / file.name)
        await store.transact(outbox.say, OPS, "after")
        assert 2 == await store.read(dispatch.backlog)


async def test_migrations_go_up_and_down_and_match_the_tables(
    tmp_path: Path, empty_postgres_url: str
) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def compared(conn: sa.Connection) -> list[object]:
        context = MigrationContext.configure(
            conn, opts={"compare_type": True, "include_object": migrate.compares}
        )
        return list(compare_metadata(context, METADATA))

    for url in (sqlite_url(tmp_path), empty_postgres_url):
        await migrate.run(url, migrate.upgrade)
        assert [] == await migrate.run(url, compared)
        assert migrate.newest() == await migrate.run(url, migrate.current)
        await migrate.run(url, lambda conn: migrate.downgrade(conn, "base"))
        tables = await migrate.run(url, lambda conn: sa.inspect(conn).get_table_names())
        assert ["alembic_version"] == tables
        await migrate.run(url, migrate.upgrade)


async def test_a_fault_in_the_writer_itself_is_told_and_the_writer_lives_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(sqlite_url(tmp_path)) as store:

        def broken(_unit: Unit) -> int:
            raise KeyError("a fault of ours")

        with monkeypatch.context() as patched:
            patched.setattr(audit, "seal", broken)
            with pytest.raises(KeyError):
                await store.transact(numbers.next_number, "AP")
        assert "AP-1" == await store.transact(numbers.next_number, "AP")
