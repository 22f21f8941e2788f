"""The rows of delegations; those that have ended stay for the record."""

import sqlalchemy as sa

from core.approvals.delegations.delegation import Delegation
from core.store.columns import METADATA, Serial, Utc
from core.store.engine import Unit

DELEGATION = sa.Table(
    "delegation",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("deputy", sa.String(64), nullable=False),
    sa.Column("begins", Utc, nullable=False),
    sa.Column("ends", Utc, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("ix_delegation_ends", "ends"),
)
_COLUMNS = tuple(DELEGATION.c[name] for name in ("person", "deputy", "begins", "ends", "reason"))


def add(unit: Unit, delegation: Delegation) -> None:
    """Keep a new one."""
    row = {name: getattr(delegation, name) for name in Delegation.__dataclass_fields__}
    unit.conn.execute(sa.insert(DELEGATION).values(**row))


def current(unit: Unit) -> list[Delegation]:
    """Those that hold now or later, earliest first."""
    statement = sa.select(*_COLUMNS).where(DELEGATION.c.ends > unit.now).order_by(DELEGATION.c.begins)
    return [Delegation(*row) for row in unit.conn.execute(statement)]


def end(unit: Unit, person: str) -> int:
    """End what this person has delegated; returns how many delegations that were."""
    mine = sa.and_(DELEGATION.c.person == person, DELEGATION.c.ends > unit.now)
    return int(unit.conn.execute(sa.update(DELEGATION).where(mine).values(ends=unit.now)).rowcount)
