"""Due times as rows: what must happen when, and survives any restart.

A deadline is set, replaced and cleared in the unit that changes what it is about. When it is due, its unit
runs and deletes it in the same commit, so it has exactly one effect whoever wakes up first.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from core.store.columns import METADATA, Serial, Utc
from core.store.engine import Unit
from core.store.statement import Statement

DEADLINE = sa.Table(
    "deadline",
    METADATA,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("ref", sa.String(96), nullable=False),
    sa.Column("due", Utc, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False, default=0),
    sa.UniqueConstraint("kind", "ref"),
    sa.Index("ix_deadline_due", "due"),
)


def _set(dialect: str) -> sa.Insert:
    names = ("kind", "ref", "due", "failures")
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    new = insert(DEADLINE).values({name: sa.bindparam(name) for name in names}).inline()
    return new.on_conflict_do_update(
        index_elements=["kind", "ref"], set_={"due": new.excluded.due, "failures": 0}
    )


_SET = Statement(_set)
_CLEAR = Statement(
    sa.delete(DEADLINE).where(
        DEADLINE.c.kind == sa.bindparam("of_kind"), DEADLINE.c.ref == sa.bindparam("of_ref")
    )
)


@dataclass(frozen=True)
class Deadline:
    """One due time: `kind` names the unit that runs, `ref` what it is about."""

    kind: str
    ref: str
    due: datetime
    failures: int = 0


def set(unit: Unit, kind: str, ref: str, due: datetime) -> None:  # noqa: A001 - read as deadlines.set
    """Let `kind` run for `ref` at `due`; an earlier setting is replaced."""
    row = {"kind": kind, "ref": ref, "due": due, "failures": 0}
    unit.write(_SET, row)
    unit.wake("deadlines")


def clear(unit: Unit, kind: str, ref: str) -> None:
    """Forget the deadline, if there is one."""
    unit.write(_CLEAR, {"of_kind": kind, "of_ref": ref})


def take(unit: Unit, deadline: Deadline) -> bool:
    """Take a due deadline for this unit; False if somebody else has, or it was moved."""
    statement = sa.delete(DEADLINE).where(
        DEADLINE.c.kind == deadline.kind, DEADLINE.c.ref == deadline.ref, DEADLINE.c.due == deadline.due
    )
    return unit.conn.execute(statement).rowcount == 1


def postpone(unit: Unit, deadline: Deadline, due: datetime) -> None:
    """Try a deadline whose unit failed again at `due`."""
    statement = sa.update(DEADLINE).where(
        DEADLINE.c.kind == deadline.kind, DEADLINE.c.ref == deadline.ref, DEADLINE.c.due == deadline.due
    )
    unit.conn.execute(statement.values(due=due, failures=DEADLINE.c.failures + 1))


def due(unit: Unit, limit: int = 200) -> list[Deadline]:
    """What is due now, earliest first."""
    columns = (DEADLINE.c.kind, DEADLINE.c.ref, DEADLINE.c.due, DEADLINE.c.failures)
    statement = sa.select(*columns).where(DEADLINE.c.due <= unit.now).order_by(DEADLINE.c.due).limit(limit)
    return [Deadline(*row) for row in unit.conn.execute(statement)]


def of_kind(unit: Unit, kind: str) -> list[Deadline]:
    """Everything of one kind, due or not, earliest first."""
    columns = (DEADLINE.c.kind, DEADLINE.c.ref, DEADLINE.c.due, DEADLINE.c.failures)
    statement = sa.select(*columns).where(DEADLINE.c.kind == kind).order_by(DEADLINE.c.due)
    return [Deadline(*row) for row in unit.conn.execute(statement)]


def earliest(unit: Unit) -> datetime | None:
    """The next due time; None if nothing is pending."""
    at: datetime | None = unit.conn.execute(sa.select(sa.func.min(DEADLINE.c.due))).scalar_one_or_none()
    return at


def pending(unit: Unit, kind: str, ref: str) -> datetime | None:
    """When `kind` is due for `ref`; None if it is not set."""
    statement = sa.select(DEADLINE.c.due).where(DEADLINE.c.kind == kind, DEADLINE.c.ref == ref)
    at: datetime | None = unit.conn.execute(statement).scalar_one_or_none()
    return at
