"""What may begin now, what is passed over, what is called off, and whether all is done: pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from core.runbooks.dag import ancestors, needs_of
from core.runbooks.execution import FOLLOW_UPS, Ending, Node, Why
from core.runbooks.states import StepState

Event = Literal["ready", "skip", "cancel", "succeed", "fail"]
Holds = Callable[[Node, str], bool | None]


@dataclass(frozen=True)
class Standing:
    """Where a node is, and why it was skipped if it was."""

    state: StepState
    why: Why = ""

    @property
    def satisfies(self) -> bool:
        """What depends on it may begin: it succeeded, or its failure was to be passed over."""
        is_closed = self.why == "condition" or self.is_refused
        return self.state is StepState.SUCCEEDED or (self.state is StepState.SKIPPED and not is_closed)

    @property
    def is_refused(self) -> bool:
        """People did not say yes, to this or to what it depends on."""
        return self.why in ("rejected", "expired", "refused")


@cache
def standing(state: StepState, why: Why) -> Standing:
    """The standing of this state; there are few, and each is made once."""
    return Standing(state, why)


@dataclass(frozen=True)
class Move:
    """One thing that follows from how things stand."""

    node: str
    event: Event
    why: Why = ""


def moves(
    nodes: Mapping[str, Node],
    standings: Mapping[str, Standing],
    ending: Ending,
    holds: Holds,
) -> list[Move]:
    """Everything that follows at once; call again with the new standings until nothing follows.

    Args:
        nodes: the nodes of the present phase, by id.
        standings: where each is.
        ending: how the run is to end, if that is decided: then only follow-ups still begin.
        holds: whether a node's CEL condition holds, None if it cannot be judged, which fails the node; asked
            only when everything it depends on has ended.
    """
    room = _room(nodes, standings)
    found: list[Move] = []
    for node in nodes.values():
        if standings[node.id].state is not StepState.WAITING:
            continue
        move = _move(node, nodes, standings, ending, holds)
        if move is None:
            continue
        if move.event == "ready" and node.parent is not None and node.parent in room:
            if room[node.parent] <= 0:
                continue
            room[node.parent] -= 1
        found.append(move)
    return found


def is_finished(states: Iterable[StepState]) -> bool:
    """Nothing is under way and nothing will begin."""
    return all(state.is_settled for state in states)


def _room(nodes: Mapping[str, Node], standings: Mapping[str, Standing]) -> dict[str, int]:
    room = {node.id: node.width for node in nodes.values() if node.width and node.kind == "group"}
    for node in nodes.values() if room else ():
        if node.parent in room and standings[node.id].state in (
            StepState.READY,
            StepState.RUNNING,
            StepState.UNKNOWN,
        ):
            room[node.parent] -= 1
    return room


def _move(
    node: Node,
    nodes: Mapping[str, Node],
    standings: Mapping[str, Standing],
    ending: Ending,
    holds: Holds,
) -> Move | None:
    settled = is_finished(standings[need].state for need in node.needs)
    if node.kind == "group":
        return _group(node, nodes, standings) if settled else None
    if ending and not (node.is_follow_up and ending in ("fail", "rollback")):
        return Move(node.id, "cancel")
    if settled and node.is_follow_up:
        return _follow_up(node, nodes, standings, holds)
    return _ordinary(node, standings, holds) if settled else None


def _ordinary(node: Node, standings: Mapping[str, Standing], holds: Holds) -> Move:
    before = [standings[need] for need in node.needs if need not in node.instead_of]
    if any(standing.is_refused for standing in before):
        return Move(node.id, "skip", "refused")
    if any(standings[gate].why not in whys for gate, whys in node.instead_of.items()):
        return Move(node.id, "skip", "condition")
    if any(standing.state in (StepState.FAILED, StepState.CANCELLED) for standing in before):
        return Move(node.id, "cancel")
    if before and not any(standing.satisfies for standing in before):
        return Move(node.id, "skip", "condition")
    return _conditional(node, holds)


def _group(node: Node, nodes: Mapping[str, Node], standings: Mapping[str, Standing]) -> Move:
    children = [standings[need] for need in node.needs if nodes[need].parent == node.id]
    if any(child.state is StepState.FAILED for child in children):
        skip = node.after_failure == "skip"
        return Move(node.id, "skip", "failure") if skip else Move(node.id, "fail")
    if any(child.state is StepState.CANCELLED for child in children):
        return Move(node.id, "cancel")
    if children and all(child.state is StepState.SKIPPED and not child.satisfies for child in children):
        return Move(node.id, "skip", "refused" if children[0].is_refused else "condition")
    return Move(node.id, "succeed")


def _follow_up(
    node: Node,
    nodes: Mapping[str, Node],
    standings: Mapping[str, Standing],
    holds: Holds,
) -> Move:
    before = ancestors(needs_of(nodes.values()), node.id)
    failed = any(standings[one].state is StepState.FAILED for one in before)
    if "failed" in node.conditions and not failed:
        return Move(node.id, "skip", "condition")
    return _conditional(node, holds)


def _conditional(node: Node, holds: Holds) -> Move:
    asked = [holds(node, condition) for condition in node.conditions if condition not in FOLLOW_UPS]
    if None in asked:
        return Move(node.id, "fail")
    return Move(node.id, "ready") if all(asked) else Move(node.id, "skip", "condition")
