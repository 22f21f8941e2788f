"""The rows of delegations; those that have ended stay for the record."""

from datetime import datetime

import sqlalchemy as sa

from core.approvals.delegations.delegation import Delegation
from core.people.absences import records as absences
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
    holds = sa.and_(DELEGATION.c.ends > unit.now, DELEGATION.c.begins < DELEGATION.c.ends)
    statement = sa.select(*_COLUMNS).where(holds).order_by(DELEGATION.c.begins)
    return [Delegation(*row) for row in unit.conn.execute(statement)]


def of(unit: Unit, person: str) -> list[Delegation]:
    """What this person has delegated, now and later, earliest first."""
    return [each for each in current(unit) if each.person == person]


def end(unit: Unit, person: str) -> int:
    """End what this person has delegated, now and later; returns how many delegations that were."""
    mine = sa.and_(DELEGATION.c.person == person, DELEGATION.c.ends > unit.now)
    return int(unit.conn.execute(sa.update(DELEGATION).where(mine).values(ends=unit.now)).rowcount)


def make_room(unit: Unit, made: Delegation) -> int:
    """Let a new delegation take the place of others of the same person while it holds; how many it touches."""
    return absences.make_room(unit, made, DELEGATION)


def ended_at(unit: Unit, person: str, moment: datetime) -> bool:
    """Whether something that this person had delegated ended at that moment, after it had begun."""
    row = DELEGATION.c
    mine = sa.and_(row.person == person, row.ends == moment, row.begins < row.ends)
    return unit.conn.execute(sa.select(row.id).where(mine).limit(1)).first() is not None
