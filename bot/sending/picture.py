"""A run's graph as SVG: valid XML whatever the names, colours by the page's style, states also by mark and word."""

from xml.etree import ElementTree as ET

from core.runbooks.graph import BOX_HEIGHT, BOX_WIDTH, Box, Edge, Graph
from core.runbooks.states import StepState
from core.text import one_line

_LOOKS: dict[StepState | None, tuple[str, str, str]] = {
    None: ("planned", "·", "planned"),
    StepState.WAITING: ("pending", "·", "not begun"),
    StepState.READY: ("pending", "·", "next"),
    StepState.RUNNING: ("running", "▶", "running"),
    StepState.WAITING_APPROVAL: ("asking", "?", "waits for people"),
    StepState.SUCCEEDED: ("done", "✓", "done"),
    StepState.FAILED: ("failed", "✗", "failed"),
    StepState.SKIPPED: ("skipped", "–", "skipped"),
    StepState.CANCELLED: ("skipped", "–", "called off"),
    StepState.ROLLED_BACK: ("undone", "↩", "taken back"),
    StepState.UNKNOWN: ("failed", "!", "nobody knows"),
}
_NAME_SHOWN = 25
_CUT = 12  # the corners of a step that asks people are cut off by so much


def svg(graph: Graph, title: str) -> str:
    """The drawing as one `<svg>`, to be put into a page: a title, a description of every step, lines, boxes."""
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "graph",
            "role": "img",
            "aria-labelledby": "graph-title graph-description",
            "viewBox": f"0 0 {graph.width:g} {graph.height:g}",
            "width": f"{graph.width:g}",
            "height": f"{graph.height:g}",
        },
    )
    ET.SubElement(root, "title", {"id": "graph-title"}).text = one_line(title, 200)
    ET.SubElement(root, "desc", {"id": "graph-description"}).text = described(graph)
    for edge in graph.edges:
        _draw_edge(root, edge)
    for box in graph.boxes:
        _draw_box(root, box)
    return ET.tostring(root, encoding="unicode")


def described(graph: Graph) -> str:
    """The drawing in words: each step, its state, and what it comes after."""
    after: dict[str, list[str]] = {}
    for edge in graph.edges:
        after.setdefault(edge.lower.id, []).append(one_line(edge.upper.name, 60))
    sentences = []
    for box in graph.boxes:
        behind = f", after {' and '.join(after[box.id])}" if box.id in after else ""
        risk = ", changes things" if box.destructive else ""
        sentences.append(f"{one_line(box.name, 60)}: {_LOOKS[box.state][2]}{risk}{behind}.")
    return " ".join(sentences)


def _draw_edge(root: ET.Element, edge: Edge) -> None:
    x1, y1 = edge.upper.x + BOX_WIDTH / 2, edge.upper.y + BOX_HEIGHT
    x2, y2 = edge.lower.x + BOX_WIDTH / 2, edge.lower.y
    half = (y2 - y1) / 2
    path = f"M{x1:g} {y1:g} C{x1:g} {y1 + half:g} {x2:g} {y2 - half:g} {x2:g} {y2:g}"
    ET.SubElement(root, "path", {"class": "graph-edge", "d": path, "fill": "none"})


def _draw_box(root: ET.Element, box: Box) -> None:
    look, mark, word = _LOOKS[box.state]
    group = ET.SubElement(
        root, "g", {"class": "graph-step", "data-look": look, "data-step": one_line(box.id)}
    )
    ET.SubElement(group, "title").text = f"{one_line(box.name)}: {word}"
    _draw_outline(group, box)
    _text(group, "graph-mark", box.x + 17, box.y + 28, mark)
    _text(group, "graph-name", box.x + 32, box.y + 19, one_line(box.name, _NAME_SHOWN))
    said = f"{word} · changes things" if box.destructive else word
    _text(group, "graph-word", box.x + 32, box.y + 36, said)


def _draw_outline(group: ET.Element, box: Box) -> None:
    left, top, right, bottom = box.x, box.y, box.x + BOX_WIDTH, box.y + BOX_HEIGHT
    if box.kind == "approval":
        corners = (
            (left + _CUT, top),
            (right - _CUT, top),
            (right, top + BOX_HEIGHT / 2),
            (right - _CUT, bottom),
            (left + _CUT, bottom),
            (left, top + BOX_HEIGHT / 2),
        )
        points = " ".join(f"{x:g},{y:g}" for x, y in corners)
        ET.SubElement(group, "polygon", {"class": "graph-box", "points": points})
        return
    size = {"x": f"{left:g}", "y": f"{top:g}", "width": f"{BOX_WIDTH}", "height": f"{BOX_HEIGHT}", "rx": "8"}
    ET.SubElement(group, "rect", {"class": "graph-box"} | size)


def _text(group: ET.Element, style: str, x: float, y: float, words: str) -> None:
    ET.SubElement(group, "text", {"class": style, "x": f"{x:g}", "y": f"{y:g}"}).text = words
