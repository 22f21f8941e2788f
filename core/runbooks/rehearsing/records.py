"""The rows of dry runs: a plan, for whom it is tried, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit

REHEARSAL = sa.Table(
    "run_rehearsal",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("plan", Json, nullable=False),
    sa.Column("whom", Json, nullable=False),
    sa.Column("request", sa.String(24), nullable=False),
    sa.Column("texts", Json),
    sa.Column("created", Utc, nullable=False),
    sa.Index("ix_run_rehearsal_digest", "digest", "created"),
)


@dataclass(frozen=True)
class Rehearsal:
    """A plan to be tried. `whom` says who is told alone (empty: nobody), `request` which approval shows it."""

    id: str
    digest: str
    plan: dict[str, Any]
    whom: dict[str, Any]
    request: str
    created: datetime


def add(unit: Unit, one: Rehearsal) -> None:
    """Keep a wish."""
    unit.conn.execute(sa.insert(REHEARSAL).values(**vars(one)))


def next_one(unit: Unit) -> Rehearsal | None:
    """The oldest that nobody has tried."""
    columns = [column for column in REHEARSAL.c if column.name != "texts"]
    waiting = sa.select(*columns).where(REHEARSAL.c.texts.is_(sa.null())).order_by(REHEARSAL.c.id).limit(1)
    row = unit.conn.execute(waiting).mappings().one_or_none()
    return Rehearsal(**row) if row is not None else None


def finish(unit: Unit, rehearsal_id: str, texts: dict[str, str]) -> None:
    """Write what came of it, by step."""
    unit.conn.execute(sa.update(REHEARSAL).where(REHEARSAL.c.id == rehearsal_id).values(texts=texts))


def latest(unit: Unit, digest: str) -> dict[str, str] | None:
    """What came of the newest dry run of this plan, by step; None if there was none, or it is not there yet."""
    statement = sa.select(REHEARSAL.c.texts).where(REHEARSAL.c.digest == digest)
    found: dict[str, str] | None = unit.conn.execute(
        statement.order_by(REHEARSAL.c.id.desc()).limit(1)
    ).scalar_one_or_none()
    return found


def newest(unit: Unit, digest: str) -> tuple[datetime, dict[str, str] | None] | None:
    """When the newest dry run of this plan was wished for, and what came of it so far; None if there was none."""
    statement = sa.select(REHEARSAL.c.created, REHEARSAL.c.texts).where(REHEARSAL.c.digest == digest)
    row = unit.conn.execute(statement.order_by(REHEARSAL.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else (row.created, row.texts)


def forget(unit: Unit, before: datetime) -> None:
    """Drop those that are older."""
    unit.conn.execute(sa.delete(REHEARSAL).where(REHEARSAL.c.created < before))
