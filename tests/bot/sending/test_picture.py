"""A run's graph as SVG: always valid XML, foreign names escaped, states told in words too."""

from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from bot.sending.picture import svg
from core.runbooks.execution import Node
from core.runbooks.graph import lay_out
from core.runbooks.states import StepState
from tests.cards import LONG

SVG = "{http://www.w3.org/2000/svg}"
NODES = [
    Node(id="drain", name="Drain <b>writers</b> & wait", kind="action", destructive=True),
    Node(id="ask", name="Promote?", kind="approval", needs=("drain",)),
    Node(id="promote", name="Promote", kind="action", needs=("ask",)),
]
STATES = {
    "drain": StepState.SUCCEEDED,
    "ask": StepState.WAITING_APPROVAL,
    "promote": StepState.WAITING,
}


def read(drawn: str) -> ET.Element:
    """The drawing, read by a strict parser."""
    return ET.fromstring(drawn)  # noqa: S314 - it reads what we wrote


@given(LONG, st.sampled_from(StepState), LONG)
def test_whatever_a_step_is_called_the_drawing_is_valid(name: str, state: StepState, title: str) -> None:
    nodes = [Node(id=name, name=name, kind="action"), Node(id="b", name=name, kind="approval")]
    root = read(svg(lay_out(nodes, {name: state}), title))
    assert f"{SVG}svg" == root.tag


def test_a_reader_that_sees_nothing_is_told_every_step_its_state_and_its_place() -> None:
    root = read(svg(lay_out(NODES, STATES), "Steps of RUN-1"))
    assert "img" == root.get("role")
    assert "graph-title graph-description" == root.get("aria-labelledby")
    assert "Steps of RUN-1" == root.findtext(f"{SVG}title")
    assert (
        "Drain <b>writers</b> & wait: done, changes things. "
        "Promote?: waits for people, after Drain <b>writers</b> & wait. "
        "Promote: not begun, after Promote?."
    ) == root.findtext(f"{SVG}desc")


def test_states_are_told_by_mark_and_word_and_the_asking_step_by_its_shape() -> None:
    drawn = svg(lay_out(NODES, STATES), "Steps")
    assert "<b>" not in drawn
    root = read(drawn)
    steps = root.findall(f"{SVG}g")
    said = [(g.get("data-look"), [text.text for text in g.findall(f"{SVG}text")]) for g in steps]
    assert [
        ("done", ["✓", "Drain <b>writers</b> & w…", "done · changes things"]),
        ("asking", ["?", "Promote?", "waits for people"]),
        ("pending", ["·", "Promote", "not begun"]),
    ] == said
    assert [0, 1, 0] == [len(step.findall(f"{SVG}polygon")) for step in steps]
