"""What workers ask of the rows of steps, and the leases that they keep on them.

A step that only waits is RUNNING as well, and has no lease: of ten thousand that wait, none is looked at here.
"""

from datetime import UTC, datetime

import sqlalchemy as sa

from core.runbooks.records import EXECUTION, STEP
from core.runbooks.states import UNDER_WAY, StepState
from core.store.columns import Utc
from core.store.engine import Unit
from core.store.statement import Statement

_RUNNING = STEP.c.state == sa.literal_column(f"'{StepState.RUNNING}'")
_NOW = sa.bindparam("now", type_=Utc)

# Other workers look too: what one of them is about to take is passed over, and not waited for.
_READY = Statement(
    sa.select(STEP.c.execution)
    .join(EXECUTION, EXECUTION.c.id == STEP.c.execution)
    .where(
        STEP.c.state == sa.literal_column(f"'{StepState.READY}'"),
        EXECUTION.c.state.in_([sa.literal_column(f"'{state}'") for state in sorted(UNDER_WAY)]),
        sa.or_(STEP.c.not_before.is_(None), STEP.c.not_before <= _NOW),
    )
    .order_by(EXECUTION.c.created_at, STEP.c.position)
    .limit(sa.bindparam("limit", type_=sa.Integer))
    .with_for_update(skip_locked=True, of=EXECUTION)
)
_LAPSED = Statement(sa.select(STEP.c.execution, STEP.c.id).where(_RUNNING, STEP.c.lease_until <= _NOW))
_ENDING = Statement(
    sa.select(STEP.c.execution, STEP.c.id)
    .join(EXECUTION, EXECUTION.c.id == STEP.c.execution)
    .where(_RUNNING, STEP.c.lease_until > sa.bindparam("long_ago", type_=Utc))
    .where(STEP.c.owner == sa.bindparam("owner"), EXECUTION.c.phase == sa.literal_column("'forward'"))
    .where(EXECUTION.c.ending.in_([sa.literal_column("'cancel'"), sa.literal_column("'cancel_rollback'")]))
)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


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


def ready(unit: Unit, limit: int) -> list[str]:
    """The runs whose steps a worker may take now, at most so many steps, oldest run first."""
    found = unit.ask(_READY, {"now": unit.now, "limit": limit})
    return list(dict.fromkeys(execution for (execution,) in found))


def lapsed(unit: Unit) -> list[tuple[str, str]]:
    """Execution and step of every lease that has run out."""
    return [(execution, step) for execution, step in unit.ask(_LAPSED, {"now": unit.now})]


def held(unit: Unit, owner: str) -> list[tuple[str, str, int]]:
    """Execution, step and fencing number of everything that this owner has."""
    mine = sa.select(STEP.c.execution, STEP.c.id, STEP.c.fence).where(
        STEP.c.state == str(StepState.RUNNING), STEP.c.lease_until.is_not(None), STEP.c.owner == owner
    )
    return [(execution, step, fence) for execution, step, fence in unit.conn.execute(mine)]


def ending(unit: Unit, owner: str) -> set[tuple[str, str]]:
    """Execution and step of what this owner runs and should stop, because the run was cancelled."""
    found = unit.ask(_ENDING, {"owner": owner, "long_ago": _LONG_AGO})
    return {(execution, step) for execution, step in found}


def end_leases(unit: Unit, owner: str) -> None:
    """End the lease of every step that somebody else than `owner` holds: they are known to be gone."""
    held = sa.and_(
        STEP.c.state == str(StepState.RUNNING), STEP.c.lease_until > unit.now, STEP.c.owner != owner
    )
    unit.conn.execute(sa.update(STEP).where(held).values(lease_until=unit.now))
