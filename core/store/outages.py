"""When no process of ours was alive: found by whoever comes first afterwards, kept for what it did to deadlines.

Every process says again and again that it is alive (see `leases.beat`). If the last of these words was good
until a minute ago or longer, nobody was there in between.
"""

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


def notice(unit: Unit) -> None:
    """Keep the outage that ends now, if there was one; call it before this process says that it is alive."""
    last = leases.last_sign(unit)
    if last is not None and unit.now - last >= LEAST:
        # Two processes that come back together find the same one.
        insert_new(unit.conn, OUTAGE, {"began": last, "ended": unit.now})


def between(unit: Unit, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """When the outages that touch this time began and ended, earliest first; the one that ends now included."""
    notice(unit)
    touching = sa.and_(OUTAGE.c.began < end, OUTAGE.c.ended > start)
    statement = sa.select(OUTAGE.c.began, OUTAGE.c.ended).where(touching).order_by(OUTAGE.c.began)
    return [(began, ended) for began, ended in unit.conn.execute(statement)]
