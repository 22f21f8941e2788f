"""What the expressions of a runbook's file refer to, checked before anything can run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core import cel
from core.errors import Problem
from core.runbooks import expressions
from core.runbooks.dag import ancestors
from core.runbooks.definition import Param, Step, Task, Undo
from core.runbooks.execution import FOLLOW_UPS
from core.source import Source, suggestion

Path = tuple[str | int, ...]
_ALWAYS = frozenset({"params", "execution"})
SEEN = {
    "alert": frozenset({"labels", "alert"}),
    "cron": frozenset({"due"}),
    "webhook": frozenset({"body"}),
}
"""What the expressions of a trigger may use, by its kind."""
_OUTPUT_AT = 3  # steps.<id>.outputs.<name>


@dataclass(frozen=True)
class Parts:
    """The well-formed parts of a file. `ids` has every step's id by position, also those of malformed steps."""

    steps: tuple[tuple[Path, Step], ...]
    ids: tuple[str, ...]
    params: Mapping[str, Param | None]
    closing: tuple[tuple[Path, Task], ...]
    data: Mapping[str, Any]

    @property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """Each well-formed step's needs."""
        return {step.id: step.needs for _, step in self.steps}


@dataclass(frozen=True)
class _Spot:
    """An expression's text, where it is, and what it may use."""

    path: Path
    text: str
    names: frozenset[str]
    steps: frozenset[str] | None
    bare: bool = False


def check(source: Source, parts: Parts) -> tuple[list[Problem], set[str]]:
    """Every wrong expression, and the parameters that any expression uses."""
    found: list[Problem] = []
    used: set[str] = set()
    for spot in _spots(parts):
        found += _expression(source, spot, parts, used)
    return found, used


def _spots(parts: Parts) -> Iterator[_Spot]:
    everything = frozenset(one for one in parts.ids if one)
    for path, step in parts.steps:
        before = ancestors(parts.needs, step.id)
        bound = frozenset({step.for_each.as_}) if step.for_each else frozenset[str]()
        yield from _task_spots(path, step, before, bound)
        for index, child in enumerate(step.parallel):
            yield from _task_spots((*path, "parallel", index), child, before, frozenset())
        yield from _own_spots(path, step, before)
    for path, task in parts.closing:
        yield from _task_spots(path, task, everything, frozenset())
    for where, text in expressions.texts(parts.data.get("outputs"), ("outputs",)):
        yield _Spot(where, text, _ALWAYS | {"steps"}, everything)
    yield from _head_spots(parts)


def _head_spots(parts: Parts) -> Iterator[_Spot]:
    lock = parts.data.get("concurrency")
    if isinstance(lock, dict) and isinstance(lock.get("key"), str):
        yield _Spot(("concurrency", "key"), lock["key"], frozenset({"params"}), None)
    for index, trigger in enumerate(_listed(parts.data.get("triggers"))):
        yield from _trigger_spots(("triggers", index), trigger)


def _trigger_spots(path: Path, trigger: dict[str, Any]) -> Iterator[_Spot]:
    seen = SEEN["cron" if "cron" in trigger else "webhook" if "webhook" in trigger else "alert"]
    if isinstance(trigger.get("alert"), str):
        yield _Spot((*path, "alert"), trigger["alert"], seen, None, bare=True)
    hook = trigger.get("webhook")
    for key, text in hook.items() if isinstance(hook, dict) else ():
        if key in ("when", "key") and isinstance(text, str) and text:
            yield _Spot((*path, "webhook", key), text, seen, None, bare=key == "when")
    for where, text in expressions.texts(trigger.get("params")):
        yield _Spot((*path, "params", *where), text, seen, None)


