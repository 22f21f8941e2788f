"""Taking a run back: what undoes the finished steps, in reverse order of their completion."""

from core.runbooks.definition import Undo
from core.runbooks.execution import Execution, Node, StepRun
from core.runbooks.states import StepState


def undo_nodes(execution: Execution, closing: tuple[Node, ...]) -> tuple[Node, ...]:
    """One node after the other: the undo of each finished step, newest first, then the closing steps."""
    called = [step for step in execution.steps.values() if step.node.undo_chain]
    finished = sorted([*called, *_finished(execution)], key=lambda step: step.finished, reverse=True)
    chain: list[Node] = []
    for step in {step.id: step for step in finished}.values():
        if step.node.undo_chain:
            chain += _left(execution, step)
        elif step.node.undo is not None:
            chain.append(_undo(step, step.node.undo))
    chain += [node.model_copy(update={"id": f"rollback:{node.id}", "phase": "rollback"}) for node in closing]
    return tuple(
        node.model_copy(update={"needs": (chain[index - 1].id,) if index else ()})
        for index, node in enumerate(chain)
    )


def can_be_undone(execution: Execution) -> bool:
    """Whether any finished step that still stands says how it is undone, those of runs that it called included."""
    called = any(_left(execution, step) for step in execution.steps.values())
    return called or any(step.node.undo is not None for step in _finished(execution))


def stands(execution: Execution) -> list[str]:
    """Names of finished steps that change things and were not taken back: what a person must know."""
    return [step.node.name for step in _finished(execution) if step.node.destructive]


def _finished(execution: Execution) -> list[StepRun]:
    return [
        step
        for step in execution.steps.values()
        if step.state is StepState.SUCCEEDED
        and step.node.phase == "forward"
        and step.node.kind in ("action", "call")
        and not step.node.is_closing
    ]


def _left(execution: Execution, step: StepRun) -> list[Node]:
    """What takes back the run that a step called, without what was done of it when an earlier rollback stopped."""
    if step.state is StepState.ROLLED_BACK:
        return []
    done = {one.id for one in execution.steps.values() if one.state is StepState.SUCCEEDED}
    return [node for node in step.node.undo_chain if node.id not in done]


def _undo(step: StepRun, undo: Undo) -> Node:
    return Node(
        id=f"undo:{step.id}",
        name=f"Undo {step.node.name}",
        kind="action",
        phase="rollback",
        variables=step.node.variables,
        action=undo.action,
        arguments=undo.with_,
        nature=undo.nature or "at_most_once",
        destructive=True,
        timeout=undo.timeout,
        undoes=step.id,
    )
