"""What a running step says of how far it is, in the row of the step."""

import sqlalchemy as sa

from core.runbooks.records import STEP
from core.runbooks.states import StepState
from core.store.engine import Unit


def note(unit: Unit, execution_id: str, step_id: str, fence: int, words: str) -> bool:
    """Keep the words; False if the step has another owner by now, or runs no more."""
    mine = sa.and_(
        STEP.c.execution == execution_id,
        STEP.c.id == step_id,
        STEP.c.fence == fence,
        STEP.c.state == str(StepState.RUNNING),
    )
    said = {"detail": words, "version": STEP.c.version + 1}
    return unit.conn.execute(sa.update(STEP).where(mine).values(said)).rowcount == 1
