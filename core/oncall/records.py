"""The rows of what is put over the schedules; those that are over stay, for who asks about the past."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from core.oncall.schedule import Override
from core.store.columns import METADATA, Serial, Utc
from core.store.engine import Unit

OVERRIDE = sa.Table(
    "oncall_override",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("schedule", sa.String(64), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("begins", Utc, nullable=False),
    sa.Column("ends", Utc, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("swapped_with", sa.String(64), nullable=False),
    sa.Index("ix_oncall_override_ends", "schedule", "ends"),
)
_NAMES = ("schedule", "person", "begins", "ends", "by", "reason", "swapped_with")


def add(unit: Unit, override: Override) -> None:
    """Keep a new one."""
    unit.conn.execute(sa.insert(OVERRIDE).values({name: getattr(override, name) for name in _NAMES}))


def overrides(unit: Unit, schedules: Sequence[str], at: datetime) -> dict[str, list[Override]]:
    """By schedule, what holds at this moment or later, in the order in which it was decided."""
    found: dict[str, list[Override]] = {name: [] for name in schedules}
    wanted = sa.and_(OVERRIDE.c.schedule.in_(schedules), OVERRIDE.c.ends > at)
    columns = (OVERRIDE.c[name] for name in _NAMES)
    for row in unit.conn.execute(sa.select(*columns).where(wanted).order_by(OVERRIDE.c.id)):
        found[row.schedule].append(Override(*row))
    return found
