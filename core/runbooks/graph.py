"""Where each step stands in a drawing of a run: rows from the top down, no two steps on one spot. Pure.

Layered drawing after Sugiyama, Tagawa and Toda (1981): levels by the longest path, and within a level each step
near the middle of what it needs. A level that is wider than the drawing goes on in further rows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.runbooks import dag
from core.runbooks.execution import Node, NodeKind
from core.runbooks.states import StepState

BOX_WIDTH, BOX_HEIGHT = 190, 46
GAP_ACROSS, GAP_DOWN = 22, 40
MARGIN = 12
ACROSS = 3


@dataclass(frozen=True)
class Box:
    """One step; `x` and `y` are its upper left corner, in units of the drawing. `state` None: only planned."""

    id: str
    name: str
    kind: NodeKind
    destructive: bool
    state: StepState | None
    x: float
    y: float


@dataclass(frozen=True)
class Edge:
    """`upper` has to end before `lower` can begin."""

    upper: Box
    lower: Box


@dataclass(frozen=True)
class Graph:
    """The whole drawing, `width` by `height` units."""

    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    width: float
    height: float


def lay_out(nodes: Iterable[Node], states: Mapping[str, StepState]) -> Graph:
    """The drawing of these steps; what takes a run back stands below everything that it takes back."""
    known = {node.id: node for node in nodes}
    needs = {name: tuple(n for n in node.needs if n in known) for name, node in known.items()}
    rows = _rows(known, needs)
    across = max((len(row) for row in rows), default=1)
    width = 2 * MARGIN + across * BOX_WIDTH + (across - 1) * GAP_ACROSS
    boxes = {
        box.id: box for place, row in enumerate(rows) for box in _placed(row, place, width, known, states)
    }
    edges = (Edge(boxes[need], boxes[name]) for name in boxes for need in needs[name])
    height = 2 * MARGIN + len(rows) * (BOX_HEIGHT + GAP_DOWN) - GAP_DOWN if rows else 2 * MARGIN
    return Graph(tuple(boxes.values()), tuple(edges), width, height)


def _rows(known: Mapping[str, Node], needs: Mapping[str, tuple[str, ...]]) -> list[list[str]]:
    levels = dag.levels(needs)
    first = 1 + max((levels[name] for name, node in known.items() if node.phase == "forward"), default=-1)
    by_level: dict[int, list[str]] = {}
    for name, node in known.items():
        level = levels[name] + (first if node.phase == "rollback" else 0)
        by_level.setdefault(level, []).append(name)
    middle: dict[str, float] = {}
    rows: list[list[str]] = []
    for level in sorted(by_level):
        ordered = sorted(by_level[level], key=lambda name: _wish(needs[name], middle))
        middle |= {
            name: (place % ACROSS) - (_in_row(ordered, place) - 1) / 2 for place, name in enumerate(ordered)
        }
        rows += [ordered[start : start + ACROSS] for start in range(0, len(ordered), ACROSS)]
    return rows


def _wish(needs: tuple[str, ...], middle: Mapping[str, float]) -> float:
    """How far right of the middle a step would like to stand: where what it needs stands on average."""
    return sum(middle[need] for need in needs) / len(needs) if needs else 0.0


def _in_row(ordered: list[str], place: int) -> int:
    return min(ACROSS, len(ordered) - place // ACROSS * ACROSS)


def _placed(
    row: list[str], place: int, width: float, known: Mapping[str, Node], states: Mapping[str, StepState]
) -> Iterable[Box]:
    used = len(row) * BOX_WIDTH + (len(row) - 1) * GAP_ACROSS
    left = (width - used) / 2
    for index, name in enumerate(row):
        node = known[name]
        yield Box(
            id=name,
            name=node.name,
            kind=node.kind,
            destructive=node.destructive,
            state=states.get(name),
            x=left + index * (BOX_WIDTH + GAP_ACROSS),
            y=MARGIN + place * (BOX_HEIGHT + GAP_DOWN),
        )
