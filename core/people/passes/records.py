"""The table of passes; what opens them is not in it."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa

from core.people.passes.one_time import Errand, Pass, Purpose
from core.store.columns import METADATA, Utc
from core.store.engine import Unit

PASS = sa.Table(
    "one_time_pass",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("purpose", sa.String(8), nullable=False),
    sa.Column("person", sa.String(64), nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    sa.Column("about", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("via", sa.String(16), nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("expires", Utc, nullable=False),
    sa.Column("used", Utc),
    sa.Index("ix_one_time_pass_person", "person", "purpose"),
)
_ERRAND = ("action", "about", "digest", "reason", "via")


def add(unit: Unit, new: Pass) -> None:
    """Keep a new pass."""
    row = asdict(new)
    unit.conn.execute(sa.insert(PASS).values(**row.pop("errand"), **row))


def get(unit: Unit, pass_id: str, *, lock: bool = False) -> Pass | None:
    """The pass with this id; `lock` keeps others from using it until the unit ends."""
    statement = sa.select(PASS).where(PASS.c.id == pass_id)
    row = unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    if row is None:
        return None
    values = dict(row)
    return Pass(errand=Errand(**{name: values.pop(name) for name in _ERRAND}), **values)


def use(unit: Unit, pass_id: str) -> bool:
    """Use a pass up; False if it was."""
    unused = sa.update(PASS).where(PASS.c.id == pass_id, PASS.c.used.is_(None))
    return unit.conn.execute(unused.values(used=unit.now)).rowcount == 1


def end_earlier(unit: Unit, person: str, purpose: Purpose, about: str) -> None:
    """Let a newer pass take the place of those that this person has for the same."""
    same = sa.and_(PASS.c.person == person, PASS.c.purpose == purpose, PASS.c.about == about)
    unit.conn.execute(sa.update(PASS).where(same, PASS.c.used.is_(None)).values(used=unit.now))


def forget(unit: Unit, before: datetime) -> None:
    """Delete what ran out before that moment."""
    unit.conn.execute(sa.delete(PASS).where(PASS.c.expires < before))
