"""The drawing of a run: no two steps on one spot, every line goes down."""

from hypothesis import given
from hypothesis import strategies as st

from core.runbooks import graph
from core.runbooks.execution import Node
from core.runbooks.graph import BOX_HEIGHT, BOX_WIDTH, Box, lay_out
from core.runbooks.states import StepState


@st.composite
def dags(draw: st.DrawFn) -> list[Node]:
    """Up to 60 steps that need some of those before them, in any order, and what takes them back."""
    count = draw(st.integers(0, 60))
    nodes = []
    for index in range(count):
        needs = draw(st.lists(st.integers(0, index - 1), max_size=4, unique=True)) if index else []
        nodes.append(
            Node(id=f"s{index}", name=f"Step {index}", kind="action", needs=tuple(f"s{n}" for n in needs))
        )
    back = draw(st.integers(0, 5)) if count else 0
    nodes += [
        Node(
            id=f"undo:{n}",
            name="Undo",
            kind="action",
            phase="rollback",
            needs=(f"undo:{n - 1}",) if n else (),
        )
        for n in range(back)
    ]
    return draw(st.permutations(nodes))


def overlap(one: Box, other: Box) -> bool:
    return abs(one.x - other.x) < BOX_WIDTH and abs(one.y - other.y) < BOX_HEIGHT


@given(dags())
def test_no_two_steps_overlap_and_every_line_goes_down(nodes: list[Node]) -> None:
    drawn = lay_out(nodes, {})
    assert {node.id for node in nodes} == {box.id for box in drawn.boxes}
    assert sum(len(node.needs) for node in nodes) == len(drawn.edges)
    boxes = drawn.boxes
    assert not any(overlap(one, other) for i, one in enumerate(boxes) for other in boxes[i + 1 :])
    assert all(edge.upper.y + BOX_HEIGHT < edge.lower.y for edge in drawn.edges)
    for box in boxes:
        assert 0 <= box.x <= drawn.width - BOX_WIDTH
        assert 0 <= box.y <= drawn.height - BOX_HEIGHT


@given(dags())
def test_what_takes_back_stands_below_what_it_takes_back(nodes: list[Node]) -> None:
    drawn = lay_out(nodes, {})
    back = [box.y for box in drawn.boxes if box.id.startswith("undo:")]
    forward = [box.y for box in drawn.boxes if not box.id.startswith("undo:")]
    assert not back or min(back) > max(forward)


def test_a_drawing_is_at_most_three_steps_wide_and_says_each_state() -> None:
    nodes = [Node(id=f"n{i}", name=f"n{i}", kind="action") for i in range(7)]
    drawn = lay_out(nodes, {"n1": StepState.RUNNING})
    assert [3, 3, 1] == [sum(box.y == y for box in drawn.boxes) for y in sorted({b.y for b in drawn.boxes})]
    assert [None, StepState.RUNNING] == [box.state for box in drawn.boxes[:2]]
    assert graph.ACROSS * BOX_WIDTH < drawn.width
