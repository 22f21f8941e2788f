"""The rows of checkpoints."""

import sqlalchemy as sa

from core.runbooks.execution import Execution
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit
from core.store.statement import Statement, inserting

CHECKPOINTS_KEPT = 10

CHECKPOINT = sa.Table(
    "execution_checkpoint",
    METADATA,
    sa.Column("execution", sa.ForeignKey("execution.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("steps", Json, nullable=False),
)

_KEEP = inserting(CHECKPOINT)
_FORGET = Statement(
    sa.delete(CHECKPOINT).where(
        CHECKPOINT.c.execution == sa.bindparam("of"), CHECKPOINT.c.version <= sa.bindparam("oldest")
    ),
    plain=True,
)


def keep(unit: Unit, execution: Execution) -> None:
    """Keep how the steps stand now, and forget what is older than the newest ten or twenty."""
    steps = {step.id: step.state for step in execution.steps.values()}
    row = {"execution": execution.id, "version": execution.version, "at": unit.now}
    unit.write(_KEEP, row | {"state": execution.state, "steps": steps})
    # Forgotten ten at a time: that costs as much as one.
    if execution.version % CHECKPOINTS_KEPT == 0:
        unit.write(_FORGET, {"of": execution.id, "oldest": execution.version - CHECKPOINTS_KEPT})
