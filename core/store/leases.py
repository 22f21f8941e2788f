"""Who does what, for a while: a lease with a fencing number that grows with each new owner."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from core.store.columns import METADATA, Utc, insert_new
from core.store.engine import Unit
from core.store.statement import Statement

LEASE = sa.Table(
    "lease",
    METADATA,
    sa.Column("name", sa.String(96), primary_key=True),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("until", Utc, nullable=False),
)

_PROCESS = "process:"
_RENEW = Statement(
    sa.update(LEASE)
    .where(
        LEASE.c.name == sa.bindparam("of", type_=sa.String),
        LEASE.c.owner == sa.bindparam("process", type_=sa.String),
    )
    .values(until=sa.bindparam("to", type_=Utc))
    .returning(LEASE.c.fence)
)
_LAST_SIGN = Statement(sa.select(sa.func.max(LEASE.c.until)).where(LEASE.c.name.startswith(_PROCESS)))
_ALIVE = Statement(
    sa.select(LEASE.c.owner).where(
        LEASE.c.name.startswith(_PROCESS), LEASE.c.until > sa.bindparam("now", type_=Utc)
    )
)


def hold(unit: Unit, name: str, ttl: timedelta) -> int | None:
    """Take or renew a lease for this process; its fencing number, or None while another one holds it."""
    until = unit.now + ttl
    mine = unit.ask(_RENEW, {"of": name, "process": unit.process, "to": until})
    if mine:
        return int(mine[0][0])
    if insert_new(unit.conn, LEASE, {"name": name, "owner": unit.process, "fence": 1, "until": until}):
        return 1
    row = unit.conn.execute(sa.select(LEASE).where(LEASE.c.name == name).with_for_update()).mappings().one()
    if row["owner"] != unit.process and row["until"] > unit.now:
        return None
    fence = int(row["fence"]) + int(row["owner"] != unit.process)
    values = {"owner": unit.process, "until": until, "fence": fence}
    unit.conn.execute(sa.update(LEASE).where(LEASE.c.name == name).values(**values))
    return fence


def release(unit: Unit, name: str) -> None:
    """Give a lease back, if this process holds it."""
    statement = sa.update(LEASE).where(LEASE.c.name == name, LEASE.c.owner == unit.process)
    unit.conn.execute(statement.values(until=unit.now))


def beat(unit: Unit, ttl: timedelta) -> None:
    """Say that this process is alive."""
    hold(unit, _PROCESS + unit.process, ttl)


def alive(unit: Unit) -> set[str]:
    """The processes that are alive, this one included."""
    return {owner for (owner,) in unit.ask(_ALIVE, {"now": unit.now})} | {unit.process}


def end_all(unit: Unit) -> None:
    """End every lease: for a process that knows that it is the only one on this database."""
    unit.conn.execute(sa.delete(LEASE).where(LEASE.c.owner != unit.process))


def until(unit: Unit, name: str) -> datetime | None:
    """How long a lease holds; None if it was never taken."""
    at: datetime | None = unit.conn.execute(
        sa.select(LEASE.c.until).where(LEASE.c.name == name)
    ).scalar_one_or_none()
    return at


def last_sign(unit: Unit) -> datetime | None:
    """Until when the last sign of life of any process was good; None if there never was one."""
    ((at,),) = unit.ask(_LAST_SIGN, {})
    last: datetime | None = at
    return last
