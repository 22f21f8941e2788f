"""How a step went in earlier runs of the same runbook."""

import sqlalchemy as sa

from core.runbooks.execution import Execution
from core.runbooks.failing.failure import Past
from core.runbooks.records import EXECUTION, STEP
from core.runbooks.states import ExecutionState, StepState
from core.store.engine import Unit

_LOOKED_AT = 200
_ENDED = tuple(str(state) for state in ExecutionState if state.is_final)
_WORKED = tuple(map(str, (StepState.SUCCEEDED, StepState.ROLLED_BACK)))


def past(unit: Unit, execution: Execution, step_id: str) -> list[Past]:
    """How the step ended in the last 200 runs of this runbook that began before this one, newest first."""
    statement = (
        sa.select(EXECUTION.c.id, EXECUTION.c.created_at, STEP.c.state)
        .join(STEP, STEP.c.execution == EXECUTION.c.id)
        .where(
            EXECUTION.c.state.in_(_ENDED),
            EXECUTION.c.runbook == execution.runbook,
            EXECUTION.c.created_at < execution.created_at,
            STEP.c.id == step_id,
            STEP.c.state.in_((*_WORKED, str(StepState.FAILED))),
        )
        .order_by(EXECUTION.c.created_at.desc())
        .limit(_LOOKED_AT)
    )
    return [Past(run, at, state in _WORKED) for run, at, state in unit.conn.execute(statement)]
