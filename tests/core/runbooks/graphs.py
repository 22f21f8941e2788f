"""Random graphs of steps of every kind, and random fates for them: most things go well, so that runs go far."""

from datetime import timedelta
from random import Random
from typing import Any

from core.runbooks.definition import ApprovalStep, Undo
from core.runbooks.execution import Node
from tests.core.runbooks.house import NOON
from tests.core.runbooks.reference import Answer, Fates

LIMIT = timedelta(days=365)
EVERY = timedelta(seconds=10)
_ASK = ApprovalStep.model_validate({"ask": [{"role": "sre"}], "reason": "sure"})
_UNDO = Undo(action="do")
_AFTER = (None, None, None, "fail", "skip", "rollback")
_WHEN = ((), (), (), (), (), ("true",), ("false",), ("always",), ("failed",))
_KINDS = (
    "action",
    "action",
    "action",
    "action",
    "wait",
    "poll",
    "moment",
    "approval",
    "gate",
    "group",
    "call",
)
_COMES = {"poll": "result.ok", "moment": f"now >= timestamp('{(NOON + EVERY).isoformat()}')"}
# What puts a question to people waits for them, and its failure is for good: they did not answer.
_ACTIONS = ("do", "do", "do", "do", "do", "do", "ask")
_BRANCHES = 0.5
_OTHER = ("other",)


def graph(chance: Random, size: int) -> dict[str, Node]:
    """About `size` steps in the order of a file; each may need some of those before it."""
    nodes: dict[str, Node] = {}
    tops: list[str] = []
    while len(nodes) < size:
        name = f"s{len(tops)}"
        needs = tuple(sorted(set(chance.choices(tops[-8:], k=chance.randrange(4))))) if tops else ()
        branches = {
            need: chance.choice((("rejected",), ("expired",), ("rejected", "expired")))
            for need in needs
            if nodes[need].on_reject == _OTHER and chance.random() < _BRANCHES
        }
        for node in _step(chance, name, {"needs": needs, "instead_of": branches}):
            nodes[node.id] = node
        tops.append(name)
    return nodes


def fates(chance: Random, nodes: dict[str, Node]) -> Fates:
    """Most tries succeed; some fail for a while or for good, some undoing fails, people say yes, no or nothing."""
    often = (0,) * 9 + (1, 2, 3)
    calls = {one: chance.randrange(4) for one, node in nodes.items() if node.kind == "call"}
    fails = {one: chance.choice(often) for one, node in nodes.items() if node.kind in ("action", "call")}
    lasting = frozenset(one for one, times in fails.items() if times and chance.random() < 0.5)
    fails |= {f"undo:{one}": chance.choice(often) // 3 for one in fails if one not in calls}
    fails |= {
        f"undo:{one}/{n}": chance.choice(often) // 3 for one, many in calls.items() for n in range(many)
    }
    said: tuple[Answer, ...] = ("yes", "yes", "yes", "yes", "no", "late")
    waits = [one for one, node in nodes.items() if node.kind == "wait" and node.until]
    asks = {one for one, node in nodes.items() if node.action == "ask"}
    lasting |= {one for one in asks if fails.get(one)}
    may_be_lost = [one for one, node in nodes.items() if node.kind == "action" and one not in asks]
    return Fates(
        fails,
        lasting,
        {one: chance.choice(said) for one, node in nodes.items() if node.kind == "approval"},
        frozenset(one for one in waits if chance.random() < 0.2),
        {
            one: chance.choice(("done", "again", "skip", "fail"))
            for one in may_be_lost
            if chance.random() < 0.05
        },
        calls,
    )


def _step(chance: Random, name: str, told: dict[str, Any]) -> list[Node]:
    kind = chance.choice(_KINDS)
    if kind == "group":
        children = [_action(chance, f"{name}[{n}]", told) for n in range(chance.randrange(1, 5))]
        children = [child.model_copy(update={"parent": name}) for child in children]
        ids = tuple(child.id for child in children)
        width = chance.randrange(3)
        return [
            Node(
                id=name,
                name=name,
                kind="group",
                needs=ids,
                conditions=("always",),
                width=width,
                after_failure=chance.choice(_AFTER),
            ),
            *children,
        ]
    if kind == "action":
        return [_action(chance, name, told)]
    told = {"id": name, "name": name, "conditions": chance.choice(_WHEN), **told}
    if kind in ("approval", "gate"):
        way = _OTHER if kind == "gate" else chance.choice(("stop", "rollback"))
        told |= {"approval": _ASK, "on_reject": way, "on_expire": way}
        return [Node(kind="approval", **told)]
    if kind == "call":
        return [Node(kind="call", after_failure=chance.choice(_AFTER), **told)]
    if kind == "wait":
        return [Node(kind="wait", wait=timedelta(seconds=1), **told)]
    told |= {"action": "do" if kind == "poll" else "", "until": _COMES[kind], "every": EVERY, "limit": LIMIT}
    ways = {"on_timeout": chance.choice(("fail", "skip")), "after_failure": chance.choice(_AFTER)}
    return [Node(kind="wait", **ways, **told)]


def _action(chance: Random, name: str, told: dict[str, Any]) -> Node:
    action = chance.choice(_ACTIONS)
    return Node(
        id=name,
        name=name,
        kind="action",
        action=action,
        destructive=True,
        conditions=chance.choice(_WHEN),
        retries=chance.randrange(3) if action == "do" else 0,
        after_failure=chance.choice(_AFTER),
        undo=chance.choice((None, _UNDO)),
        **told,
    )
