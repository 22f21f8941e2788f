"""The rows of a run that gets another plan before it begins."""

import sqlalchemy as sa

from core.runbooks.execution import Execution
from core.runbooks.records import STEP, save, step_row
from core.store.engine import Unit


def replace_plan(unit: Unit, execution: Execution) -> None:
    """Write the run with its new plan, and the steps of that in place of the old ones.

    Raises:
        VersionConflict: somebody else wrote it in between.
    """
    save(unit, execution, {})
    unit.conn.execute(sa.delete(STEP).where(STEP.c.execution == execution.id))
    for step in execution.steps.values():
        step.version = 1
    unit.conn.execute(sa.insert(STEP), [step_row(execution.id, step) for step in execution.steps.values()])
