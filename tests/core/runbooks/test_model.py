"""The engine's machine against the plain reference, on graphs of up to 200 steps with every kind of trouble."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.runbooks import machine
from core.runbooks.definition import ApprovalStep, Undo
from core.runbooks.execution import Execution, Node, StepRun
from core.runbooks.plan import Plan
from core.runbooks.sequel import steps_of
from core.runbooks.states import ExecutionState, StepState
from core.runbooks.turn import Failure, Turn
from tests.core.runbooks.house import NOON
from tests.core.runbooks.reference import Answer, Fates, Reference

_ASK = ApprovalStep.model_validate({"ask": [{"role": "sre"}], "reason": "sure"})
_UNDO = Undo(action="do")
_AFTER = st.sampled_from([None, None, None, "fail", "skip", "rollback"])
_WHEN = st.sampled_from([(), (), (), (), ("true",), ("false",), ("always",), ("failed",)])


@st.composite
def graphs(draw: st.DrawFn, most: int) -> dict[str, Node]:
    """Steps in the order of a file; each may need some of those before it."""
    nodes: dict[str, Node] = {}
    tops: list[str] = []
    while len(nodes) < draw(st.integers(1, most)):
        name = f"s{len(tops)}"
        needs = tuple(draw(st.sets(st.sampled_from(tops[-8:]), max_size=3))) if tops else ()
        for node in _step(draw, name, tuple(sorted(needs))):
            nodes[node.id] = node
        tops.append(name)
    return nodes


def _step(draw: st.DrawFn, name: str, needs: tuple[str, ...]) -> list[Node]:
    kind = draw(st.sampled_from(["action", "action", "action", "action", "wait", "approval", "group"]))
    told: dict[str, Any] = {"id": name, "name": name, "kind": kind, "needs": needs}
    if kind == "group":
        children = [_action(draw, f"{name}[{n}]", needs) for n in range(draw(st.integers(1, 4)))]
        children = [child.model_copy(update={"parent": name}) for child in children]
        ids = tuple(child.id for child in children)
        told |= {"needs": ids, "conditions": ("always",), "width": draw(st.integers(0, 2))}
        return [Node(**told, after_failure=draw(_AFTER)), *children]
    if kind == "action":
        return [_action(draw, name, needs)]
    if kind == "approval":
        ways = st.sampled_from(["stop", "rollback"])
        told |= {"approval": _ASK, "on_reject": draw(ways), "on_expire": draw(ways)}
    return [Node(**told, conditions=draw(_WHEN), wait=timedelta(seconds=1) if kind == "wait" else None)]


def _action(draw: st.DrawFn, name: str, needs: tuple[str, ...]) -> Node:
    return Node(
        id=name,
        name=name,
        kind="action",
        needs=needs,
        action="do",
        destructive=True,
        conditions=draw(_WHEN),
        retries=draw(st.integers(0, 2)),
        after_failure=draw(_AFTER),
        undo=draw(st.sampled_from([None, _UNDO])),
    )


@st.composite
def fates(draw: st.DrawFn, nodes: dict[str, Node]) -> Fates:
    """Most tries succeed; some fail for a while or for good, some undoing fails, people say yes, no or nothing."""
    often = st.sampled_from([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3])
    fails = {one: draw(often) for one, node in nodes.items() if node.kind == "action"}
    fails |= {f"undo:{one}": draw(often) // 3 for one in fails}
    lasting = frozenset(one for one, times in fails.items() if times and draw(st.booleans()))
    said: st.SearchStrategy[Answer] = st.sampled_from(["yes", "yes", "yes", "yes", "no", "late"])
    return Fates(fails, lasting, {one: draw(said) for one, node in nodes.items() if node.kind == "approval"})


def play(nodes: dict[str, Node], trouble: Fates) -> tuple[Execution, list[str]]:
    """The run by the machine, one step at a time, as one worker would do it; and its effects, in order."""
    plan = Plan(runbook="any", version="1", params={}, nodes=tuple(nodes.values()))
    stored = plan.model_dump(mode="json")
    run = Execution("RUN-1", "any", "1", {}, stored, plan.digest, "dev", None, NOON)
    run.steps = steps_of(plan, None)
    turn = Turn(run, NOON)
    machine.begin(turn)
    effects: list[str] = []
    while (step := _next(run)) is not None:
        if step.state is StepState.RUNNING:
            machine.waited(turn, step)
        elif step.state is StepState.WAITING_APPROVAL:
            status = {"yes": "APPROVED", "no": "REJECTED", "late": "EXPIRED"}[trouble.answers[step.id]]
            machine.decided(turn, step, status, "so it was said")
        else:
            _try(turn, step, trouble, effects)
    return run, effects


def _next(run: Execution) -> StepRun | None:
    for state in (StepState.READY, StepState.RUNNING, StepState.WAITING_APPROVAL):
        for step in run.of_phase():
            if step.state is state:
                return step
    return None


def _try(turn: Turn, step: StepRun, trouble: Fates, effects: list[str]) -> None:
    machine.claim(turn, step, "one", NOON)
    if step.failures < trouble.fails.get(step.id, 0) or step.id in trouble.lasting:
        machine.fail(turn, step, Failure("no", retriable=step.id not in trouble.lasting))
        return
    effects.append(step.id)
    machine.succeed(turn, step, {})


def _compare(nodes: dict[str, Node], trouble: Fates) -> Execution:
    reference = Reference(nodes, trouble)
    state = reference.run()
    run, effects = play(nodes, trouble)
    assert (state, reference.effects) == (str(run.state), effects)
    assert reference.states == {one: str(run.steps[one].state) for one in nodes}
    return run


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_machine_does_what_the_reference_does(data: st.DataObject) -> None:
    nodes = data.draw(graphs(14))
    run = _compare(nodes, data.draw(fates(nodes)))
    assert run.state.is_final


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False), st.integers(150, 200))
def test_the_machine_does_what_the_reference_does_in_graphs_of_two_hundred_steps(
    chance: Any, size: int
) -> None:
    nodes: dict[str, Node] = {}
    for number in range(size):
        needs = (
            tuple(sorted({f"s{chance.randrange(number)}" for _ in range(chance.randrange(3))}))
            if number
            else ()
        )
        undo = _UNDO if chance.random() < 0.5 else None
        after = chance.choice([None, "skip", "skip", "rollback"])
        nodes[f"s{number}"] = Node(
            id=f"s{number}",
            name="n",
            kind="action",
            needs=needs,
            action="do",
            retries=1,
            undo=undo,
            after_failure=after,
        )
    fails = {one: chance.choice([0] * 60 + [1, 2]) for one in nodes}
    run = _compare(nodes, Fates(fails, frozenset(), {}))
    assert run.state in (ExecutionState.COMPLETED, ExecutionState.FAILED)
