"""What follows from how things stand: steps begin, are passed over or called off, and the run ends.

Source: the co-pilot design's engine (4.1), with readiness instead of levels and rollback as further steps.
"""

from datetime import timedelta

from core import cel
from core.errors import Invalid
from core.runbooks.execution import Ending, Execution, Node, StepRun
from core.runbooks.next_steps import Move, moves, standing
from core.runbooks.plan import Plan
from core.runbooks.rollback import undo_nodes
from core.runbooks.states import SETTLED, UNDER_WAY, ExecutionState, StepState
from core.runbooks.turn import Turn, move, step_to, values

WAIT_TIMERS = ("runbook.wait", "runbook.retry", "runbook.limit")


def settle(turn: Turn) -> None:
    """Draw every consequence of how things stand now."""
    execution = turn.execution
    if execution.started_at is None and not execution.ending:
        return
    while not _stands_still(execution):
        steps = execution.of_phase()
        nodes = {step.id: step.node for step in steps}
        standings = {step.id: standing(step.state, step.why) for step in steps}
        ending: Ending = execution.ending if execution.phase == "forward" else ""
        found = moves(nodes, standings, ending, lambda node, text: _holds(execution, node, text))
        for each in found:
            _apply(turn, execution.steps[each.node], each)
        # From what merely begins nothing follows.
        if not any(execution.steps[each.node].state.is_settled for each in found):
            break
    _conclude(turn)


def _conclude(turn: Turn) -> None:
    execution = turn.execution
    state = execution.state
    if _stands_still(execution) or state.is_final:
        return
    states = {step.state for step in execution.of_phase()}
    if unknown(execution):
        if state in UNDER_WAY:
            move(turn, "attention")
    elif states <= SETTLED:
        _close(turn)
    elif execution.phase == "forward":
        active = not states.isdisjoint((StepState.READY, StepState.RUNNING))
        asking = StepState.WAITING_APPROVAL in states
        if state is ExecutionState.RUNNING and asking and not active:
            move(turn, "approval_needed")
        elif state is ExecutionState.WAITING_APPROVAL and active:
            move(turn, "go_on")


def _close(turn: Turn) -> None:
    execution = turn.execution
    if execution.phase == "rollback":
        broken = any(step.state is StepState.FAILED for step in execution.of_phase())
        cancelled = execution.ending == "cancel_rollback"
        move(turn, "rollback_failed" if broken else "cancel" if cancelled else "rollback_complete")
        return
    asking = execution.state is ExecutionState.WAITING_APPROVAL
    match execution.ending:
        case "":
            if asking:
                move(turn, "go_on")
            move(turn, "complete")
        case "fail":
            move(turn, "timeout" if asking else "fail")
        case "stop":
            move(turn, "rejected" if asking else "cancel")
        case "cancel":
            move(turn, "cancel")
        case "rollback" | "cancel_rollback":
            _take_back(turn, asking=asking)


def _take_back(turn: Turn, *, asking: bool) -> None:
    execution = turn.execution
    chain = undo_nodes(execution, Plan.model_validate(execution.plan).closing)
    for node in chain:
        execution.steps[node.id] = StepRun(node=node, position=len(execution.steps))
        turn.touched[node.id] = execution.steps[node.id]
    if execution.state is ExecutionState.PENDING or (asking and execution.started_at is None):
        move(turn, "cancel")
        return
    move(turn, "rollback")
    execution.phase = "rollback"
    settle(turn)


def end(turn: Turn, ending: Ending, words: str) -> None:
    """Decide how the run ends, and call off what has not begun and what only waits."""
    execution = turn.execution
    if execution.ending:
        return
    execution.ending, execution.words = ending, words
    calls = execution.calls()
    for step in execution.of_phase():
        if may_go_on(execution, step):
            continue
        if step in calls:
            if ending.startswith("cancel"):
                facts = {"step": step.id, "rollback": ending == "cancel_rollback", "by": turn.actor}
                turn.notes.append(("step.call_off", facts))
            continue
        waits = step.state is StepState.RUNNING and step.node.kind == "wait"
        if step.state is StepState.WAITING_APPROVAL and step.request:
            turn.dropped.append(step.request)
        if waits or step.state in (StepState.READY, StepState.WAITING_APPROVAL):
            step_to(turn, step, "cancel")
            kinds = WAIT_TIMERS if step.node.kind == "wait" else ("runbook.retry",)
            turn.timers |= {(kind, step.id): None for kind in kinds}


