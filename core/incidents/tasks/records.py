"""The rows of tasks."""

from dataclasses import asdict

import sqlalchemy as sa

from core.errors import NotFound
from core.incidents.tasks.task import Task
from core.store.columns import METADATA, Utc
from core.store.engine import Unit

DUE = "incidents.task_due"
"""The deadline of a task, by the incident's id and its number."""

TASK = sa.Table(
    "incident_task",
    METADATA,
    sa.Column("incident", sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.String(400), nullable=False),
    sa.Column("by", sa.String(128), nullable=False),
    sa.Column("created", Utc, nullable=False),
    sa.Column("assignee", sa.String(64), nullable=False),
    sa.Column("assignee_name", sa.String(128), nullable=False),
    sa.Column("due", Utc),
    sa.Column("done", Utc),
    sa.Column("done_by", sa.String(128), nullable=False),
)


def of(unit: Unit, incident: str) -> list[Task]:
    """Every task of an incident, the first first."""
    statement = sa.select(TASK).where(TASK.c.incident == incident).order_by(TASK.c.number)
    return [Task(**row) for row in unit.conn.execute(statement).mappings()]


def open_ones(unit: Unit, assignee: str = "", *, limit: int) -> list[Task]:
    """What is still to be done in all incidents, by anybody or by one person: what is due first, then the oldest."""
    row = TASK.c
    mine = sa.and_(row.done.is_(None), row.assignee == assignee if assignee else sa.true())
    order = (sa.case((row.due.is_(None), 1), else_=0), row.due, row.created, row.incident, row.number)
    statement = sa.select(TASK).where(mine).order_by(*order).limit(limit)
    return [Task(**one) for one in unit.conn.execute(statement).mappings()]


def get(unit: Unit, incident: str, number: int) -> Task:
    """One task.

    Raises:
        NotFound: there is none of that number; says which there are.
    """
    known = of(unit, incident)
    for task in known:
        if task.number == number:
            return task
    numbers = ", ".join(str(task.number) for task in known) or "none yet"
    raise NotFound(f"{incident} has no task {number}.", f"There are: {numbers}.")


def add(unit: Unit, task: Task) -> None:
    """Keep a new one."""
    unit.conn.execute(sa.insert(TASK).values(**asdict(task)))


def save(unit: Unit, task: Task) -> None:
    """Write what changed."""
    mine = sa.and_(TASK.c.incident == task.incident, TASK.c.number == task.number)
    unit.conn.execute(sa.update(TASK).where(mine).values(**asdict(task)))
