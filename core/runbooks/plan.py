"""The plan: what exactly a run would do, resolved before it begins, and the digest that approval is bound to."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict
from typing_extensions import override

from core.digest import digest
from core.errors import Invalid
from core.runbooks import dag, expressions
from core.runbooks.definition import Concurrency, Duration, ForEach, Nested, Permit, Runbook
from core.runbooks.execution import Node
from core.runbooks.params import Names, settle

MAX_ITEMS = 100


class Plan(BaseModel):
    """Everything a run needs, frozen: a file that changes later never touches it.

    A plan that follows another run names it as its `origin`; `carried` are the steps that stand as they stood there.
    One that was drafted and is in no file names its `draft`; people with one of the roles `deciders` are always asked.
    """

    model_config = ConfigDict(frozen=True)

    runbook: str
    version: str
    description: str = ""
    owners: tuple[str, ...] = ()
    params: dict[str, Any]
    environment: str = ""
    service: str = ""
    nodes: tuple[Node, ...]
    closing: tuple[Node, ...] = ()
    concurrency: Concurrency | None = None
    timeout: Duration | None = None
    run: Permit = Permit()
    outputs: dict[str, Any] = {}
    origin: str = ""
    purpose: Literal["", "retry", "rollback"] = ""
    carried: tuple[str, ...] = ()
    draft: str = ""
    deciders: tuple[str, ...] = ()

    @property
    def children(self) -> tuple["Plan", ...]:
        """The plans of the runbooks that its steps run."""
        return tuple(Plan.model_validate(node.child) for node in self.nodes if node.child is not None)

    @property
    def size(self) -> int:
        """How many steps it has, those of the runbooks that it runs included."""
        return len(self.nodes) + sum(child.size for child in self.children)

    @cached_property
    def digest(self) -> str:
        """The digest of everything that will be done."""
        # What follows nothing has the digest that it always had, so that runs which wait for people stay good.
        unused = set() if self.origin else {"origin", "purpose", "carried"}
        unused |= set() if self.draft else {"draft", "deciders"}
        return digest(self.model_dump(mode="json", exclude=unused))

    @property
    def is_destructive(self) -> bool:
        """Whether any step changes something that matters."""
        return any(node.destructive for node in self.to_do)

    @property
    def to_do(self) -> tuple[Node, ...]:
        """What will be done: everything that is not carried over."""
        return tuple(node for node in self.nodes if node.id not in self.carried)

    @property
    def title(self) -> str:
        """What a run would do, in one line: `restart-service of checkout in production`."""
        what = {"": "", "retry": f"retry of {self.origin}: ", "rollback": f"rollback of {self.origin}: "}
        of = f" of {self.service}" if self.service else ""
        where = f" in {self.environment}" if self.environment else ""
        drafted = f"{self.draft}, drafted: " if self.draft else ""
        return f"{drafted}{what[self.purpose]}{self.runbook}{of}{where}"

    @override
    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, which has a digest of its own."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("digest", None)
        return copied

    def lock(self) -> str:
        """The key that limits how many of these run at once; empty: no limit."""
        if self.concurrency is None:
            return ""
        return f"{self.runbook}:{expressions.fill(self.concurrency.key, {'params': self.params})}"[:200]

    def subject(self) -> dict[str, Any]:
        """What policies judge and people approve."""
        follows: dict[str, Any] = {"purpose": self.purpose, "origin": self.origin} if self.origin else {}
        follows |= {"draft": self.draft, "deciders": list(self.deciders)} if self.draft else {}
        return follows | {
            "runbook": self.runbook,
            "version": self.version,
            "environment": self.environment,
            "service": self.service,
            "params": self.params,
            "destructive": self.is_destructive,
            "steps": [shown(node, self.params) for node in self.to_do if node.kind != "group"],
            "plan": self.digest,
        }


def make(runbook: Runbook, given: Mapping[str, Any], names: Names) -> Plan:
    """The plan of a run with these parameters.

    Raises:
        Invalid: if a parameter is wrong or missing, or a list to walk over is none.
    """
    params = settle(runbook, given, names)
    nodes = dag.flatten(runbook, lambda step, walk: _items(step, walk, params))
    called = {step.id: step.runbook for step in runbook.steps if step.runbook is not None}
    nodes = tuple(
        _calling(node, called[node.id], params, names) if node.kind == "call" else node for node in nodes
    )
    plan = Plan(
        runbook=runbook.name,
        version=runbook.version,
        description=runbook.description,
        owners=runbook.owners,
        params=params,
        environment=_first(runbook, params, "environment"),
        service=_first(runbook, params, "service"),
        nodes=nodes,
        closing=tuple(dag.task_node(task, task.id) for task in runbook.rollback_steps),
        concurrency=runbook.concurrency,
        timeout=runbook.timeout,
        run=runbook.run,
        outputs=runbook.outputs,
    )
    if plan.size > dag.MAX_NODES:
        raise Invalid(f"{runbook.name} would have {plan.size} steps; {dag.MAX_NODES} is the most.")
    plan.lock()
    return plan


def shown(node: Node, params: Mapping[str, Any]) -> dict[str, Any]:
    """One step for people's eyes: what is known is filled in, what is not stays as it is written."""
    values = {"params": dict(params), **node.variables}
    said: dict[str, Any] = {
        "id": node.id,
        "name": node.name,
        "kind": node.kind,
        "destructive": node.destructive,
    }
    if node.until:
        said |= {"until": node.until, "every": node.every.total_seconds()}
    if node.child is not None:
        said |= _child_shown(Plan.model_validate(node.child))
    elif node.action:
        said |= {"action": node.action, "with": _look(node.arguments, values)}
    if node.approval is not None:
        said["reason"] = _look(node.approval.reason, values)
    return said


def _look(value: Any, values: Mapping[str, Any]) -> Any:
    match value:
        case str() if "${{" in value:
            names = frozenset({"steps", "execution", "secrets", *values})
            return expressions.parse(value, names).preview(values)
        case dict():
            return {key: _look(item, values) for key, item in value.items()}
        case list() | tuple():
            return [_look(item, values) for item in value]
    return value


def _child_shown(child: Plan) -> dict[str, Any]:
    steps = [shown(one, child.params) for one in child.nodes if one.kind != "group"]
    return {"runbook": child.runbook, "with": child.params, "plan": child.digest, "steps": steps}


def _calling(node: Node, nested: Nested, params: Mapping[str, Any], names: Names) -> Node:
    """The node with the plan of the runbook that it runs, so that people approve all of it."""
    book = names.runbooks.get(nested.name)
    if book is None:
        raise Invalid(f"Step {node.id} runs “{nested.name}”, and there is no such runbook.")
    child = make(book, expressions.fill(nested.params, {"params": dict(params)}), names)
    told = {"arguments": child.params, "child": child.model_dump(mode="json")}
    return node.model_copy(update=told | {"destructive": child.is_destructive})


def _items(step: str, walk: ForEach, params: Mapping[str, Any]) -> list[Any]:
    items = expressions.fill(walk.items, {"params": dict(params)})
    if not isinstance(items, list) or not 0 < len(items) <= MAX_ITEMS:
        raise Invalid(f"Step {step} walks over a list of 1 to {MAX_ITEMS} items, and this is none.")
    return items


def _first(runbook: Runbook, params: Mapping[str, Any], kind: str) -> str:
    return next((str(params[n]) for n, p in runbook.params.items() if p.type == kind and params[n]), "")
