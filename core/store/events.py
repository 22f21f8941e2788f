"""The log of everything that happened; each entry may set off reactions in other rooms.

An event is written in the unit that makes it true. A reaction is a row of the outbox, so a room that fails to
react neither blocks the event nor misses it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.store import outbox
from core.store.columns import METADATA, Json, Serial, Utc
from core.store.engine import Unit
from core.store.statement import inserting

EVENT = sa.Table(
    "event",
    METADATA,
    sa.Column("seq", Serial, primary_key=True, autoincrement=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("ref", sa.String(64), nullable=False),
    sa.Column("actor", sa.String(128), nullable=False),
    sa.Column("data", Json, nullable=False),
    sa.Column("sealed", sa.Boolean, nullable=False, default=False),
    sa.Index("ix_event_ref", "ref", "seq"),
    # What the house does by itself is most of it, and nobody asks for that by its actor.
    sa.Index(
        "ix_event_actor",
        "actor",
        "seq",
        sqlite_where=sa.text("actor <> 'system'"),
        postgresql_where=sa.text("actor <> 'system'"),
    ),
    sa.Index(
        "ix_event_unsealed",
        "seq",
        sqlite_where=sa.text("sealed = 0"),
        postgresql_where=sa.text("NOT sealed"),
    ),
    sqlite_autoincrement=True,
)

_INSERT = inserting(EVENT, "seq")


def append(
    unit: Unit,
    kind: str,
    ref: str,
    *,
    actor: str,
    data: Mapping[str, Any] | None = None,
    reacts: bool = True,
) -> None:
    """Record that something happened.

    Args:
        unit: the unit that makes it true.
        kind: what, in the past tense, such as `approval.closed`.
        ref: the id of the thing it happened to.
        actor: who did it: a person's id, `policy:<name>` or `system`.
        data: facts that the audit keeps; no secrets, no texts of other people's systems beyond what is needed.
        reacts: False where it is known that nobody would react, so that a storm leaves no rows that do nothing.
    """
    facts = dict(data or {})
    row = {"at": unit.now, "kind": kind, "ref": ref, "actor": actor, "data": facts, "sealed": unit.seals}
    unit.write(_INSERT, row)
    for reaction in unit.reactions.get(kind, ()) if reacts else ():
        outbox.react(unit, reaction, kind, ref, facts)
    unit.wake("events")


def history(unit: Unit, ref: str, limit: int = 100) -> list[dict[str, Any]]:
    """The newest `limit` events of one thing, oldest first: `seq, at, kind, actor, data`."""
    statement = sa.select(EVENT).where(EVENT.c.ref == ref).order_by(EVENT.c.seq.desc()).limit(limit)
    rows = unit.conn.execute(statement).mappings().all()
    return [dict(row) for row in reversed(rows)]


def last(unit: Unit, ref: str, *kinds: str) -> dict[str, Any] | None:
    """The newest event of these kinds of one thing, however much has happened to it since."""
    mine = sa.and_(EVENT.c.ref == ref, EVENT.c.kind.in_(kinds))
    statement = sa.select(EVENT).where(mine).order_by(EVENT.c.seq.desc()).limit(1)
    row = unit.conn.execute(statement).mappings().first()
    return None if row is None else dict(row)


def by(unit: Unit, actor: str, since: datetime, until: datetime, limit: int = 100) -> list[dict[str, Any]]:
    """What somebody did in that time, the newest `limit` of it, oldest first; of the house itself nothing is told."""
    # The index of actors is of people and programs, and serves where the words of the query say so.
    people: sa.ColumnElement[bool] = sa.literal_column("event.actor <> 'system'")
    mine = sa.and_(EVENT.c.actor == actor, people, EVENT.c.at.between(since, until))
    rows = unit.conn.execute(
        sa.select(EVENT).where(mine).order_by(EVENT.c.seq.desc()).limit(limit)
    ).mappings()
    return [dict(row) for row in reversed(rows.all())]


def after(unit: Unit, seq: int, limit: int = 100) -> list[dict[str, Any]]:
    """Events that came after `seq`, oldest first."""
    statement = sa.select(EVENT).where(EVENT.c.seq > seq).order_by(EVENT.c.seq).limit(limit)
    return [dict(row) for row in unit.conn.execute(statement).mappings()]
