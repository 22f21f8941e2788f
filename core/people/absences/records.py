"""The rows of absences; those that are over stay for the record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from core.store.columns import METADATA, Serial, Utc
from core.store.engine import Unit

ABSENCE = sa.Table(
    "absence",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("begins", Utc, nullable=False),
    sa.Column("ends", Utc, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("ix_absence_ends", "ends"),
)


@dataclass(frozen=True)
class Absence:
    """From `begins` until `ends` this person is out of office."""

    person: str
    begins: datetime
    ends: datetime
    reason: str = ""


def add(unit: Unit, absence: Absence) -> None:
    """Keep a new one."""
    row = {name: getattr(absence, name) for name in Absence.__dataclass_fields__}
    unit.conn.execute(sa.insert(ABSENCE).values(**row))


def current(unit: Unit) -> list[Absence]:
    """Those that hold now or later, earliest first."""
    columns = (ABSENCE.c[name] for name in Absence.__dataclass_fields__)
    statement = sa.select(*columns).where(ABSENCE.c.ends > unit.now).order_by(ABSENCE.c.begins, ABSENCE.c.id)
    return [Absence(*row) for row in unit.conn.execute(statement)]


def away(unit: Unit, people: Iterable[str]) -> dict[str, datetime]:
    """Who of these is away now, and until when."""
    wanted = ABSENCE.c.person.in_(list(people))
    now = sa.and_(wanted, ABSENCE.c.begins <= unit.now, ABSENCE.c.ends > unit.now)
    statement = sa.select(ABSENCE.c.person, sa.func.max(ABSENCE.c.ends)).where(now)
    return dict(unit.conn.execute(statement.group_by(ABSENCE.c.person)).all())


def end(unit: Unit, person: str) -> int:
    """End those of this person, also what is still to come; returns how many that were."""
    mine = sa.and_(ABSENCE.c.person == person, ABSENCE.c.ends > unit.now)
    return int(unit.conn.execute(sa.update(ABSENCE).where(mine).values(ends=unit.now)).rowcount)
