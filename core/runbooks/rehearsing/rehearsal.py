"""Which steps of a plan can say what they would do, and what they are told for it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.runbooks.action import Specs
from core.runbooks.execution import Node
from core.runbooks.plan import Plan

MOST = 20  # steps of one plan
TEXT = 3_000  # characters of what one step says


@dataclass(frozen=True)
class Part:
    """A step that can be tried: under which id it is shown, and what its expressions can see."""

    id: str
    node: Node
    values: dict[str, Any]


def parts_of(plan: Plan, specs: Specs) -> list[Part]:
    """The first twenty steps that can say what they would do, those of runbooks that others run included."""
    return list(_parts(plan, specs, ""))[:MOST]


def _parts(plan: Plan, specs: Specs, within: str) -> Iterator[Part]:
    for node in plan.to_do:
        spec = specs.get(node.action)
        if node.child is not None:
            yield from _parts(Plan.model_validate(node.child), specs, f"{within}{node.id}/")
        elif spec is not None and spec.rehearses(node.arguments):
            yield Part(f"{within}{node.id}", node, {"params": plan.params, **node.variables})
