"""A step that runs another runbook: that run is started, called off and heard of, each in a unit of its own."""

from collections.abc import Mapping
from typing import Any

from core.approvals import records as approval_records
from core.approvals.request import Terms
from core.errors import Conflict, Forbidden, Invalid, VersionConflict
from core.runbooks import expressions, machine, records
from core.runbooks.calling.records import caller, key_of
from core.runbooks.execution import Execution, Node, StepRun
from core.runbooks.gate import judge
from core.runbooks.plan import Plan
from core.runbooks.rollback import undo_nodes
from core.runbooks.states import ExecutionState
from core.runbooks.turn import Failure, Returned, Turn, values
from core.runbooks.units import runs
from core.runbooks.units.commit import Scene, closing_words, commit, person_of, turn_of
from core.runbooks.units.work import bounded
from core.store.engine import Unit

_NOT_BEGUN = Returned(failure=Failure("It was called off before it began."))


def on_called(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A step begins that runs another runbook: start it."""
    turn, step = calling_step(unit, ref, str(data.get("step", "")))
    # One that is paused begins nothing; `on_let_go` comes back to it.
    if step is None or step.node.child is None or turn.execution.state is ExecutionState.PAUSED:
        return
    if turn.execution.ending.startswith("cancel"):
        _give_back(unit, scene, turn, step, _NOT_BEGUN)
        return
    parent = turn.execution
    key = key_of(parent.id, step.id)
    wish = runs.Start(
        plan=Plan.model_validate(step.node.child),
        by=person_of(scene, parent.by),
        key=key,
        place=parent.place,
        under=_approved_under(unit, scene, parent),
    )
    try:
        child = runs.start(unit, wish, scene)
    except VersionConflict:
        raise
    except (Conflict, Forbidden, Invalid) as error:
        _refused(unit, scene, (turn, step), error)
        return
    step.detail = child.id
    turn.touched[step.id] = step
    commit(unit, scene, turn)


def on_called_off(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A run was cancelled while one of its steps runs another runbook: that is cancelled as well."""
    step = str(data.get("step", ""))
    child = records.id_of_key(unit, key_of(ref, step))
    if child is None:
        turn, begun = calling_step(unit, ref, step)
        if begun is not None:
            _give_back(unit, scene, turn, begun, _NOT_BEGUN)
        return
    if records.get(unit, child).state.is_final:
        return
    person = person_of(scene, str(data.get("by", "")))
    try:
        runs.cancel(unit, scene, child, person, rollback=data.get("rollback") in (True, "True"))
    except VersionConflict:
        raise
    except Conflict:
        return  # it is being ended already, which is what was wanted


def on_closed(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """A run has ended; the step that started it, if one did, has what came of it."""
    del data
    found = caller(unit, ref)
    if found is None:
        return
    turn, step = calling_step(unit, *found)
    if step is not None:
        _give_back(unit, scene, turn, step, _returned(records.get(unit, ref), step))


def calling_step(unit: Unit, ref: str, step_id: str) -> tuple[Turn, StepRun | None]:
    """The run, to be changed, and the step of it that runs another runbook; None if that has ended."""
    turn = turn_of(unit, ref)
    step = turn.execution.steps.get(step_id)
    return turn, step if step in turn.execution.calls() else None


def _refused(
    unit: Unit, scene: Scene, waiting: tuple[Turn, StepRun], error: Conflict | Forbidden | Invalid
) -> None:
    turn, step = waiting
    begun = records.id_of_key(unit, key_of(turn.execution.id, step.id))
    if begun is None:
        _give_back(unit, scene, turn, step, Returned(failure=Failure(error.sentence())))
        return
    # It was written down before it could be refused; its end is told like any other.
    child = turn_of(unit, begun)
    machine.refuse(child, error.sentence())
    commit(unit, scene, child)


def _give_back(unit: Unit, scene: Scene, turn: Turn, step: StepRun, came: Returned) -> None:
    machine.returned(turn, step, came)
    step.outputs = bounded(step.outputs)
    commit(unit, scene, turn)


def _returned(child: Execution, step: StepRun) -> Returned:
    undo = _undo(child, step)
    if child.state is not ExecutionState.COMPLETED:
        return Returned(failure=Failure(closing_words(child)), undo=undo)
    plan = Plan.model_validate(child.plan)
    anyone = Node(id="outputs", name="outputs", kind="group")
    try:
        return Returned(expressions.fill(plan.outputs, values(child, anyone)), undo=undo)
    except Invalid as error:
        why = f"{child.id} is done, but its outputs could not be read: {error.what}"
        return Returned(failure=Failure(why), undo=undo)


def _undo(child: Execution, step: StepRun) -> tuple[Node, ...]:
    """What takes back what the run has done and not taken back itself, as steps of the run that started it."""
    if child.phase == "rollback":
        return ()
    nodes = undo_nodes(child, ())
    last = len(nodes) - 1
    return tuple(
        node.model_copy(
            update={
                "id": f"undo:{step.id}/{index}",
                "variables": _seen(child, node) | node.variables,
                "undoes": step.id if index == last and child.state is ExecutionState.COMPLETED else "",
                "takes_back": _refs(child, node),
                "needs": (),
            }
        )
        for index, node in enumerate(nodes)
    )


def _refs(child: Execution, node: Node) -> tuple[str, ...]:
    own = (f"{child.id}/{node.undoes}",) if node.undoes else ()
    return (*node.takes_back, *own)


def _seen(child: Execution, node: Node) -> dict[str, Any]:
    """What the undo of a step of `child` can see, and of the steps only those that it reads."""
    seen = values(child, node)
    texts = [text for _, text in expressions.texts(node.arguments)]
    read = {name for name in seen["steps"] if any(f"steps.{name}" in text for text in texts)}
    return seen | {"steps": {name: value for name, value in seen["steps"].items() if name in read}}


def _approved_under(unit: Unit, scene: Scene, execution: Execution) -> Terms | None:
    """What people were asked under when they approved the plan that holds this run's, if the policies still say so."""
    while not execution.request:
        above = caller(unit, execution.id)
        if above is None:
            return None
        execution = records.get(unit, above[0])
    terms = judge(scene.policies, Plan.model_validate(execution.plan), unit.now).terms
    frozen = approval_records.get(unit, execution.request).rules
    return terms if terms is not None and terms.policy_hash == frozen.policy_hash else None
