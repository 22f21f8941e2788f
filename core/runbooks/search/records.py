"""The rows of runs, as they are looked for: of some runbooks, in some time."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from core.runbooks.execution import Execution
from core.runbooks.records import EXECUTION, get
from core.store.engine import Unit


def lately(
    unit: Unit,
    books: Collection[str] | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[Execution]:
    """The newest runs, of these runbooks or of all, that were asked for in that time."""
    row = EXECUTION.c
    statement = sa.select(row.id).order_by(row.created_at.desc(), row.id.desc()).limit(limit)
    if books is not None:
        statement = statement.where(row.runbook.in_(sorted(books)))
    if since is not None:
        statement = statement.where(row.created_at >= since)
    if until is not None:
        statement = statement.where(row.created_at <= until)
    return [get(unit, one) for one in unit.conn.execute(statement).scalars()]
