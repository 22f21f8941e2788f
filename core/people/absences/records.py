"""The rows of absences; those that are over stay for the record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

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
    holds = sa.and_(ABSENCE.c.ends > unit.now, ABSENCE.c.begins < ABSENCE.c.ends)
    statement = sa.select(*columns).where(holds).order_by(ABSENCE.c.begins, ABSENCE.c.id)
    return [Absence(*row) for row in unit.conn.execute(statement)]


def away(unit: Unit, people: Iterable[str]) -> dict[str, datetime]:
    """Who of these is away now, and until when."""
    wanted = ABSENCE.c.person.in_(list(people))
    now = sa.and_(wanted, ABSENCE.c.begins <= unit.now, ABSENCE.c.ends > unit.now)
    statement = sa.select(ABSENCE.c.person, sa.func.max(ABSENCE.c.ends)).where(now)
    return dict(unit.conn.execute(statement.group_by(ABSENCE.c.person)).all())


class Spell(Protocol):
    """A time that somebody is away, or is stood in for."""

    @property
    def person(self) -> str:
        """Whose it is."""
        ...

    @property
    def begins(self) -> datetime:
        """From when on."""
        ...

    @property
    def ends(self) -> datetime:
        """Until when."""
        ...


def make_room(unit: Unit, made: Spell, table: sa.Table = ABSENCE) -> int:
    """Let a new one take the place of others of the same person while it holds; returns how many it touches.

    What began before ends where the new one begins; what begins later and within it never holds. The `table` is one with
    a person, and when something begins and ends.
    """
    row = table.c
    mine = sa.and_(row.person == made.person, row.ends > made.begins, row.begins < made.ends)
    cut = sa.case((row.begins < made.begins, sa.literal(made.begins, Utc)), else_=row.begins)
    return int(unit.conn.execute(sa.update(table).where(mine).values(ends=cut)).rowcount)


def end(unit: Unit, person: str) -> int:
    """End those of this person, also what is still to come; returns how many that were."""
    mine = sa.and_(ABSENCE.c.person == person, ABSENCE.c.ends > unit.now)
    return int(unit.conn.execute(sa.update(ABSENCE).where(mine).values(ends=unit.now)).rowcount)
