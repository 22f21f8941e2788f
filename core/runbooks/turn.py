"""One change of one run, and the only two functions that write a state."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from core.runbooks.execution import Execution, Node, StepRun
from core.runbooks.states import ExecutionState, StepState, next_execution, next_step


@dataclass
class Turn:
    """An execution in memory, changed in place, and what must be committed with it.

    `touched` are the steps that changed, `asked` those that now ask people, `dropped` approvals that are no
    longer wanted, `timers` due times by kind and step (None: forget it), `notes` what happened, in order.
    """

    execution: Execution
    now: datetime
    actor: str = "system"
    touched: dict[str, StepRun] = field(default_factory=dict)
    asked: list[StepRun] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    timers: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


@dataclass(frozen=True)
class Failure:
    """Why a try failed. `wait` is what the other side asked for, in seconds; `chance` spreads the next tries."""

    why: str
    retriable: bool = False
    wait: float | None = None
    log: str = ""
    chance: float = 0.0


@dataclass(frozen=True)
class Returned:
    """What came of a runbook that a step ran: outputs, why it failed if it did, and what takes it back."""

    outputs: dict[str, Any] = field(default_factory=dict)
    failure: Failure | None = None
    undo: tuple[Node, ...] = ()


def values(execution: Execution, node: Node, **more: Any) -> dict[str, Any]:
    """What the expressions of a node can see."""
    steps = {
        step.id: {"state": str(step.state), "outputs": step.outputs, "error": step.error}
        for step in execution.steps.values()
        if step.node.phase == "forward" and step.node.parent is None
    }
    facts = {"id": execution.id, "runbook": execution.runbook, "by": execution.by}
    return {"params": execution.params, "steps": steps, "execution": facts, **node.variables, **more}


def move(turn: Turn, event: str) -> None:
    """The one writer of an execution's state."""
    execution = turn.execution
    before, after = execution.state, next_execution(execution.state, event)
    execution.state = after
    turn.notes.append((event, {"from": str(before), "to": str(after), "words": execution.words}))
    if ExecutionState.RUNNING in (before, after):
        _count_time(turn, running=after is ExecutionState.RUNNING)
    if after.is_final:
        execution.ended_at = turn.now


def _count_time(turn: Turn, *, running: bool) -> None:
    """The time limit stands still while the run waits for people."""
    execution = turn.execution
    if running and execution.time_left is not None:
        execution.runs_until, execution.time_left = turn.now + execution.time_left, None
        turn.timers["runbook.timeout", ""] = execution.runs_until
    elif not running and execution.runs_until is not None:
        execution.time_left, execution.runs_until = max(execution.runs_until - turn.now, timedelta()), None
        turn.timers["runbook.timeout", ""] = None


def step_to(turn: Turn, step: StepRun, event: str, data: dict[str, Any] | None = None) -> None:
    """The one writer of a step's state."""
    before, step.state = step.state, next_step(step.state, event)
    if step.state is not StepState.RUNNING:
        step.lease_until, step.owner = None, ""
    if step.started_at is None and step.state in (StepState.RUNNING, StepState.WAITING_APPROVAL):
        step.started_at = turn.now
    if step.state.is_settled and step.state is not StepState.ROLLED_BACK:
        step.ended_at = turn.now
    turn.touched[step.id] = step
    facts = {"step": step.id, "from": str(before), "to": str(step.state), "attempt": step.attempt}
    turn.notes.append((f"step.{event}", facts | (data or {})))
