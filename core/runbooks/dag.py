"""The graph of a runbook's steps: children made into nodes, levels for display, circles found."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from core.runbooks.definition import ForEach, Runbook, Step, Task, Wait
from core.runbooks.execution import Node, NodeKind

MAX_NODES = 500
Items = Callable[[str, ForEach], list[Any]]


def flatten(runbook: Runbook, items: Items) -> tuple[Node, ...]:
    """The nodes of the runbook's steps in the order of the file, children after their parent.

    Args:
        runbook: the definition.
        items: the items of a step's `for_each`, already worked out.
    """
    nodes: list[Node] = []
    forks = [step for step in runbook.steps if tuple in (type(step.on_reject), type(step.on_expire))]
    for step in runbook.steps:
        children = tuple(_children(step, items))
        nodes.append(_step_node(step, tuple(child.id for child in children)))
        nodes.extend(children)
        if gates := instead_of(forks, step.id):
            here = range(len(nodes) - len(children), len(nodes)) if children else (len(nodes) - 1,)
            for place in here:
                nodes[place] = nodes[place].model_copy(update={"instead_of": gates})
    return tuple(nodes)


def instead_of(steps: Iterable[Step], name: str) -> dict[str, tuple[str, ...]]:
    """The approvals whose no (`rejected`) or silence (`expired`) the step `name` is for."""
    found: dict[str, tuple[str, ...]] = {}
    for step in steps:
        ways = (("rejected", step.on_reject), ("expired", step.on_expire))
        whys = tuple(why for why, way in ways if isinstance(way, tuple) and name in way)
        if whys:
            found[step.id] = whys
    return found


def circle(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """One circle in the graph, its first member repeated at the end; empty if there is none."""
    done: set[str] = set()
    for start in needs:
        path: list[str] = []
        found = _walk(start, needs, path, done)
        if found:
            return found
    return ()


def levels(needs: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """How many steps at least stand before each: for display only, it is no barrier. The graph has no circle."""
    known: dict[str, int] = {}

    def level(name: str) -> int:
        if name not in known:
            known[name] = max((level(need) + 1 for need in needs[name]), default=0)
        return known[name]

    for name in needs:
        level(name)
    return known


def ancestors(needs: Mapping[str, Iterable[str]], name: str) -> frozenset[str]:
    """Everything that has ended before `name` can begin."""
    found: set[str] = set()
    waiting = list(needs.get(name, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting.extend(needs.get(one, ()))
    return frozenset(found)


def needs_of(nodes: Iterable[Node]) -> dict[str, tuple[str, ...]]:
    """Each node's needs, by id."""
    return {node.id: node.needs for node in nodes}


def _walk(name: str, needs: Mapping[str, Iterable[str]], path: list[str], done: set[str]) -> tuple[str, ...]:
    if name in path:
        return (*path[path.index(name) :], name)
    if name in done or name not in needs:
        return ()
    path.append(name)
    for need in needs[name]:
        found = _walk(need, needs, path, done)
        if found:
            return found
    path.pop()
    done.add(name)
    return ()


def _children(step: Step, items: Items) -> Iterable[Node]:
    conditions = (step.when,) if step.when else ()
    if step.for_each is not None:
        for index, item in enumerate(items(step.id, step.for_each)):
            node = task_node(step, f"{step.id}[{index}]")
            yield node.model_copy(
                update={
                    "parent": step.id,
                    "needs": step.needs,
                    "name": f"{step.name or step.id} {item}",
                    "variables": {step.for_each.as_: item},
                    "after_failure": None,
                }
            )
    for task in step.parallel:
        node = task_node(task, f"{step.id}.{task.id}")
        both = tuple(dict.fromkeys((*conditions, *node.conditions)))
        yield node.model_copy(update={"parent": step.id, "needs": step.needs, "conditions": both})


def _step_node(step: Step, children: tuple[str, ...]) -> Node:
    if step.parallel or step.for_each is not None:
        width = step.for_each.parallel if step.for_each is not None else 0
        return Node(
            id=step.id,
            name=step.name or step.id,
            kind="group",
            needs=children or step.needs,
            conditions=("always",),
            width=width,
            after_failure=step.after_failure,
        )
    node = _wait_node(step, step.wait) if step.wait else task_node(step, step.id)
    kind: NodeKind = (
        "approval" if step.approval else "wait" if step.wait else "call" if step.runbook else "action"
    )
    return node.model_copy(
        update={
            "kind": kind,
            "needs": step.needs,
            "approval": step.approval,
            "on_reject": step.on_reject,
            "on_expire": step.on_expire,
            **({"arguments": step.runbook.params} if step.runbook else {}),
        }
    )


def _wait_node(step: Step, wait: Wait) -> Node:
    return task_node(step, step.id).model_copy(
        update={
            "wait": wait.for_,
            "until": wait.until,
            "every": wait.poll.every,
            "limit": wait.limit,
            "on_timeout": wait.on_timeout,
            "action": wait.poll.action or "",
            "arguments": wait.poll.with_,
            "nature": "idempotent",
            "timeout": wait.poll.timeout,
        }
    )


def task_node(task: Task, node_id: str) -> Node:
    """The node of one task, without its surroundings."""
    return Node(
        id=node_id,
        name=task.name or task.id,
        kind="action",
        conditions=(task.when,) if task.when else (),
        action=task.action or "",
        arguments=task.with_,
        nature=task.nature or "at_most_once",
        destructive=bool(task.action) if task.destructive is None else task.destructive,
        timeout=task.timeout,
        retries=task.tries_more,
        backoff=task.backoff,
        after_failure=task.after_failure,
        undo=None if isinstance(task.rollback, str) else task.rollback,
        cannot_undo=task.rollback_reason if task.rollback == "none" else "",
        outputs=task.outputs,
    )
