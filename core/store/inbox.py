"""What came in, as rows: written before it is acknowledged, worked on after, each key once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit
from core.store.statement import Statement

_NEW = sa.text("state = 'new'")

INBOX = sa.Table(
    "inbox",
    METADATA,
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("payload", Json),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("process", sa.String(64), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("received", Utc, nullable=False),
    sa.Column("finished", Utc),
    sa.Column("outcome", sa.String(64)),
    sa.Index("ix_inbox_new", "received", sqlite_where=_NEW, postgresql_where=_NEW),
    sa.Index("ix_inbox_finished", "finished"),
)

_GIVEN = ("key", "payload", "state", "process", "attempts", "received")


def _put(dialect: str) -> sa.Insert:
    """Insert unless the key is there; it gives the key back if it was inserted."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    row: dict[str, sa.BindParameter[Any]] = {name: sa.bindparam(name) for name in _GIVEN}
    made: sa.Insert = insert(INBOX).values(row).on_conflict_do_nothing().returning(INBOX.c.key)
    return made


_PUT = Statement(_put)
_DONE = Statement(
    sa.update(INBOX)
    .where(INBOX.c.key == sa.bindparam("of"), INBOX.c.state == "new")
    .values(state="done", finished=sa.bindparam("at"), outcome=sa.bindparam("as_"), payload=sa.null())
    .returning(INBOX.c.key)
)


@dataclass(frozen=True)
class Waiting:
    """A row that is not worked on yet."""

    key: str
    payload: dict[str, Any]
    attempts: int


def put(unit: Unit, key: str, payload: dict[str, Any]) -> bool:
    """Keep what came in; False if this key was there before, and nothing is to be done."""
    row = {
        "key": key,
        "payload": payload,
        "state": "new",
        "process": unit.process,
        "attempts": 0,
        "received": unit.now,
    }
    return bool(unit.ask(_PUT, row))


def done(unit: Unit, key: str, outcome: str) -> bool:
    """Close the row, in the unit that did the work; False if it was closed before.

    What was said is forgotten here: the audit keeps what was done, in its own words.
    """
    return bool(unit.ask(_DONE, {"of": key, "at": unit.now, "as_": outcome[:64]}))


def amend(unit: Unit, key: str, payload: dict[str, Any]) -> bool:
    """Keep this in the place of what came in; False if that is closed, and nothing is to be done."""
    mine = sa.and_(INBOX.c.key == key, INBOX.c.state == "new")
    return bool(unit.conn.execute(sa.update(INBOX).where(mine).values(payload=payload)).rowcount)


def before(unit: Unit, key: str, limit: int = 200) -> list[Waiting]:
    """The rows that came in before this one and are not worked on yet, the newest first; looks, and takes nothing."""
    then = sa.select(INBOX.c.received).where(INBOX.c.key == key).scalar_subquery()
    earlier = sa.and_(INBOX.c.received <= then, INBOX.c.key != key)
    statement = sa.select(INBOX.c.key, INBOX.c.payload, INBOX.c.attempts).where(_NEW, earlier)
    rows = unit.conn.execute(statement.order_by(INBOX.c.received.desc()).limit(limit)).all()
    return [Waiting(key, payload or {}, attempts) for key, payload, attempts in rows]


def has_orphans(unit: Unit, alive: set[str]) -> bool:
    """Whether a process that is no longer there had taken any; looks, and takes nothing."""
    lost = sa.select(INBOX.c.key).where(_NEW, INBOX.c.process.not_in(alive)).limit(1)
    return unit.conn.execute(lost).first() is not None


def orphans(unit: Unit, alive: set[str], limit: int = 500) -> list[Waiting]:
    """Rows that a process that is no longer there had taken; they now belong to this one."""
    lost = (
        sa.select(INBOX.c.key)
        .where(_NEW, INBOX.c.process.not_in(alive))
        .order_by(INBOX.c.received)
        .limit(limit)
    )
    keys = [key for (key,) in unit.conn.execute(lost)]
    statement = (
        sa.update(INBOX)
        .where(INBOX.c.key.in_(keys), INBOX.c.state == "new", INBOX.c.process.not_in(alive))
        .values(process=unit.process, attempts=INBOX.c.attempts + 1)
        .returning(INBOX.c.key, INBOX.c.payload, INBOX.c.attempts, INBOX.c.received)
    )
    rows = sorted(unit.conn.execute(statement).all(), key=lambda row: row[3])
    return [Waiting(key, payload or {}, attempts) for key, payload, attempts, _ in rows]


def forget(unit: Unit, before: datetime) -> int:
    """Delete rows that were finished before that moment; returns how many."""
    statement = sa.delete(INBOX).where(INBOX.c.state != "new", INBOX.c.finished < before)
    return int(unit.conn.execute(statement).rowcount)
