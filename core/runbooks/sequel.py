"""The plan of a run that follows one that has ended: it goes on from a step, or takes back what was done. Pure.

Source: the rules' `retry from step`: a new run, linked to the old one, with the outputs of finished steps carried over.
"""

from collections.abc import Mapping
from dataclasses import replace

from core.errors import Conflict, NotFound
from core.runbooks.dag import ancestors, needs_of
from core.runbooks.execution import Execution, Node, StepRun
from core.runbooks.plan import Plan
from core.runbooks.rollback import undo_nodes
from core.runbooks.states import StepState


def retried(execution: Execution, step: str = "", then: Mapping[str, str] | None = None) -> Plan:
    """The plan that goes on: what finished is kept, and all the rest is done anew.

    Args:
        execution: the run that has ended.
        step: do this one and everything after it anew, also what finished.
        then: each step's state at a checkpoint: what finished later than that is done anew too.

    Raises:
        NotFound: there is no such step.
        Conflict: everything was done, and no step is named.
    """
    plan = Plan.model_validate(execution.plan)
    needs = needs_of(plan.nodes)
    if step and step not in needs:
        raise NotFound(f"{execution.id} has no step {step}.", f"Its steps: {', '.join(needs)}.")
    again = _again(execution, plan, step, then)
    if not again:
        raise Conflict(
            f"Everything in {execution.id} was done.", f"Name the step: `/runbook retry {execution.id} STEP`."
        )
    # A yes was given to the old run: what still hangs on it is asked about again.
    before = frozenset[str]().union(*(ancestors(needs, one) for one in again))
    again |= {node.id for node in plan.nodes if node.kind == "approval" and node.id in before}
    carried = tuple(node.id for node in plan.nodes if node.id not in again)
    # What runs that it called have done is taken back by what they handed over when they ended.
    nodes = tuple(execution.steps[node.id].node if node.id in carried else node for node in plan.nodes)
    update = {"nodes": nodes, "origin": execution.id, "purpose": "retry", "carried": carried}
    return plan.model_copy(update=update)


def taken_back(execution: Execution) -> Plan:
    """The plan that undoes every finished step, newest first, and then runs the closing steps.

    Raises:
        Conflict: nothing that still stands can be undone.
    """
    plan = Plan.model_validate(execution.plan)
    chain = [_undo(execution, node) for node in undo_nodes(execution, plan.closing)]
    if not any(node.takes_back for node in chain):
        undone = any(step.state is StepState.ROLLED_BACK for step in execution.steps.values())
        if undone and plan.purpose != "rollback":
            raise Conflict(f"What {execution.id} did was taken back already.", "Nothing is left to undo.")
        raise Conflict(
            f"Nothing of {execution.id} can be taken back: no finished step of it says how.",
            "Mend it by hand; `rollback:` in the runbook says how for the next time.",
        )
    kept = [step.node for step in execution.steps.values() if step.state is StepState.SUCCEEDED]
    old = tuple(
        node.model_copy(update={"needs": ()})
        for node in kept
        if node.phase == "forward" and not node.is_closing
    )
    ids = tuple(node.id for node in old)
    update = {"nodes": (*old, *chain), "closing": (), "carried": ids}
    return plan.model_copy(update=update | {"origin": execution.id, "purpose": "rollback"})


def _undo(execution: Execution, node: Node) -> Node:
    own = (f"{execution.id}/{node.undoes}",) if node.undoes else ()
    return node.model_copy(update={"phase": "forward", "takes_back": (*node.takes_back, *own)})


def steps_of(plan: Plan, before: Execution | None) -> dict[str, StepRun]:
    """The steps of a new run; what is carried over stands as it stood before, and its outputs can be used."""
    steps = {node.id: StepRun(node=node, position=position) for position, node in enumerate(plan.nodes)}
    if before is None:
        return steps
    for one in plan.carried:
        old = before.steps[one]
        steps[one] = replace(
            steps[one],
            state=old.state,
            why=old.why,
            outputs=old.outputs,
            finished=old.finished,
            started_at=old.started_at,
            ended_at=old.ended_at,
            detail=f"carried over from {before.id}",
        )
    return steps


def _again(execution: Execution, plan: Plan, step: str, then: Mapping[str, str] | None) -> set[str]:
    again = {step} if step else set[str]()
    waiting = [node for node in plan.nodes if node.id not in again]
    while True:
        more = [node for node in waiting if _is_due(execution, node, again, then)]
        if not more:
            return again
        again |= {node.id for node in more}
        waiting = [node for node in waiting if node.id not in again]


def _is_due(execution: Execution, node: Node, again: set[str], then: Mapping[str, str] | None) -> bool:
    kept = (StepState.SUCCEEDED, StepState.SKIPPED)
    state = execution.steps[node.id].state
    unfinished = state not in kept or (then is not None and then.get(node.id) not in kept)
    # What follows a failure is judged by how it goes this time.
    follows = node.kind != "group" and node.is_follow_up and bool(again)
    return unfinished or follows or node.parent in again or any(need in again for need in node.needs)
