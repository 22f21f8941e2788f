"""Counters of the ids that people read out: no gap, no number twice."""

import sqlalchemy as sa

from core.ids import numbered
from core.store.columns import METADATA, insert_new
from core.store.engine import Unit

NUMBER = sa.Table(
    "number",
    METADATA,
    sa.Column("prefix", sa.String(8), primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
)


def next_number(unit: Unit, prefix: str) -> str:
    """The next id of this kind, such as `AP-7`; given back if the unit is rolled back."""
    insert_new(unit.conn, NUMBER, {"prefix": prefix, "last": 0})
    statement = (
        sa.update(NUMBER)
        .where(NUMBER.c.prefix == prefix)
        .values(last=NUMBER.c.last + 1)
        .returning(NUMBER.c.last)
    )
    return numbered(prefix, unit.conn.execute(statement).scalar_one())
