"""Decisions per second against bare statements through the same writer: `python -m bench.decisions`."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bench.pairs import Once, Turn, report, turn
from bot.memory import settle
from core.approvals import units
from core.approvals.draft import Draft
from core.approvals.request import Ask, Choice, Request, Terms
from core.clock import SystemClock
from core.people.person import Person
from core.place import Place
from core.store.engine import Store, Unit
from tests import postgres
from tests.stores import opened, sqlite_url

PEOPLE = {name: Person(id=name, name=name.title(), roles=frozenset({"sre"})) for name in ("ana", "bo", "chi")}
TERMS = Terms(ask=(Ask(role="sre"),), approvals=2, severity="HIGH")
ITEMS = 500

ITEM = sa.table("bench_item", sa.column("id"), sa.column("version"), sa.column("state"))
NOTE = sa.table("bench_note", sa.column("item_id"), sa.column("version"), sa.column("note"))
READ = sa.select(ITEM.c.version).where(ITEM.c.id == sa.bindparam("item"))
WRITE = (
    sa.update(ITEM)
    .where(ITEM.c.id == sa.bindparam("item"), ITEM.c.version == sa.bindparam("seen"))
    .values(version=sa.bindparam("next"), state="run")
)
KEEP = sa.insert(NOTE)
ONE = sa.update(ITEM).where(ITEM.c.id == sa.bindparam("item")).values(version=ITEM.c.version + 1)
TABLES = (
    "CREATE TABLE bench_item (id integer PRIMARY KEY, version integer, state varchar(20))",
    "CREATE TABLE bench_note (item_id integer, version integer, note varchar(80))",
)


def ask(unit: Unit, number: int, key: str) -> Request:
    """A request that wants two people, with one card to keep current."""
    draft = Draft(
        kind="runbook",
        title=f"Restart checkout {number}",
        reason="Change to production",
        subject={"environment": "production", "destructive": True, "number": number},
        requester=Person(id="dev", name="Dev"),
        terms=TERMS,
        key=f"{key}-{number}",
        places=(Place(platform="slack", channel="C0OPS"),),
    )
    return units.ask(unit, draft, PEOPLE, {})


def bump(unit: Unit, item: int) -> None:
    """The bare unit: read, update if the version is still the same, insert; with statements made once."""
    version = unit.conn.execute(READ, {"item": item}).scalar_one()
    unit.conn.execute(WRITE, {"item": item, "seen": version, "next": version + 1})
    unit.conn.execute(KEEP, {"item_id": item, "version": version + 1, "note": "bumped"})


def lay(unit: Unit) -> None:
    """The bare unit's tables."""
    for statement in TABLES:
        unit.conn.execute(sa.text(statement))
    unit.conn.execute(sa.insert(ITEM), [{"id": n, "version": 0, "state": "new"} for n in range(ITEMS)])


async def one_statement(engine: AsyncEngine, item: int) -> None:
    """The barest commit: one statement through SQLAlchemy and asyncpg."""
    async with engine.begin() as conn:
        await conn.execute(ONE, {"item": item})


async def decided(store: Store, request: Request, who: str) -> None:
    """One whole decision, as the verb makes it."""
    done = await store.transact(
        units.decide, request.id, PEOPLE[who], Choice.APPROVE, "", request.digest, via="slack"
    )
    if not done.changed:
        raise AssertionError(done.words)


async def decisions(store: Store, count: int, key: str) -> list[Once]:
    """Two decisions on each of `count / 2` new requests: one that waits and one that approves."""
    made = [await store.transact(ask, number, key) for number in range(count // 2)]
    return [partial(decided, store, request, who) for who in ("ana", "bo") for request in made]


async def compare(
    name: str, store: Store, bare: list[Once], options: argparse.Namespace, goal: float
) -> bool:
    """Turns of both, one after the other."""
    ours: list[Turn] = []
    theirs: list[Turn] = []
    for number in range(options.turns + 1):
        things = await decisions(store, options.count, f"{name}-{number}")
        pair = (await turn(bare, options.callers), await turn(things, options.callers))
        if number:  # the first pair warms up
            theirs.append(pair[0])
            ours.append(pair[1])
    return report(name, ours, theirs, goal)


async def on_sqlite(options: argparse.Namespace) -> bool:
    """Against three statements through the same writer."""
    with tempfile.TemporaryDirectory(prefix="wardroom-bench-") as folder:
        async with opened(sqlite_url(Path(folder)), SystemClock()) as store:
            await store.transact(lay)
            bare: list[Once] = [partial(store.transact, bump, n % ITEMS) for n in range(options.count)]
            return await compare("decision, SQLite", store, bare, options, 0.4)


async def on_postgres(options: argparse.Namespace) -> bool:
    """Against one statement a commit, through SQLAlchemy and asyncpg."""
    async with server() as url:
        engine = create_async_engine(url, pool_size=16, max_overflow=0)
        async with opened(url, SystemClock()) as store:
            await store.transact(lay)
            bare: list[Once] = [partial(one_statement, engine, n % ITEMS) for n in range(options.count)]
            reached = await compare("decision, PostgreSQL", store, bare, options, 0.5)
        await engine.dispose()
        return reached


@asynccontextmanager
async def server() -> AsyncIterator[str]:
    """A fresh database on a PostgreSQL that is as careful with the disk as in earnest."""
    named = os.environ.get("WARDROOM_TEST_POSTGRES_URL")
    with tempfile.TemporaryDirectory(prefix="wardroom-bench-") as folder:
        address = named or postgres.server_for(Path(folder) / "pg", os.getpid(), careful=True)
        name = f"wardroom_bench_{os.getpid()}"
        postgres.ask(address, f"CREATE DATABASE {name}")
        try:
            yield postgres.url_of(address, name)
        finally:
            postgres.ask(address, f"DROP DATABASE {name} WITH (FORCE)")
            if not named:
                postgres.stop(Path(folder) / "pg")


def main() -> int:
    """Run what was asked for; 1 if a target was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--turns", type=int, default=5, help="pairs of turns")
    parser.add_argument("--count", type=int, default=1000, help="things in a turn")
    parser.add_argument("--callers", type=int, default=0, help="at once; 64 on SQLite, 16 on PostgreSQL")
    options = parser.parse_args()
    settle()
    reached = []
    for engine, run, callers in (("sqlite", on_sqlite, 64), ("postgres", on_postgres, 16)):
        if options.engine in {engine, "both"}:
            chosen = argparse.Namespace(**{**vars(options), "callers": options.callers or callers})
            reached.append(asyncio.run(run(chosen)))
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
