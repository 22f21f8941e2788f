"""What workers ask of the rows of steps, and the leases that they keep on them."""

from datetime import datetime

import sqlalchemy as sa

from core.runbooks.records import EXECUTION, STEP
from core.runbooks.states import ExecutionState, StepState
from core.store.engine import Unit

_RUNS = (str(ExecutionState.RUNNING), str(ExecutionState.ROLLING_BACK))


def renew(unit: Unit, execution_id: str, step_id: str, fence: int, until: datetime) -> bool:
    """Keep a lease; False if the step has another owner by now."""
    statement = sa.update(STEP).where(
        STEP.c.execution == execution_id,
        STEP.c.id == step_id,
        STEP.c.fence == fence,
        STEP.c.state == str(StepState.RUNNING),
    )
    changed = unit.conn.execute(statement.values(lease_until=until, version=STEP.c.version + 1))
    return changed.rowcount == 1


def ready(unit: Unit, limit: int = 8) -> list[tuple[str, str]]:
    """Execution and step of what a worker may take now, oldest run first."""
    statement = (
        sa.select(STEP.c.execution, STEP.c.id)
        .join(EXECUTION, EXECUTION.c.id == STEP.c.execution)
        .where(
            STEP.c.state == str(StepState.READY),
            EXECUTION.c.state.in_(_RUNS),
            sa.or_(STEP.c.not_before.is_(None), STEP.c.not_before <= unit.now),
        )
        .order_by(EXECUTION.c.created_at, STEP.c.position)
        .limit(limit)
    )
    return [(execution, step) for execution, step in unit.conn.execute(statement)]


def lapsed(unit: Unit) -> list[tuple[str, str]]:
    """Execution and step of every lease that has run out."""
    statement = sa.select(STEP.c.execution, STEP.c.id).where(
        STEP.c.state == str(StepState.RUNNING), STEP.c.lease_until <= unit.now
    )
    return [(execution, step) for execution, step in unit.conn.execute(statement)]


def ending(unit: Unit, owner: str) -> set[tuple[str, str]]:
    """Execution and step of what this owner runs and should stop, because the run was cancelled."""
    statement = (
        sa.select(STEP.c.execution, STEP.c.id)
        .join(EXECUTION, EXECUTION.c.id == STEP.c.execution)
        .where(STEP.c.owner == owner, EXECUTION.c.ending.in_(("cancel", "cancel_rollback")))
        .where(STEP.c.state == str(StepState.RUNNING), EXECUTION.c.phase == "forward")
    )
    return {(execution, step) for execution, step in unit.conn.execute(statement)}


def end_leases(unit: Unit, owner: str) -> None:
    """End the lease of every step that somebody else than `owner` holds: they are known to be gone."""
    held = sa.and_(
        STEP.c.state == str(StepState.RUNNING), STEP.c.lease_until > unit.now, STEP.c.owner != owner
    )
    unit.conn.execute(sa.update(STEP).where(held).values(lease_until=unit.now))
