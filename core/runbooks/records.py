"""The rows of runs: executions, their steps, the last ten checkpoints, and locks that limit how many run."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.errors import NotFound, VersionConflict
from core.place import Place
from core.runbooks.execution import Execution, Node, StepRun
from core.runbooks.states import ExecutionState, StepState
from core.store.columns import METADATA, Json, Utc, insert_new
from core.store.engine import Unit

CHECKPOINTS_KEPT = 10
_RUNS = (str(ExecutionState.RUNNING), str(ExecutionState.ROLLING_BACK))
_FINAL = tuple(str(state) for state in ExecutionState if state.is_final)

EXECUTION = sa.Table(
    "execution",
    METADATA,
    sa.Column("id", sa.String(24), primary_key=True),
    sa.Column("key", sa.String(255), nullable=False, unique=True),
    sa.Column("runbook", sa.String(64), nullable=False),
    sa.Column("version_of", sa.String(64), nullable=False),
    sa.Column("params", Json, nullable=False),
    sa.Column("plan", Json, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sa.Column("place", Json),
    sa.Column("created_at", Utc, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("phase", sa.String(10), nullable=False),
    sa.Column("ending", sa.String(20), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("request", sa.String(24), nullable=False, index=True),
    sa.Column("lock", sa.String(255), nullable=False),
    sa.Column("incident", sa.String(24), nullable=False),
    sa.Column("origin", sa.String(24), nullable=False, server_default="", index=True),
    sa.Column("time_left", sa.Float),
    sa.Column("runs_until", Utc),
    sa.Column("started_at", Utc),
    sa.Column("ended_at", Utc),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_execution_state", "state", "created_at"),
)

STEP = sa.Table(
    "execution_step",
    METADATA,
    sa.Column("execution", sa.ForeignKey("execution.id"), primary_key=True),
    sa.Column("id", sa.String(80), primary_key=True),
    sa.Column("node", Json, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("why", sa.String(12), nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("not_before", Utc),
    sa.Column("owner", sa.String(80), nullable=False),
    sa.Column("fence", sa.Integer, nullable=False),
    sa.Column("lease_until", Utc),
    sa.Column("resuming", sa.Boolean, nullable=False),
    sa.Column("outputs", Json, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("log", sa.Text, nullable=False),
    sa.Column("request", sa.String(24), nullable=False, index=True),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("started_at", Utc),
    sa.Column("ended_at", Utc),
    sa.Column("finished", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("ix_execution_step_state", "state", "lease_until"),
)

CHECKPOINT = sa.Table(
    "execution_checkpoint",
    METADATA,
    sa.Column("execution", sa.ForeignKey("execution.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("at", Utc, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("steps", Json, nullable=False),
)

LOCK = sa.Table(
    "execution_lock",
    METADATA,
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("slot", sa.Integer, primary_key=True),
    sa.Column("execution", sa.String(24), nullable=False, index=True),
)


def add(unit: Unit, execution: Execution, key: str) -> None:
    """Insert a new execution with its steps."""
    unit.conn.execute(sa.insert(EXECUTION).values(**_row(execution), key=key))
    for step in execution.steps.values():
        step.version = 1
    unit.conn.execute(sa.insert(STEP), [step_row(execution.id, step) for step in execution.steps.values()])


def get(unit: Unit, execution_id: str, *, lock: bool = False) -> Execution:
    """The execution with its steps; `lock` keeps others from writing it until the unit ends.

    Raises:
        NotFound: there is none with that id.
    """
    statement = sa.select(EXECUTION).where(EXECUTION.c.id == execution_id)
    row = unit.conn.execute(statement.with_for_update() if lock else statement).mappings().one_or_none()
    if row is None:
        raise NotFound(f"There is no run {execution_id}.", "`/runbook status` shows what runs.")
    steps = sa.select(STEP).where(STEP.c.execution == execution_id).order_by(STEP.c.position)
    return _execution(row, [_step(one) for one in unit.conn.execute(steps).mappings()])


def id_of_key(unit: Unit, key: str) -> str | None:
    """The execution that was started under this key."""
    found: str | None = unit.conn.execute(sa.select(EXECUTION.c.id).where(EXECUTION.c.key == key)).scalar()
    return found


def save(unit: Unit, execution: Execution, touched: Mapping[str, StepRun]) -> None:
    """Write the execution and the steps that changed, and a checkpoint, if nobody wrote in between.

    Raises:
        VersionConflict: somebody did.
    """
    seen = execution.version
    execution.version += 1
    statement = sa.update(EXECUTION).where(EXECUTION.c.id == execution.id, EXECUTION.c.version == seen)
    if unit.conn.execute(statement.values(**_row(execution))).rowcount != 1:
        raise VersionConflict(
            f"{execution.id} was changed by somebody else at the same moment.", "Try again."
        )
    for step in touched.values():
        _save_step(unit, execution.id, step)
    _checkpoint(unit, execution)


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


def of_request(unit: Unit, request: str) -> tuple[str, str] | None:
    """The execution that an approval is about, and the step if it is about one step."""
    found = unit.conn.execute(sa.select(EXECUTION.c.id).where(EXECUTION.c.request == request)).scalar()
    if found is not None:
        return found, ""
    row = unit.conn.execute(sa.select(STEP.c.execution, STEP.c.id).where(STEP.c.request == request)).first()
    return (row[0], row[1]) if row is not None else None


def find(unit: Unit, *, running: bool = False, limit: int = 20) -> list[Execution]:
    """The newest executions; `running`: only those that have not ended. Steps included."""
    statement = sa.select(EXECUTION.c.id).order_by(EXECUTION.c.created_at.desc(), EXECUTION.c.id.desc())
    if running:
        statement = statement.where(EXECUTION.c.state.not_in(_FINAL))
    ids = unit.conn.execute(statement.limit(limit)).scalars().all()
    return [get(unit, one) for one in ids]


def waiting_for_lock(unit: Unit, lock: str) -> list[str]:
    """Executions that have not begun and want this lock, oldest first."""
    statement = sa.select(EXECUTION.c.id).where(
        EXECUTION.c.lock == lock, EXECUTION.c.started_at.is_(None), EXECUTION.c.state.not_in(_FINAL)
    )
    return list(unit.conn.execute(statement.order_by(EXECUTION.c.created_at)).scalars())


def take_lock(unit: Unit, key: str, limit: int, execution_id: str) -> bool:
    """Take one of `limit` slots of a lock; True if this execution has one now."""
    held = unit.conn.execute(sa.select(LOCK.c.slot, LOCK.c.execution).where(LOCK.c.key == key)).all()
    if any(holder == execution_id for _, holder in held):
        return True
    taken = {slot for slot, _ in held}
    for slot in range(limit):
        row = {"key": key, "slot": slot, "execution": execution_id}
        if slot not in taken and insert_new(unit.conn, LOCK, row):
            return True
    return False


def holders(unit: Unit, key: str) -> list[str]:
    """The executions that hold a lock."""
    return list(unit.conn.execute(sa.select(LOCK.c.execution).where(LOCK.c.key == key)).scalars())


def release(unit: Unit, execution_id: str) -> None:
    """Give back every lock of an execution."""
    unit.conn.execute(sa.delete(LOCK).where(LOCK.c.execution == execution_id))


def _checkpoint(unit: Unit, execution: Execution) -> None:
    steps = {step.id: str(step.state) for step in execution.steps.values()}
    row = {"execution": execution.id, "version": execution.version, "at": unit.now}
    unit.conn.execute(sa.insert(CHECKPOINT).values(**row, state=str(execution.state), steps=steps))
    old = CHECKPOINT.c.version <= execution.version - CHECKPOINTS_KEPT
    unit.conn.execute(sa.delete(CHECKPOINT).where(CHECKPOINT.c.execution == execution.id, old))


def _save_step(unit: Unit, execution_id: str, step: StepRun) -> None:
    seen = step.version
    step.version += 1
    row = step_row(execution_id, step)
    if seen == 0:
        unit.conn.execute(sa.insert(STEP).values(**row))
        return
    mine = sa.and_(STEP.c.execution == execution_id, STEP.c.id == step.id, STEP.c.version == seen)
    if unit.conn.execute(sa.update(STEP).where(mine).values(**row)).rowcount != 1:
        raise VersionConflict(f"{step.id} was changed by somebody else at the same moment.", "Try again.")


def _row(execution: Execution) -> dict[str, Any]:
    row = {name: value for name, value in vars(execution).items() if name != "steps"}
    left = execution.time_left
    return row | {
        "state": str(execution.state),
        "place": execution.place.model_dump(mode="json") if execution.place else None,
        "time_left": left.total_seconds() if left is not None else None,
    }


def _execution(row: Mapping[Any, Any], steps: list[StepRun]) -> Execution:
    known = {name: value for name, value in row.items() if name != "key"}
    left, place = known["time_left"], known["place"]
    known["state"] = ExecutionState(known["state"])
    known["place"] = Place.model_validate(place) if place else None
    known["time_left"] = timedelta(seconds=left) if left is not None else None
    return Execution(**known, steps={step.id: step for step in steps})


def step_row(execution_id: str, step: StepRun) -> dict[str, Any]:
    """A step as it is written."""
    row = dict(vars(step)) | {"node": step.node.model_dump(mode="json"), "state": str(step.state)}
    return row | {"execution": execution_id, "id": step.id}


def _step(row: Mapping[Any, Any]) -> StepRun:
    known = {name: value for name, value in row.items() if name not in ("execution", "id")}
    return StepRun(**known | {"node": Node.model_validate(known["node"]), "state": StepState(known["state"])})


def end_leases(unit: Unit, owner: str) -> None:
    """End the lease of every step that somebody else than `owner` holds: they are known to be gone."""
    held = sa.and_(
        STEP.c.state == str(StepState.RUNNING), STEP.c.lease_until > unit.now, STEP.c.owner != owner
    )
    unit.conn.execute(sa.update(STEP).where(held).values(lease_until=unit.now))
