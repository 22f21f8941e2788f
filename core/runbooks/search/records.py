"""The rows of runs, as they are looked for: of some runbooks, in some time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from core.runbooks.execution import Execution
from core.runbooks.records import EXECUTION, get
from core.runbooks.states import ExecutionState
from core.store.columns import to_json, within
from core.store.engine import Unit


@dataclass(frozen=True)
class Which:
    """Runs of these runbooks, or of all; that this person asked for, or anybody; that were told each of these values; in these states, or in any."""

    books: Collection[str] | None = None
    by: str = ""
    told: Collection[str] = ()
    states: Collection[ExecutionState] = ()


def lately(
    unit: Unit, which: Which, *, since: datetime | None = None, until: datetime | None = None, limit: int = 50
) -> list[Execution]:
    """The newest of these runs that were asked for in that time; where states are named, that came to them in it."""
    row = EXECUTION.c
    came = sa.func.coalesce(row.ended_at, row.created_at, type_=row.created_at.type)
    statement = sa.select(row.id).order_by(row.created_at.desc(), row.id.desc()).limit(limit)
    statement = statement.where(*map(_is_told, which.told))
    statement = statement.where(*within(came if which.states else row.created_at, since, until))
    if which.states:
        statement = statement.where(row.state.in_([str(one) for one in which.states]))
    if which.books is not None:
        statement = statement.where(row.runbook.in_(sorted(which.books)))
    if which.by:
        statement = statement.where(row.by == which.by)
    return [get(unit, one) for one in unit.conn.execute(statement).scalars()]


def _is_told(value: str) -> sa.ColumnElement[bool]:
    """Whether a parameter has that value, whatever its name: each engine writes the JSON with its own blanks."""
    kept = sa.cast(EXECUTION.c.params, sa.Text)
    text = to_json(value)
    return sa.or_(*(kept.contains(f":{blank}{text}", autoescape=True) for blank in ("", " ")))
