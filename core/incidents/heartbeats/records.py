"""The rows of heartbeats."""

from dataclasses import asdict

import sqlalchemy as sa

from core.incidents.heartbeats.heartbeat import Heartbeat
from core.store.columns import METADATA, Utc, insert_new
from core.store.engine import Unit

HEARTBEAT = sa.Table(
    "heartbeat",
    METADATA,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("since", Utc, nullable=False),
    sa.Column("last", Utc),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("missed", Utc),
)


def known(unit: Unit) -> dict[str, Heartbeat]:
    """Every heartbeat that is waited for, by name."""
    rows = unit.conn.execute(sa.select(HEARTBEAT).order_by(HEARTBEAT.c.name)).mappings()
    return {row["name"]: Heartbeat(**row) for row in rows}


def get(unit: Unit, name: str, *, lock: bool = False) -> Heartbeat | None:
    """The heartbeat of this name, if it is waited for."""
    statement = sa.select(HEARTBEAT).where(HEARTBEAT.c.name == name)
    row = unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    return None if row is None else Heartbeat(**row)


def keep(unit: Unit, beat: Heartbeat) -> None:
    """Write it, new or changed."""
    row = asdict(beat)
    if not insert_new(unit.conn, HEARTBEAT, row):
        unit.conn.execute(sa.update(HEARTBEAT).where(HEARTBEAT.c.name == beat.name).values(**row))


def forget(unit: Unit, name: str) -> None:
    """It is waited for no more."""
    unit.conn.execute(sa.delete(HEARTBEAT).where(HEARTBEAT.c.name == name))
