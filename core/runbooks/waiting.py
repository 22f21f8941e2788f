"""Waits until a condition holds: it is looked at, and asked for again at stored times, until it does. Pure."""

from datetime import datetime
from typing import Any

from core import cel
from core.errors import Invalid
from core.runbooks import course
from core.runbooks.definition import duration_text
from core.runbooks.execution import StepRun
from core.runbooks.states import ExecutionState
from core.runbooks.turn import Turn, step_to, values


def is_over(turn: Turn, step: StepRun, more: dict[str, Any] | None = None) -> bool:
    """Whether the condition holds; if it does not, the next look is set, or the wait is given up at its limit."""
    seen = values(turn.execution, step.node, now=turn.now, **(more or {}))
    try:
        holds = cel.compile(step.node.until, frozenset(seen)).holds(seen)
    except (Invalid, ValueError) as error:
        step.error = f"Its condition could not be judged: {error}"
        _forget(turn, step)
        course.failed(turn, step)
        return False
    if holds:
        _forget(turn, step)
    else:
        go_on(turn, step, "")
    return holds


def go_on(turn: Turn, step: StepRun, why: str) -> None:
    """It does not hold yet, or could not be asked (`why`): look again later, if there is time left."""
    node = step.node
    step.error = why
    ends = None if node.limit is None or step.started_at is None else step.started_at + node.limit
    if ends is not None and ends <= turn.now and turn.execution.state is not ExecutionState.PAUSED:
        give_up(turn, step)
        return
    due = turn.now + node.every
    if not node.action:
        turn.timers["runbook.wait", step.id] = due
        return
    step.not_before = due
    turn.timers["runbook.retry", step.id] = due
    step_to(turn, step, "again", {"next": due, "error": why})


def shift(turn: Turn, since: datetime) -> None:
    """A pause that began at `since` is over: it is not counted towards the limits of what waited meanwhile."""
    for step in turn.execution.of_phase():
        limit, started = step.node.limit, step.started_at
        if step.node.kind == "wait" and step.state.is_active and limit is not None and started is not None:
            step.started_at = started + (turn.now - max(since, started))
            turn.timers["runbook.limit", step.id] = step.started_at + limit
            turn.touched[step.id] = step


def give_up(turn: Turn, step: StepRun) -> None:
    """The limit is reached: the step fails, or is passed over if its file says so."""
    node = step.node
    last = f" The last time it was asked: {step.error}" if step.error else ""
    step.error = (
        f"After {duration_text(node.limit) if node.limit else ''} it still did not hold: {node.until}.{last}"
    )
    _forget(turn, step)
    if node.on_timeout == "skip":
        step.why = "failure"
        step_to(turn, step, "skip", {"error": step.error})
    else:
        course.failed(turn, step)


def _forget(turn: Turn, step: StepRun) -> None:
    turn.timers |= {(kind, step.id): None for kind in course.WAIT_TIMERS}
