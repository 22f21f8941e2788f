"""What is known of a failure: which step, since when, what was not done because of it, and how it went before. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.runbooks.execution import Execution, StepRun
from core.runbooks.rollback import can_be_undone, stands
from core.runbooks.states import ExecutionState, StepState

_NOT_DONE = (StepState.CANCELLED, StepState.SKIPPED)
_OWN_REASONS = ("condition", "answer")


@dataclass(frozen=True)
class Past:
    """How the same step of the same runbook ended in an earlier run."""

    run: str
    at: datetime
    worked: bool


@dataclass(frozen=True)
class Earlier:
    """`count` earlier runs failed at this step, `run` the last of them; `passed` is the run that next got past it."""

    count: int
    run: str
    at: datetime
    passed: str = ""


def failed_step(execution: Execution) -> StepRun | None:
    """The step that the run failed at: the first that did, of those that nobody passed over."""
    failed = [
        step
        for step in execution.steps.values()
        if step.state is StepState.FAILED and step.node.kind != "group"
    ]
    return min(failed, key=lambda step: (step.ended_at or execution.created_at, step.position), default=None)


def not_done(execution: Execution) -> list[str]:
    """Names of the steps that were skipped or called off because of the failure, not for reasons of their own."""
    return [
        step.node.name
        for step in execution.steps.values()
        if step.state in _NOT_DONE and step.why not in _OWN_REASONS and step.node.kind != "group"
    ]


def earlier(past: Sequence[Past]) -> Earlier | None:
    """The same failure in earlier runs, of which `past` tells, newest first; None if there was none."""
    failed = [one for one in past if not one.worked]
    if not failed:
        return None
    last = failed[0]
    later = past[: past.index(last)]
    return Earlier(len(failed), last.run, last.at, later[-1].run if later else "")


def suggestion(execution: Execution, step: StepRun) -> str:
    """One sentence on what to do next, from what is known and nothing else."""
    if step.node.kind == "approval":
        return "People did not agree: speak with them before you ask again."
    undo = can_be_undone(execution)
    if execution.state is ExecutionState.CANCELLED or execution.phase == "rollback":
        if not undo and not stands(execution):
            return "Mend the cause; Retry does again what was taken back, and goes on."
        left = (
            "Roll back again, or take back by hand what still stands" if undo else "Look at what still stands"
        )
        return f"{left}; Retry goes on from what did not finish."
    first = f"Mend the cause and retry: it goes on from {step.node.name}, and what finished is kept."
    return f"{first} Or roll back what can be undone." if undo else first
