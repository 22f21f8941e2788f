"""When no process of ours was alive: found by whoever comes first afterwards, kept for what it did to deadlines.

Every process says again and again that it is alive (see `leases.beat`). If the last of these words was good
until a minute ago or longer, nobody was there in between.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from core.store import leases
from core.store.columns import METADATA, Utc, insert_new
from core.store.engine import Unit

LEAST = timedelta(minutes=1)
"""What is shorter is no outage."""

OUTAGE = sa.Table(
    "outage",
    METADATA,
    sa.Column("began", Utc, primary_key=True),
    sa.Column("ended", Utc, nullable=False),
)


@dataclass(frozen=True)
class Outage:
    """Nobody of ours was alive from `began` to `ended`."""

    began: datetime
    ended: datetime


def notice(unit: Unit) -> None:
    """Keep the outage that ends now, if there was one; call it before this process says that it is alive."""
    last = leases.last_sign(unit)
    if last is not None and unit.now - last >= LEAST:
        # Two processes that come back together find the same one.
        insert_new(unit.conn, OUTAGE, {"began": last, "ended": unit.now})


def between(unit: Unit, start: datetime, end: datetime) -> list[Outage]:
    """The outages that touch this time, earliest first; the one that ends now included."""
    notice(unit)
    touching = sa.and_(OUTAGE.c.began < end, OUTAGE.c.ended > start)
    statement = sa.select(OUTAGE.c.began, OUTAGE.c.ended).where(touching).order_by(OUTAGE.c.began)
    return [Outage(*row) for row in unit.conn.execute(statement)]


def lost(start: datetime, outages: Iterable[Outage]) -> timedelta:
    """How much of the time since `start` was lost to these outages."""
    return sum((one.ended - max(one.began, start) for one in outages), timedelta())