def _own_spots(path: Path, step: Step, before: frozenset[str]) -> Iterator[_Spot]:
    if step.approval is not None:
        yield _Spot((*path, "approval", "reason"), step.approval.reason, _ALWAYS | {"steps"}, before)
    if step.wait is not None and step.wait.until:
        names = _ALWAYS | {"steps", "now"} | ({"result"} if step.wait.poll.action else set())
        yield _Spot((*path, "wait", "until"), step.wait.until, names, before, bare=True)
        for where, text in expressions.texts(step.wait.poll.with_, ("wait", "poll", "with")):
            yield _Spot((*path, *where), text, _ALWAYS | {"steps", "secrets"}, before)
    if step.runbook is not None:
        for where, text in expressions.texts(step.runbook.params, ("runbook", "params")):
            yield _Spot((*path, *where), text, frozenset({"params"}), None)
    if step.for_each is not None:
        for where, text in expressions.texts(step.for_each.items):
            yield _Spot((*path, "for_each", "items", *where), text, frozenset({"params"}), None)


def _task_spots(path: Path, task: Task, before: frozenset[str], bound: frozenset[str]) -> Iterator[_Spot]:
    names = _ALWAYS | {"steps"} | bound
    if task.when and task.when not in FOLLOW_UPS:
        yield _Spot((*path, "when"), task.when, names - bound, before, bare=True)
    for where, text in expressions.texts(task.with_, ("with",)):
        yield _Spot((*path, *where), text, names | {"secrets"}, before)
    for where, text in expressions.texts(task.outputs, ("outputs",)):
        yield _Spot((*path, *where), text, names | {"result"}, before)
    if isinstance(task.rollback, Undo):
        for where, text in expressions.texts(task.rollback.with_, ("rollback", "with")):
            yield _Spot((*path, *where), text, names | {"secrets"}, before | {task.id})


def _listed(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _expression(source: Source, spot: _Spot, parts: Parts, used: set[str]) -> Iterator[Problem]:
    if not spot.bare and "${{" not in spot.text:
        return
    try:
        if spot.bare:
            programs: tuple[cel.Program, ...] = (cel.compile(spot.text, spot.names),)
        else:
            programs = expressions.parse(spot.text, spot.names).programs
    except ValueError as error:
        said = str(error)
        yield source.problem(spot.path, f"{said[:1].upper()}{said[1:]}.")
        return
    for program in programs:
        for path in program.paths:
            if path[0] == "params" and len(path) > 1:
                used.add(path[1])
            yield from _reference(source, spot, path, parts)


def _reference(source: Source, spot: _Spot, path: tuple[str, ...], parts: Parts) -> Iterator[Problem]:
    if path == ("secrets",):
        yield source.problem(spot.path, "A secret is named directly.", "Write it as ${{ secrets.NAME }}.")
    if path[0] == "params" and len(path) > 1 and path[1] not in parts.params:
        what = f"There is no parameter `{path[1]}`."
        yield source.problem(spot.path, what, suggestion(path[1], parts.params))
    if path[0] != "steps" or len(path) == 1 or spot.steps is None:
        return
    step = next((step for _, step in parts.steps if step.id == path[1]), None)
    if path[1] not in parts.ids:
        known = {one for one in parts.ids if one}
        yield source.problem(spot.path, f"There is no step `{path[1]}`.", suggestion(path[1], known))
    elif path[1] not in spot.steps:
        what = f"`{path[1]}` may not have ended by then, so nothing of it can be used here."
        yield source.problem(spot.path, what, f"Add `{path[1]}` to `needs`.")
    elif (
        step is not None
        and len(path) > _OUTPUT_AT
        and path[2] == "outputs"
        and (outputs := _outputs(step)) is not None
        and path[_OUTPUT_AT] not in outputs
    ):
        what = f"`{step.id}` has no output `{path[_OUTPUT_AT]}`."
        yield source.problem(spot.path, what, suggestion(path[_OUTPUT_AT], outputs))


def _outputs(step: Step) -> set[str] | None:
    if step.runbook is not None:
        return None  # its own file says them: see `nesting`
    if step.parallel:
        return {child.id for child in step.parallel}
    return {"items"} if step.for_each is not None else set(step.outputs)
