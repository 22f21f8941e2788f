"""The rows of runs: executions and their steps."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta
from functools import lru_cache
from typing import Any

import orjson
import sqlalchemy as sa

from core.errors import NotFound
from core.place import Place
from core.runbooks.checkpoints import records as checkpoints
from core.runbooks.execution import Execution, Node, StepRun
from core.runbooks.states import ExecutionState, StepState
from core.store.columns import METADATA, Json, Utc
from core.store.engine import Unit
from core.store.statement import Statement, inserting

FINAL = tuple(str(state) for state in ExecutionState if state.is_final)

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
    sa.Index("ix_execution_runbook", "runbook", "created_at"),
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

# A run is read and written at each of its steps: by statements whose text is made once, and of its columns only those
# that change after it was made. Its plan and its nodes are frozen, so the same text is always the same thing.
_MADE = ("id", "key", "runbook", "version_of", "by", "place", "created_at", "incident", "origin")
_PLANNED = ("params", "plan", "digest", "lock")
_COLUMNS = tuple(column.name for column in EXECUTION.c if column.name not in ("key", "plan"))
_MOVING = tuple(name for name in _COLUMNS if name not in (*_MADE, *_PLANNED))
_STATES = {str(state): state for state in StepState}
_FIELDS = tuple(each.name for each in fields(StepRun))
_GOING = tuple(name for name in _FIELDS if name not in ("node", "position"))


def _text(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """JSON as it is kept, to be parsed once."""
    return sa.cast(column, sa.Text).label(column.name)


def _read(*, lock: bool) -> Statement:
    columns = [_text(EXECUTION.c[name]) if name == "place" else EXECUTION.c[name] for name in _COLUMNS]
    found = sa.select(*columns).where(EXECUTION.c.id == sa.bindparam("of"))
    return Statement(found.with_for_update() if lock else found)


def _update(table: sa.Table, names: tuple[str, ...], *fits: Any, plain: bool = False) -> Statement:
    seen = table.c.version == sa.bindparam("seen")
    return Statement(
        sa.update(table).where(*fits, seen).values({name: sa.bindparam(name) for name in names}), plain=plain
    )


_READ = {lock: _read(lock=lock) for lock in (False, True)}
_READ_PLAN = Statement(sa.select(_text(EXECUTION.c.plan)).where(EXECUTION.c.id == sa.bindparam("of")))
_READ_STEPS = Statement(
    sa.select(*(_text(STEP.c.node) if name == "node" else STEP.c[name] for name in _FIELDS))
    .where(STEP.c.execution == sa.bindparam("of"))
    .order_by(STEP.c.position)
)
_VERSION = Statement(
    sa.select(EXECUTION.c.version).where(EXECUTION.c.id == sa.bindparam("of")).with_for_update()
)
_OF_KEY = Statement(sa.select(EXECUTION.c.id).where(EXECUTION.c.key == sa.bindparam("wanted")))
_ADD = inserting(EXECUTION)
_ADD_STEP = inserting(STEP)
_SAVE = _update(EXECUTION, _MOVING, EXECUTION.c.id == sa.bindparam("of"))
_REPLAN = _update(EXECUTION, _PLANNED + _MOVING, EXECUTION.c.id == sa.bindparam("of"))
_THIS_STEP = (STEP.c.execution == sa.bindparam("of"), STEP.c.id == sa.bindparam("step"))
# Each touches a row of its own, so that they may go together.
_SAVE_STEP = _update(STEP, _GOING, *_THIS_STEP, plain=True)
_SAVE_NODE = _update(STEP, ("node", *_GOING), *_THIS_STEP, plain=True)
_DROP_STEPS = Statement(sa.delete(STEP).where(STEP.c.execution == sa.bindparam("of")))


def add(unit: Unit, execution: Execution, key: str) -> None:
    """Insert a new execution with its steps.

    Raises:
        VersionConflict: the same wish was written down at this moment; whoever tries again finds it.
    """
    row = _planned(execution) | _moving(execution)
    row |= {name: getattr(execution, name) for name in _MADE if name not in ("key", "place")}
    place = execution.place.model_dump(mode="json") if execution.place else None
    unit.write(_ADD, row | {"key": key, "place": place}, must=True)
    _add_steps(unit, execution)


def get(unit: Unit, execution_id: str, *, lock: bool = False) -> Execution:
    """The execution with its steps; `lock` keeps others from writing it until the unit ends.

    Its plan and the nodes of its steps are shared with whoever else reads them: they are never changed in place.

    Raises:
        NotFound: there is none with that id.
    """
    found = unit.ask(_READ[lock], {"of": execution_id})
    if not found:
        raise NotFound(f"There is no run {execution_id}.", "`/runbook status` shows what runs.")
    execution = _execution(found[0], [_step(row) for row in unit.ask(_READ_STEPS, {"of": execution_id})])
    # The plan is much the largest part, and frozen: it is read again only where this process does not have it.
    shelf = _shelf(execution_id, execution.digest)
    execution.plan = shelf[0] if shelf else plan_of(unit, execution_id)
    shelf[:] = [execution.plan]
    return execution


def is_as_left(unit: Unit, execution: Execution) -> bool:
    """Whether nobody has written this run since; keeps others from writing it until the unit ends.

    Only for what was committed like that: a unit that was rolled back may have counted as far.
    """
    return unit.ask(_VERSION, {"of": execution.id}) == [[execution.version]]


def plan_of(unit: Unit, execution_id: str) -> dict[str, Any]:
    """The plan of an execution as it is kept, whatever this process remembers of it."""
    ((text,),) = unit.ask(_READ_PLAN, {"of": execution_id})
    plan: dict[str, Any] = orjson.loads(text)
    return plan


def id_of_key(unit: Unit, key: str) -> str | None:
    """The execution that was started under this key."""
    return next((found for (found,) in unit.ask(_OF_KEY, {"wanted": key})), None)


def save(unit: Unit, execution: Execution, touched: Mapping[str, StepRun]) -> None:
    """Write the execution and the steps that changed, and a checkpoint, if nobody wrote in between.

    Raises:
        VersionConflict: somebody did; raised here, or when the unit ends.
    """
    seen = execution.version
    execution.version += 1
    unit.write(_SAVE, _moving(execution) | {"of": execution.id, "seen": seen}, must=True)
    for step in touched.values():
        _save_step(unit, execution.id, step)
    checkpoints.keep(unit, execution)


def replan(unit: Unit, execution: Execution) -> None:
    """Write an execution with another plan, and the steps of that in place of the old ones.

    Raises:
        VersionConflict: somebody else wrote it in between; raised here, or when the unit ends.
    """
    seen = execution.version
    execution.version += 1
    row = _planned(execution) | _moving(execution)
    unit.write(_REPLAN, row | {"of": execution.id, "seen": seen}, must=True)
    unit.write(_DROP_STEPS, {"of": execution.id})
    unit.flush()
    _add_steps(unit, execution)
    checkpoints.keep(unit, execution)


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
        statement = statement.where(EXECUTION.c.state.not_in(FINAL))
    return [get(unit, one) for one in unit.conn.execute(statement.limit(limit)).scalars().all()]


def _add_steps(unit: Unit, execution: Execution) -> None:
    for step in execution.steps.values():
        step.version = 1
    unit.write_all(_ADD_STEP, [_step_row(execution.id, step) for step in execution.steps.values()])


def _save_step(unit: Unit, execution_id: str, step: StepRun) -> None:
    seen = step.version
    step.version += 1
    if seen == 0:
        unit.write(_ADD_STEP, _step_row(execution_id, step))
        return
    mine = vars(step) | {"of": execution_id, "step": step.id, "seen": seen}
    if step.node.undo_chain:
        # The one thing that a node learns: what takes back the run that it has called.
        unit.write(_SAVE_NODE, mine | {"node": _kept(step.node)}, must=True)
    else:
        unit.write(_SAVE_STEP, mine, must=True)


def _planned(execution: Execution) -> dict[str, Any]:
    return {name: getattr(execution, name) for name in _PLANNED}


def _moving(execution: Execution) -> dict[str, Any]:
    left = execution.time_left
    return vars(execution) | {"time_left": left.total_seconds() if left is not None else None}


def _execution(row: list[Any], steps: list[StepRun]) -> Execution:
    known = dict(zip(_COLUMNS, row, strict=True))
    left, place = known["time_left"], known["place"]
    known["state"] = ExecutionState(known["state"])
    known["place"] = Place.model_validate(orjson.loads(place)) if place else None
    known["time_left"] = timedelta(seconds=left) if left is not None else None
    return Execution(**known, plan={}, steps={step.id: step for step in steps})


def _step_row(execution_id: str, step: StepRun) -> dict[str, Any]:
    return vars(step) | {"execution": execution_id, "id": step.id, "node": _kept(step.node)}


def _kept(node: Node) -> dict[str, Any]:
    # What is as it always is need not be read and compared again at each step.
    return node.model_dump(mode="json", exclude_defaults=True)


def _step(row: list[Any]) -> StepRun:
    step = StepRun(*row)
    step.node, step.state = _node(row[0]), _STATES[row[2]]
    return step


@lru_cache(maxsize=256)
def _shelf(_execution: str, _digest: str) -> list[dict[str, Any]]:
    """Where the plan of this execution is kept, once it was read."""
    return []


@lru_cache(maxsize=4_096)
def _node(text: str) -> Node:
    return Node.model_validate(orjson.loads(text))
