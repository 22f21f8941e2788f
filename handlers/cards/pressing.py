"""What can be pressed on the card of a run: answers, hold and go on, retry and roll back, cancel. Pure."""

from typing import Literal

from core.runbooks.execution import Execution, StepRun
from core.runbooks.rollback import can_be_undone
from core.runbooks.states import ExecutionState, StepState
from handlers.cards.card import Button, Control

_ANSWERS = (
    ("It was done", "done", "plain", ""),
    ("Run again", "again", "danger", "Run it again, although it may have been done already?"),
    ("Skip", "skip", "plain", ""),
    ("It failed", "fail", "danger", "Let the run fail here?"),
)


def controls(execution: Execution, steps: list[StepRun]) -> tuple[Control, ...]:
    """The buttons that fit how the run stands."""
    found: list[Control] = []
    if execution.state is ExecutionState.NEEDS_ATTENTION:
        lost = next(step for step in steps if step.state is StepState.UNKNOWN)
        for label, said, style, confirm in _ANSWERS:
            found.append(
                Button(
                    label=label,
                    verb="runbook.answer",
                    object=execution.id,
                    args={"step": lost.id, "said": said},
                    style="danger" if style == "danger" else "plain",
                    confirm=confirm,
                    speak=f"{label}: {lost.node.name} of {execution.id}",
                )
            )
    found += _going_on(execution)
    if not execution.state.is_final and not execution.ending:
        found.append(
            Button(
                label="Cancel…",
                verb="runbook.cancel",
                object=execution.id,
                style="danger",
                confirm=f"Cancel {execution.id}? What runs is told to stop, and nothing new begins.",
                speak=f"Cancel {execution.id}: {execution.runbook}",
            )
        )
    drawn = _press(execution, "Picture", "graph")
    return (*found, drawn.model_copy(update={"quiet": True}))


def _going_on(execution: Execution) -> list[Button]:
    """Hold it, let it go on, or follow it with another run."""
    if execution.state.is_final:
        return _following(execution)
    if execution.state is ExecutionState.PAUSED:
        return [_press(execution, "Resume", "resume", style="primary")]
    pausable = execution.state in (ExecutionState.RUNNING, ExecutionState.WAITING_APPROVAL)
    return [_press(execution, "Pause", "pause")] if pausable and not execution.ending else []


def _following(execution: Execution) -> list[Button]:
    found = []
    begun = execution.started_at is not None
    if begun and execution.state is not ExecutionState.COMPLETED:
        confirm = f"Go on with {execution.id} in a new run? What finished is kept; the rest is done anew."
        found.append(_press(execution, "Retry…", "retry", confirm=confirm))
    if can_be_undone(execution):
        confirm = f"Take back what {execution.id} did, newest first, in a new run?"
        found.append(_press(execution, "Roll back…", "rollback", style="danger", confirm=confirm))
    return found


def _press(
    execution: Execution,
    label: str,
    verb: str,
    *,
    style: Literal["plain", "primary", "danger"] = "plain",
    confirm: str = "",
) -> Button:
    return Button(
        label=label,
        verb=f"runbook.{verb}",
        object=execution.id,
        style=style,
        confirm=confirm,
        speak=f"{label.rstrip('…')} {execution.id}: {execution.runbook}",
    )
