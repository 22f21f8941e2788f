"""The rows of remedies: the runs that began by themselves, and what was said of it for each incident."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.ids import new_id
from core.incidents.remedies.remedy import Course, Stage, Try, Waiting
from core.runbooks.records import EXECUTION
from core.store.columns import METADATA, Utc
from core.store.engine import Unit

TRY = sa.Table(
    "remedy_try",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("incident", sa.ForeignKey("incident.id"), nullable=False, index=True),
    sa.Column("service", sa.String(64), nullable=False),
    sa.Column("runbook", sa.String(64), nullable=False),
    sa.Column("execution", sa.String(24), nullable=False, index=True),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("begun", Utc, nullable=False),
    sa.Column("until", Utc),
    sa.Index("ix_remedy_try_begun", "begun"),
)

COURSE = sa.Table(
    "remedy_course",
    METADATA,
    sa.Column("incident", sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("held_by", sa.String(64), nullable=False),
    sa.Column("held_name", sa.String(128), nullable=False),
    sa.Column("held_why", sa.Text, nullable=False),
    sa.Column("stopped", sa.Text, nullable=False),
)

_IS_RUN = TRY.c.execution == EXECUTION.c.id


def begin(unit: Unit, made: Try) -> Try:
    """Keep a new try, which gets its id here."""
    kept = _try(_row(made) | {"id": new_id(unit.now)})
    unit.conn.execute(sa.insert(TRY).values(_row(kept)))
    return kept


def move(unit: Unit, one: Try, stage: Stage, until: datetime | None = None) -> None:
    """A try is so far now."""
    mine = sa.update(TRY).where(TRY.c.id == one.id)
    unit.conn.execute(mine.values(stage=str(stage), until=until))


def tries(unit: Unit, incident: str) -> list[Try]:
    """The tries for an incident, the first first."""
    statement = sa.select(TRY).where(TRY.c.incident == incident).order_by(TRY.c.begun, TRY.c.id)
    return [_try(row) for row in unit.conn.execute(statement).mappings()]


def of_run(unit: Unit, execution: str) -> Try | None:
    """The try that a run is, if it began by itself for an incident."""
    row = unit.conn.execute(sa.select(TRY).where(TRY.c.execution == execution)).mappings().one_or_none()
    return _try(row) if row is not None else None


def by_id(unit: Unit, try_id: str) -> Try | None:
    """The try with this id."""
    row = unit.conn.execute(sa.select(TRY).where(TRY.c.id == try_id)).mappings().one_or_none()
    return _try(row) if row is not None else None


def lately(unit: Unit, since: datetime) -> list[datetime]:
    """When runs began by themselves since then, for whatever incident.

    What only waits for its turn among runs begins without anybody being asked, and counts from when it was wished for.
    """
    at = sa.func.coalesce(EXECUTION.c.started_at, TRY.c.begun, type_=Utc)
    is_to_begin = sa.and_(
        TRY.c.stage == str(Stage.RUNNING), EXECUTION.c.started_at.is_(None), EXECUTION.c.request == ""
    )
    counts = sa.or_(EXECUTION.c.started_at > since, is_to_begin)
    statement = sa.select(at).join_from(TRY, EXECUTION, _IS_RUN).where(counts)
    return list(unit.conn.execute(statement.order_by(at)).scalars())


def latest(unit: Unit, service: str) -> dict[str, datetime]:
    """When each runbook began by itself last for a service."""
    newest = sa.select(TRY.c.runbook, sa.func.max(EXECUTION.c.started_at, type_=Utc))
    newest = newest.join_from(TRY, EXECUTION, _IS_RUN)
    mine = newest.where(TRY.c.service == service, EXECUTION.c.started_at.is_not(None))
    return {row[0]: row[1] for row in unit.conn.execute(mine.group_by(TRY.c.runbook))}


def waiting(unit: Unit, service: str) -> list[Waiting]:
    """The runs for a service that have not begun, the first first."""
    columns = (TRY.c.incident, TRY.c.runbook, TRY.c.execution, EXECUTION.c.request)
    mine = sa.and_(
        TRY.c.service == service, TRY.c.stage == str(Stage.RUNNING), EXECUTION.c.started_at.is_(None)
    )
    found = sa.select(*columns).join_from(TRY, EXECUTION, _IS_RUN).where(mine)
    return [Waiting(*row) for row in unit.conn.execute(found.order_by(TRY.c.begun, TRY.c.id))]


def course(unit: Unit, incident: str) -> Course:
    """What was said of what runs by itself for an incident."""
    row = unit.conn.execute(sa.select(COURSE).where(COURSE.c.incident == incident)).mappings().one_or_none()
    return Course(**row) if row is not None else Course(incident)


def save_course(unit: Unit, said: Course) -> None:
    """Keep what is said now. The incident is locked by whoever calls."""
    unit.conn.execute(sa.delete(COURSE).where(COURSE.c.incident == said.incident))
    unit.conn.execute(sa.insert(COURSE).values(asdict(said)))


def _row(one: Try) -> dict[str, Any]:
    return asdict(one) | {"stage": str(one.stage)}


def _try(row: Mapping[Any, Any]) -> Try:
    return Try(**(dict(row) | {"stage": Stage(row["stage"])}))