def may_go_on(execution: Execution, step: StepRun) -> bool:
    """Whether a step may still begin, or be tried again: what follows a failure does so although the run is ending."""
    return not execution.ending or (step.node.is_follow_up and execution.ending in ("fail", "rollback"))


def failed(turn: Turn, step: StepRun) -> None:
    """No try is left: do what the file says for then."""
    execution = turn.execution
    parent = execution.steps.get(step.node.parent or "")
    choice = step.node.after_failure or (parent.node.after_failure if parent else None) or "fail"
    if choice == "skip" and step.node.after_failure == "skip":
        step.why = "failure"
        step_to(turn, step, "skip", {"error": step.error})
        return
    step_to(turn, step, "fail", {"error": step.error})
    if choice != "skip" and execution.phase == "forward":
        end(turn, "rollback" if choice == "rollback" else "fail", f"“{step.node.name}” failed: {step.error}")


def complete(turn: Turn, step: StepRun) -> None:
    """A step is done, and next in the order of completion; what it undoes is rolled back."""
    execution = turn.execution
    step.finished = 1 + max((other.finished for other in execution.steps.values()), default=0)
    step_to(turn, step, "succeed")
    undone = execution.steps.get(step.node.undoes)
    if undone is not None:
        step_to(turn, undone, "undo")
    if step.node.takes_back:
        turn.notes.append(("step.take_back", {"step": step.id, "taken": " ".join(step.node.takes_back)}))


def _apply(turn: Turn, step: StepRun, following: Move) -> None:
    step.why = following.why
    node = step.node
    if following.event == "succeed":
        _gather(turn.execution, step)
        complete(turn, step)
    elif following.event == "fail":
        step.error = step.error or "Something in it failed."
        failed(turn, step) if node.kind != "group" else step_to(turn, step, "fail")
    elif following.event == "ready" and node.kind == "approval":
        step_to(turn, step, "ask")
        turn.asked.append(step)
    elif following.event == "ready" and node.kind == "call":
        step_to(turn, step, "call")
    elif following.event == "ready" and node.kind == "wait":
        _begin_wait(turn, step)
    else:
        step_to(turn, step, following.event)


def _begin_wait(turn: Turn, step: StepRun) -> None:
    node = step.node
    step.started_at = turn.now
    if node.limit is not None:
        turn.timers["runbook.limit", step.id] = turn.now + node.limit
    if node.action:
        step_to(turn, step, "ready")
    else:
        step_to(turn, step, "begin")
        turn.timers["runbook.wait", step.id] = turn.now + (node.wait or timedelta())


def _gather(execution: Execution, group: StepRun) -> None:
    children = [step for step in execution.steps.values() if step.node.parent == group.id]
    if any("[" in child.id for child in children):
        group.outputs = {"items": [child.outputs for child in children]}
    else:
        group.outputs = {child.id.rsplit(".", 1)[1]: child.outputs for child in children}


def _holds(execution: Execution, node: Node, condition: str) -> bool | None:
    seen = values(execution, node)
    try:
        return cel.compile(condition, frozenset(seen)).holds(seen)
    except (Invalid, ValueError) as error:
        execution.steps[node.id].error = f"Its condition could not be judged: {error}"
        return None


def _stands_still(execution: Execution) -> bool:
    """Nothing follows from anything until a person says so. One that never began can still be called off."""
    paused = execution.state is ExecutionState.PAUSED and execution.started_at is not None
    return paused or execution.state is ExecutionState.NEEDS_ATTENTION


def unknown(execution: Execution) -> bool:
    """Whether there is a step of which nobody can tell what became of it."""
    return StepState.UNKNOWN in {step.state for step in execution.steps.values()}
