"""What can happen to a run: each function is one happening, pure, and told the time.

Each takes a turn: an execution in memory, changed in place, and a list of what must be committed with it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from core.errors import Conflict, Invalid
from core.resilience import retry
from core.runbooks import course, expressions, waiting
from core.runbooks.execution import Ending, StepRun
from core.runbooks.states import EXECUTIONS, ExecutionState, StepState
from core.runbooks.turn import Failure, Returned, Turn, move, step_to, values

Answer = Literal["done", "again", "skip", "fail"]


def begin(turn: Turn) -> None:
    """Let the run start: nobody needs to be asked, or they have said yes."""
    execution = turn.execution
    execution.started_at = turn.now
    if execution.state is ExecutionState.WAITING_APPROVAL:
        move(turn, "approved")
        turn.notes.append(("go_on", {"after": execution.request}))
    else:
        move(turn, "start")
    course.settle(turn)


def claim(turn: Turn, step: StepRun, owner: str, until: datetime) -> None:
    """Give a READY step to a worker; its fencing number grows."""
    step_to(turn, step, "claim")
    step.owner, step.fence, step.lease_until = owner, step.fence + 1, until
    step.attempt += 1
    step.not_before = None
    if step.node.kind != "wait":
        step.started_at = turn.now


def succeed(turn: Turn, step: StepRun, result: dict[str, Any], log: str = "") -> None:
    """A step did what it should; its outputs are worked out, and what follows begins.

    What a wait asked is looked at: it is over, or asks again later.
    """
    if step.node.kind == "wait" and not waiting.is_over(turn, step, {"result": result}):
        course.settle(turn)
        return
    try:
        wanted = step.node.outputs
        outputs = expressions.fill(wanted, values(turn.execution, step.node, result=result)) if wanted else {}
    except Invalid as error:
        fail(turn, step, Failure(f"It was done, but its outputs could not be read: {error.what}", log=log))
        return
    step.outputs, step.log, step.error = outputs, log, ""
    course.complete(turn, step)
    course.settle(turn)


def fail(turn: Turn, step: StepRun, failure: Failure) -> None:
    """A try failed: another one if that can help, else what the file says for then."""
    if step.node.kind == "wait" and failure.retriable and course.may_go_on(turn.execution, step):
        waiting.go_on(turn, step, failure.why)
        course.settle(turn)
        return
    execution = turn.execution
    step.failures += 1
    step.error, step.log = failure.why, failure.log
    retriable = failure.retriable and course.may_go_on(execution, step) and step.failures <= step.node.retries
    if retriable:
        backoff = step.node.backoff
        wait = retry.delay(
            step.failures,
            backoff.type,
            backoff.base.total_seconds(),
            backoff.max.total_seconds(),
            failure.chance,
        )
        step.not_before = turn.now + timedelta(seconds=wait if failure.wait is None else failure.wait)
        turn.timers["runbook.retry", step.id] = step.not_before
        step_to(turn, step, "again", {"error": failure.why, "try": step.failures, "next": step.not_before})
        return
    if execution.ending in ("cancel", "cancel_rollback") and execution.phase == "forward":
        step_to(turn, step, "cancel", {"error": failure.why})
    else:
        course.failed(turn, step)
    course.settle(turn)


def decided(turn: Turn, step: StepRun, status: str, words: str) -> None:
    """People have answered the question of an approval step, or did not in time."""
    step.detail = words
    turn.timers["runbook.ask", step.id] = None
    if status == "APPROVED":
        course.complete(turn, step)
    else:
        step.error = words
        choice = step.node.on_expire if status == "EXPIRED" else step.node.on_reject
        if isinstance(choice, tuple) and status in ("REJECTED", "EXPIRED"):
            step.why = "expired" if status == "EXPIRED" else "rejected"
            step_to(turn, step, "skip", {"status": status})
            course.settle(turn)
            return
        step_to(turn, step, "fail", {"status": status})
        stop: Ending = "fail" if status == "EXPIRED" else "stop"
        course.end(turn, "rollback" if choice == "rollback" else stop, words)
    course.settle(turn)


def wait_for_people(turn: Turn, step: StepRun) -> None:
    """A step has asked people something: it waits for their answers, and its worker is free."""
    step_to(turn, step, "ask")
    course.settle(turn)


def returned(turn: Turn, step: StepRun, child: Returned) -> None:
    """The runbook that a step ran has ended: its outputs are the step's, its failure is the step's failure."""
    execution = turn.execution
    step.node = step.node.model_copy(update={"undo_chain": child.undo})
    step.outputs = child.outputs
    if child.failure is None:
        course.complete(turn, step)
        course.settle(turn)
        return
    step.finished = 1 + max((other.finished for other in execution.steps.values()), default=0)
    fail(turn, step, child.failure)


def waited(turn: Turn, step: StepRun) -> None:
    """A wait's time has come: it is over, unless its condition does not hold yet."""
    if not step.node.until or waiting.is_over(turn, step):
        course.complete(turn, step)
    course.settle(turn)


def waited_too_long(turn: Turn, step: StepRun) -> None:
    """A wait has reached its limit. What is being asked just now may still bring the answer."""
    if step.state is StepState.READY or not step.node.action:
        waiting.give_up(turn, step)
        course.settle(turn)


