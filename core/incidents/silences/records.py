"""The rows of silences."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound
from core.incidents.silences.silence import Matcher, Silence
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit

SILENCE = sa.Table(
    "silence",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("matchers", Json, nullable=False),
    sa.Column("begins", Utc, nullable=False),
    sa.Column("ends", Utc, nullable=False, index=True),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("by_name", sa.String(128), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("incident", sa.String(24), nullable=False),
)


def add(unit: Unit, silence: Silence) -> None:
    """Insert a new silence."""
    row = {**asdict(silence), "matchers": [asdict(one) for one in silence.matchers]}
    unit.conn.execute(sa.insert(SILENCE).values(**row))


def get(unit: Unit, silence_id: str) -> Silence:
    """The silence.

    Raises:
        NotFound: there is none with that id.
    """
    row = unit.conn.execute(sa.select(SILENCE).where(SILENCE.c.id == silence_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no silence {silence_id}.", "`/alerts silences` shows those that count.")
    return _silence(dict(row))


def active(unit: Unit) -> list[Silence]:
    """Those that count now, the first to end first."""
    now = sa.and_(SILENCE.c.begins <= unit.now, SILENCE.c.ends > unit.now)
    statement = sa.select(SILENCE).where(now).order_by(SILENCE.c.ends, SILENCE.c.id)
    return [_silence(dict(row)) for row in unit.conn.execute(statement).mappings()]


def end(unit: Unit, silence_id: str, ends: datetime) -> None:
    """Let it count no longer than until then."""
    unit.conn.execute(sa.update(SILENCE).where(SILENCE.c.id == silence_id).values(ends=ends))


def _silence(row: dict[str, Any]) -> Silence:
    return Silence(**(row | {"matchers": tuple(Matcher(**one) for one in row["matchers"])}))
