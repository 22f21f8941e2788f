"""The rows of runs that follow another, and the checkpoints that they can go on from."""

from typing import Any

import sqlalchemy as sa

from core.runbooks.checkpoints.records import CHECKPOINT, CHECKPOINTS_KEPT
from core.runbooks.execution import Execution
from core.runbooks.records import EXECUTION, get
from core.store.engine import Unit


def followers(unit: Unit, execution_id: str) -> list[Execution]:
    """The runs that follow this one: they went on with it, or took it back."""
    ids = unit.conn.execute(sa.select(EXECUTION.c.id).where(EXECUTION.c.origin == execution_id)).scalars()
    return [get(unit, one) for one in ids.all()]


def checkpoints(unit: Unit, execution_id: str) -> list[dict[str, Any]]:
    """The newest ten checkpoints, newest first: `version, at, state, steps`."""
    statement = sa.select(CHECKPOINT).where(CHECKPOINT.c.execution == execution_id)
    newest = statement.order_by(CHECKPOINT.c.version.desc()).limit(CHECKPOINTS_KEPT)
    return [dict(row) for row in unit.conn.execute(newest).mappings()]
