"""The pure rules: graphs, readiness, states, expressions and rollback."""

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict, Invalid
from core.resilience import retry
from core.runbooks import dag, expressions, plan
from core.runbooks.execution import Ending, Node
from core.runbooks.next_steps import Standing, is_finished, moves
from core.runbooks.states import EXECUTIONS, STEPS, ExecutionState, StepState, next_execution, next_step
from tests.core.runbooks.house import NAMES, example

_FOLLOW = {"ready": StepState.READY, "skip": StepState.SKIPPED, "cancel": StepState.CANCELLED}
_FOLLOW |= {"fail": StepState.FAILED, "succeed": StepState.SUCCEEDED}


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """A graph without circles: each node needs some of those before it."""
    size = draw(st.integers(1, 12))
    return {
        f"s{n}": tuple(f"s{m}" for m in sorted(draw(st.sets(st.integers(0, n - 1), max_size=3)))) if n else ()
        for n in range(size)
    }


@given(graphs())
def test_a_level_is_above_every_level_it_needs_and_there_is_no_circle(
    needs: dict[str, tuple[str, ...]],
) -> None:
    levels = dag.levels(needs)
    assert all(levels[name] > levels[need] for name in needs for need in needs[name])
    assert dag.circle(needs) == ()


@given(graphs(), st.data())
def test_a_circle_is_found_and_told_step_by_step(
    needs: dict[str, tuple[str, ...]], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(sorted(needs)))
    below = data.draw(st.sampled_from(sorted({*dag.ancestors(needs, name), name})))
    around = dag.circle({**needs, below: (*needs[below], name)})
    assert around[0] == around[-1]
    assert all(after in {**needs, below: (*needs[below], name)}[one] for one, after in pairwise(around))


@given(graphs(), st.data(), st.sampled_from(["", "fail", "cancel", "rollback", "stop"]))
def test_every_run_of_every_graph_ends_and_nothing_begins_before_what_it_needs(
    needs: dict[str, tuple[str, ...]], data: st.DataObject, late: Ending
) -> None:
    nodes = {name: Node(id=name, name=name, kind="action", needs=wanted) for name, wanted in needs.items()}
    standings: dict[str, Standing] = {name: Standing(StepState.WAITING) for name in nodes}
    ending: Ending = ""
    for _ in range(3 * len(nodes) + 3):
        if is_finished(one.state for one in standings.values()):
            break
        for move in moves(nodes, standings, ending, lambda _node, _text: True):
            if move.event == "ready":
                assert all(standings[need].satisfies for need in needs[move.node])
                assert not ending
            standings[move.node] = Standing(_FOLLOW[move.event], move.why)
        for name, standing in list(standings.items()):
            if standing.state is StepState.READY:
                ends = [
                    Standing(StepState.SUCCEEDED),
                    Standing(StepState.SKIPPED, "failure"),
                    Standing(StepState.FAILED),
                ]
                standings[name] = data.draw(st.sampled_from(ends))
                if standings[name].state is StepState.FAILED:
                    ending = ending or late or "fail"
    assert is_finished(one.state for one in standings.values())


def _end(standings: Mapping[str, str], conditions: tuple[str, ...], ending: Ending = "") -> str | None:
    nodes = {name: Node(id=name, name=name, kind="action") for name in standings}
    nodes["x"] = Node(id="x", name="x", kind="action", needs=tuple(standings), conditions=conditions)
    known = {
        name: Standing(StepState(state.split("/")[0]), "condition" if "/" in state else "")
        for name, state in standings.items()
    }
    found = moves(
        nodes,
        {**known, "x": Standing(StepState.WAITING)},
        ending,
        lambda _node, text: {"yes": True, "no": False}.get(text),
    )
    return next((move.event for move in found if move.node == "x"), None)


