"""Counters of the ids that people read out: no gap, no number twice."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.ids import numbered
from core.store.columns import METADATA
from core.store.engine import Unit
from core.store.statement import Statement

NUMBER = sa.Table(
    "number",
    METADATA,
    sa.Column("prefix", sa.String(8), primary_key=True),
    sa.Column("last", sa.BigInteger, nullable=False),
)


def _next(dialect: str) -> sa.Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    first = insert(NUMBER).values(prefix=sa.bindparam("prefix"), last=sa.literal_column("1"))
    again = first.on_conflict_do_update(index_elements=["prefix"], set_={"last": NUMBER.c.last + 1})
    return again.returning(NUMBER.c.last)


_NEXT = Statement(_next)


def next_number(unit: Unit, prefix: str) -> str:
    """The next id of this kind, such as `AP-7`; given back if the unit is rolled back."""
    ((number,),) = unit.ask(_NEXT, {"prefix": prefix})
    return numbered(prefix, number)
