"""The rows of a model's use: one for each person and day."""

from dataclasses import dataclass

import sqlalchemy as sa

from core.store.columns import METADATA, insert_new
from core.store.engine import Unit

USE = sa.Table(
    "model_use",
    METADATA,
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("calls", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    sa.Column("read", sa.BigInteger, nullable=False),
    sa.Column("written", sa.BigInteger, nullable=False),
    sa.Column("price", sa.BigInteger, nullable=False),
    sa.Column("unpriced", sa.Integer, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("held_price", sa.BigInteger, nullable=False),
)
_COUNTS = ("calls", "failed", "read", "written", "price", "unpriced", "held", "held_price")


@dataclass(frozen=True)
class Use:
    """What was used in a day: calls and those that failed, tokens, millionths of a dollar.

    `unpriced` calls have no known price. `held` is set aside for calls that are under way, or were when one of several processes died.
    """

    calls: int = 0
    failed: int = 0
    read: int = 0
    written: int = 0
    price: int = 0
    unpriced: int = 0
    held: int = 0
    held_price: int = 0

    @property
    def tokens(self) -> int:
        """Tokens that are used or set aside."""
        return self.read + self.written + self.held


def of_person(unit: Unit, day: str, person: str) -> Use:
    """What one person used."""
    return _summed(unit, USE.c.day == day, USE.c.person == person)


def of_all(unit: Unit, day: str) -> Use:
    """What all used together."""
    return _summed(unit, USE.c.day == day)


def free(unit: Unit) -> None:
    """Set nothing aside any more: for a process that knows that it is the only one on this database."""
    unit.conn.execute(sa.update(USE).where(USE.c.held > 0).values(held=0, held_price=0))


def add(unit: Unit, day: str, person: str, more: Use) -> None:
    """Count this to what the person used that day."""
    insert_new(unit.conn, USE, {"day": day, "person": person, **dict.fromkeys(_COUNTS, 0)})
    here = sa.and_(USE.c.day == day, USE.c.person == person)
    values = {name: USE.c[name] + getattr(more, name) for name in _COUNTS}
    unit.conn.execute(sa.update(USE).where(here).values(values))


def _summed(unit: Unit, *where: sa.ColumnElement[bool]) -> Use:
    sums = [sa.func.coalesce(sa.func.sum(USE.c[name]), 0) for name in _COUNTS]
    row = unit.conn.execute(sa.select(*sums).where(*where)).one()
    return Use(*(int(one) for one in row))