def lose(turn: Turn, step: StepRun) -> None:
    """The worker that had a step is gone: what follows depends on whether the step may run twice."""
    step.owner, step.lease_until = "", None
    if step.node.nature == "at_most_once":
        step.error = "The process that ran it ended in the middle; nobody can tell how far it came."
        step_to(turn, step, "lose")
    else:
        step.resuming = step.node.nature == "resumable"
        step.fence += 1
        step_to(turn, step, "again", {"lost": True})
    course.settle(turn)


def put_back(turn: Turn, step: StepRun) -> None:
    """A worker was given a step and never heard of it: nothing of it has begun, whatever its nature."""
    called_off = turn.execution.phase == "forward" and not course.may_go_on(turn.execution, step)
    step_to(turn, step, "cancel" if called_off else "again", {"begun": False})
    course.settle(turn)


def answer(turn: Turn, step: StepRun, said: Answer) -> None:
    """A person says what became of a step that nobody can tell about.

    Raises:
        Conflict: the step is not in question.
    """
    if step.state is not StepState.UNKNOWN:
        raise Conflict(
            f"“{step.node.name}” is not in question: it is {_plain(step.state)}.", "Look at it first."
        )
    step.error = "" if said in ("done", "again") else step.error
    step.detail = f"{turn.actor} said: {said}"
    match said:
        case "done":
            course.complete(turn, step)
        case "fail":
            course.failed(turn, step)
        case "skip":
            step.why = "answer"
            step_to(turn, step, "skip", {"answer": said})
        case "again":
            step.resuming = False
            step_to(turn, step, "again", {"answer": said})
    if turn.execution.state is ExecutionState.NEEDS_ATTENTION and not course.unknown(turn.execution):
        move(turn, "answered" if turn.execution.phase == "forward" else "answered_rollback")
    course.settle(turn)


def cancel(turn: Turn, *, rollback: bool, words: str) -> None:
    """Start nothing new, ask what runs to stop, and end; with `rollback`, take back what was done first.

    Raises:
        Conflict: it has ended, or is being taken back.
    """
    execution = turn.execution
    if execution.state.is_final:
        raise Conflict(f"{execution.id} has already ended: {_plain(execution.state)}.", "Nothing to cancel.")
    if execution.phase == "rollback" or execution.ending in ("cancel", "cancel_rollback", "rollback"):
        raise Conflict(f"{execution.id} is already being ended.", "Wait for what runs to stop.")
    undo = rollback and execution.started_at is not None
    if execution.state is ExecutionState.PAUSED and execution.started_at is not None:
        move(turn, "resume")
    execution.ending = ""
    course.end(turn, "cancel_rollback" if undo else "cancel", words)
    course.settle(turn)


def pause(turn: Turn, words: str) -> None:
    """Begin nothing new until somebody resumes it; what runs may end, and the time limit stands still.

    Raises:
        Conflict: it has ended, is being ended or taken back, has not begun, is paused, or waits for an answer.
    """
    execution = turn.execution
    if execution.ending or "pause" not in EXECUTIONS[execution.state]:
        state = (
            "being ended" if execution.ending and not execution.state.is_final else _plain(execution.state)
        )
        raise Conflict(
            f"{execution.id} is {state} and cannot be paused.",
            "Only what runs or waits for approval can be paused.",
        )
    execution.words = words
    move(turn, "pause")
    _pass_down(turn, "step.hold")


def resume(turn: Turn, since: datetime) -> None:
    """Go on from where it was paused at `since`; one that had not begun waits for its approval and its turn again.

    Raises:
        Conflict: it is not paused.
    """
    execution = turn.execution
    if execution.state is not ExecutionState.PAUSED:
        raise Conflict(f"{execution.id} is not paused: it is {_plain(execution.state)}.", "Look at it first.")
    # Where something failed meanwhile the words say why, and are still wanted.
    execution.words = execution.words if execution.ending else ""
    move(turn, "resume")
    if execution.started_at is None:
        move(turn, "approval_needed")
    for step in execution.calls():
        if step.why == "held" and step.state is StepState.WAITING_APPROVAL:
            step_to(turn, step, "go_on")
    _pass_down(turn, "step.let_go")
    waiting.shift(turn, since)
    course.settle(turn)


def called_waits(turn: Turn, step: StepRun, *, waits: bool) -> None:
    """The run that a step has started waits for people, which is not counted as time of this one, or goes on."""
    if waits == (step.state is StepState.RUNNING):
        step_to(turn, step, "wait" if waits else "go_on")
        course.settle(turn)


def taken_back(turn: Turn, steps: Sequence[str], by: str) -> None:
    """Another run has taken back what these steps of this one did."""
    for one in steps:
        step = turn.execution.steps.get(one)
        if step is not None and step.state is StepState.SUCCEEDED:
            step_to(turn, step, "undo", {"by": by})
            step.detail = step.detail if step.node.kind == "call" else f"taken back by {by}"


def _pass_down(turn: Turn, kind: str) -> None:
    turn.notes += [(kind, {"step": step.id, "by": turn.actor}) for step in turn.execution.calls()]


def refuse(turn: Turn, words: str) -> None:
    """The run will not begin: people said no, or did not answer, or the approval cannot be used."""
    course.end(turn, "stop", words)
    course.settle(turn)


def time_out(turn: Turn) -> None:
    """The runbook's time is up: what runs may end, nothing else begins."""
    if turn.execution.phase == "forward" and not turn.execution.ending:
        course.end(turn, "fail", "The runbook's time limit was reached.")
        course.settle(turn)


def _plain(state: ExecutionState | StepState) -> str:
    return str(state).lower().replace("_", " ")