@pytest.mark.parametrize(
    ("before", "conditions", "ending", "event"),
    [
        ({"a": "SUCCEEDED"}, (), "", "ready"),
        ({"a": "SUCCEEDED"}, ("yes",), "", "ready"),
        ({"a": "SUCCEEDED"}, ("no",), "", "skip"),
        ({"a": "SUCCEEDED"}, ("broken",), "", "fail"),
        ({"a": "SUCCEEDED", "b": "RUNNING"}, (), "", None),
        ({"a": "SUCCEEDED", "b": "UNKNOWN"}, (), "", None),
        ({"a": "SKIPPED"}, (), "", "ready"),
        ({"a": "SKIPPED/condition"}, (), "", "skip"),
        ({"a": "SKIPPED/condition", "b": "SUCCEEDED"}, (), "", "ready"),
        ({"a": "FAILED"}, (), "", "cancel"),
        ({"a": "FAILED"}, ("always",), "fail", "ready"),
        ({"a": "FAILED"}, ("failed",), "fail", "ready"),
        ({"a": "SUCCEEDED"}, ("failed",), "", "skip"),
        ({"a": "SUCCEEDED"}, ("always",), "cancel", "cancel"),
        ({"a": "RUNNING"}, (), "cancel", "cancel"),
    ],
)
def test_when_a_step_begins(
    before: dict[str, str], conditions: tuple[str, ...], ending: Ending, event: str | None
) -> None:
    assert _end(before, conditions, ending) == event


@given(st.sampled_from(ExecutionState), st.text(max_size=20))
def test_an_event_that_is_not_in_the_table_is_an_error(state: ExecutionState, event: str) -> None:
    if event not in EXECUTIONS[state]:
        with pytest.raises(Conflict):
            next_execution(state, event)


def test_what_has_ended_stays_ended_and_every_state_has_its_row() -> None:
    assert set(EXECUTIONS) == set(ExecutionState)
    assert set(STEPS) == set(StepState)
    assert [state for state in ExecutionState if not EXECUTIONS[state]] == [
        s for s in ExecutionState if s.is_final
    ]
    with pytest.raises(Conflict):
        next_step(StepState.SUCCEEDED, "claim")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${{ params.n }}", 3),
        ("${{ params.n }} of them", "3 of them"),
        ("${{ params.n > 2 }}", True),
        ("a ${{ params.t }} b ${{ params.l }}", 'a "}}" b [1,2]'),
        ("$${{ params.n }}", "${{ params.n }}"),
        ("${{ {'a': {'b': params.n}}.a.b }}", 3),
        ("", ""),
    ],
)
def test_a_text_that_is_one_expression_keeps_its_type(text: str, value: object) -> None:
    seen = {"params": {"n": 3, "t": '"}}"', "l": [1, 2]}}
    assert expressions.parse(text, frozenset(seen)).fill(seen) == value


def test_a_value_is_never_read_as_an_expression() -> None:
    filled = expressions.fill(["${{ params.x }}"], {"params": {"x": "${{ secrets.T }}"}})
    assert filled == ["${{ secrets.T }}"]


@pytest.mark.parametrize("text", ["${{ params.n ", "${{ }}", "${{ nope.x }}"])
def test_a_broken_expression_is_told_when_it_is_read(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        expressions.parse(text, frozenset({"params"}))


def test_a_missing_value_fails_and_never_becomes_nothing() -> None:
    with pytest.raises(Invalid):
        expressions.fill("${{ params.x }}", {"params": {}})


@given(st.integers(1, 40), st.sampled_from(["constant", "linear", "exponential"]), st.floats(0, 1))
def test_a_wait_never_exceeds_its_cap_and_never_shrinks(
    failures: int, growth: retry.Growth, chance: float
) -> None:
    now, later = (retry.delay(n, growth, 1.0, 30.0, chance) for n in (failures, failures + 1))
    assert 1.0 <= now <= later <= 30.0


def test_equal_plans_have_equal_digests_and_a_changed_letter_another() -> None:
    one, same, other = (
        plan.make(example("restart-service"), {"service": name}, NAMES).digest
        for name in ("checkout", "cart", "payments")
    )
    assert one == same != other


def test_a_plan_survives_the_database() -> None:
    made = plan.make(example("database-failover"), {"database": "user-db"}, NAMES)
    again = plan.Plan.model_validate(made.model_dump(mode="json"))
    assert again == made
    assert again.digest == made.digest
    assert {node.id: node.undo.nature for node in made.nodes if node.undo} == {
        "fence": "at_most_once",
        "promote": "at_most_once",
        "repoint[0]": "at_most_once",
        "repoint[1]": "at_most_once",
    }
    assert next(node for node in made.nodes if node.id == "approve").approval is not None
    assert made.timeout is None
    assert plan.make(example("restart-service"), {"service": "cart"}, NAMES).timeout == timedelta(minutes=30)
