"""Rows that processes take to work on: `until` says how long one is somebody's, `fence` how often it was taken."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.store.engine import Unit

Which = sa.ColumnElement[bool]
"""Which rows of a table there is something to do with."""


def oldest(unit: Unit, table: sa.Table, which: Which) -> sa.RowMapping | None:
    """The oldest of these that nobody works on, locked until the unit ends; what others have locked is passed over."""
    free = sa.or_(table.c.until.is_(None), table.c.until <= unit.now)
    statement = sa.select(table).where(which, free).order_by(table.c.created_at, table.c.id).limit(1)
    return unit.conn.execute(statement.with_for_update(skip_locked=True)).mappings().one_or_none()


def next_free(unit: Unit, table: sa.Table, which: Which) -> datetime | None:
    """When the first of these that somebody works on is free again."""
    at: datetime | None = unit.conn.execute(sa.select(sa.func.min(table.c.until)).where(which)).scalar()
    return at


def free_all(unit: Unit, table: sa.Table) -> None:
    """Free every row: for a process that knows that it is the only one on this database."""
    unit.conn.execute(sa.update(table).where(table.c.until > unit.now).values(until=unit.now))


def of_key(unit: Unit, table: sa.Table, key: str) -> str | None:
    """The id of the row that was made under this key."""
    found: str | None = unit.conn.execute(sa.select(table.c.id).where(table.c.key == key)).scalar()
    return found


def one(unit: Unit, table: sa.Table, row_id: Any, *, lock: bool) -> sa.RowMapping | None:
    """The row with that id; `lock` keeps others from writing it until the unit ends."""
    statement = sa.select(table).where(table.c.id == row_id)
    return unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
