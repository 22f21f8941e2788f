"""What a runbook's file may not say although every key of it is well-formed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from core.errors import Invalid, Problem
from core.runbooks import expressions, reach, references, waits
from core.runbooks.action import ActionSpec, Specs
from core.runbooks.dag import ancestors, circle
from core.runbooks.definition import Step, Task, Undo
from core.runbooks.params import Names, value_of
from core.runbooks.references import Parts, Path
from core.source import Source, suggestion

# Policies judge these, so a runbook may have them although no expression reads them.
_JUDGED = ("service", "environment")


def check(source: Source, parts: Parts, specs: Specs) -> list[Problem]:
    """Every mistake that needs more than one key to be seen."""
    found: list[Problem] = []
    found += _ids(source, parts)
    found += _needs(source, parts)
    found += _params(source, parts)
    for path, step in parts.steps:
        found += _shape(source, path, step)
        found += waits.check(source, path, step, specs)
        found += _instead(source, path, step, parts)
        found += _undoable(source, path, step, parts, specs)
    for path, task in _tasks(parts):
        found += _action(source, path, task.action, task.with_, specs)
        if isinstance(task, Step) and task.wait is not None:
            poll = task.wait.poll
            found += _action(source, (*path, "wait", "poll"), poll.action, poll.with_, specs)
        if isinstance(task.rollback, Undo):
            found += _action(source, (*path, "rollback"), task.rollback.action, task.rollback.with_, specs)
        if task.rollback == "none" and not task.rollback_reason:
            mend = "Add `rollback_reason: …`."
            found.append(source.problem((*path, "rollback"), "`rollback: none` needs a reason.", mend))
    found += reach.check(source, parts)
    wrong, used = references.check(source, parts)
    found += wrong
    for name, param in parts.params.items():
        if param is not None and name not in used and param.type not in _JUDGED:
            what = f"The parameter `{name}` is used nowhere."
            mend = f"Use it as ${{{{ params.{name} }}}}, or take it out."
            found.append(source.problem(("params", name), what, mend))
    return found


def _ids(source: Source, parts: Parts) -> Iterator[Problem]:
    seen: dict[str, Path] = {}
    places: list[tuple[Path, str]] = [(("steps", index), one) for index, one in enumerate(parts.ids) if one]
    for path, step in parts.steps:
        children = [child.id for child in step.parallel]
        for index, child in enumerate(children):
            if child in children[:index]:
                where = (*path, "parallel", index, "id")
                yield source.problem(
                    where, f"Two children of `{step.id}` are called `{child}`.", "Rename one."
                )
    for path, one in places:
        if one in seen:
            what = f"Two steps are called `{one}`; the first is in line {source.at(seen[one])[0]}."
            yield source.problem((*path, "id"), what, "Give one of them another id.")
        seen.setdefault(one, path)


def _needs(source: Source, parts: Parts) -> Iterator[Problem]:
    known = {one for one in parts.ids if one}
    for path, step in parts.steps:
        for index, need in enumerate(step.needs):
            if need not in known:
                what = f"`{step.id}` needs `{need}`, and there is no such step."
                yield source.problem((*path, "needs", index), what, suggestion(need, known - {step.id}))
    around = circle(parts.needs)
    if around:
        path = next(path for path, step in parts.steps if step.id == around[0])
        what = f"These steps wait for each other: {' → '.join(around)}."
        yield source.problem((*path, "needs"), what, "Take one of these needs out.")


def _params(source: Source, parts: Parts) -> Iterator[Problem]:
    for name, param in parts.params.items():
        if param is None:
            continue
        path: Path = ("params", name)
        if param.type == "choice" and not param.choices:
            yield source.problem(path, f"`{name}` is a choice of nothing.", "Add `choices: [a, b]`.")
        if param.min is not None and param.max is not None and param.min > param.max:
            yield source.problem((*path, "min"), f"`min` of `{name}` is above its `max`.", "Swap them.")
        try:
            re.compile(param.pattern)
            if param.default is not None and param.type not in _JUDGED:
                value_of(param, name, param.default, Names({}, {}))
        except Invalid as error:
            yield source.problem((*path, "default"), f"The default does not fit: {error.what}", error.mend)
        except re.error as error:
            yield source.problem((*path, "pattern"), f"This is no regular expression: {error}.")


def _shape(source: Source, path: Path, step: Step) -> Iterator[Problem]:
    says = [key for key in ("action", "parallel", "approval", "wait", "runbook") if getattr(step, key)]
    if len(says) != 1:
        listed = " and ".join(f"`{key}`" for key in says) or "nothing"
        mend = "It says exactly one of `action`, `parallel`, `approval`, `wait` and `runbook`."
        yield source.problem(path, f"Step `{step.id}` says {listed} to do.", mend)
    for key in ("timeout", "retries", "outputs", "nature"):
        if step.runbook is not None and key in step.model_fields_set:
            what = f"A step that runs a runbook has no `{key}` of its own: that runbook's file says it."
            yield source.problem((*path, key), what, "Take it out.")
    if step.for_each is not None and step.action is None:
        yield source.problem((*path, "for_each"), "`for_each` repeats an `action`, and there is none.")
    if step.for_each is not None and isinstance(step.for_each.items, tuple) and not step.for_each.items:
        yield source.problem((*path, "for_each", "items"), "This list is empty, so nothing would be done.")
    if step.rollback is not None and step.action is None:
        yield source.problem(
            (*path, "rollback"), "Only an `action` can be taken back.", "Move it to the action."
        )


def _instead(source: Source, path: Path, step: Step, parts: Parts) -> Iterator[Problem]:
    for key in ("on_reject", "on_expire"):
        way = getattr(step, key)
        if way != "stop" and step.approval is None:
            yield source.problem((*path, key), f"`{key}` is for an `approval`, and there is none.")
        for index, one in enumerate(way if isinstance(way, tuple) else ()):
            where: Path = (*path, key, index)
            if one not in parts.ids:
                yield source.problem(where, f"There is no step `{one}`.", suggestion(one, parts.ids))
            elif step.id not in parts.needs.get(one, (step.id,)):
                what = f"`{one}` does not wait for `{step.id}`, so it cannot stand for its answer."
                yield source.problem(where, what, f"Add `{step.id}` to the `needs` of `{one}`.")


def _undoable(source: Source, path: Path, step: Step, parts: Parts, specs: Specs) -> Iterator[Problem]:
    key = rolls_back(step)
    if not key:
        return
    after = {one for one in parts.needs if step.id in ancestors(parts.needs, one)}
    for where, task in _tasks(parts, closing=False):
        top = parts.ids[int(where[1])]
        spec = specs.get(task.action or "")
        if top == step.id or top in after or task.rollback is not None or spec is None:
            continue
        if spec.changes(task.with_):
            what = (
                f"`{step.id}` promises a rollback, and `{task.id}` (line {source.at(where)[0]}) says no undo."
            )
            mend = f"Give `{task.id}` a `rollback:`, or `rollback: none` with a `rollback_reason:`."
            yield source.problem((*path, key), what, mend)


def rolls_back(step: Step) -> str:
    """The key by which a step promises that what was done is taken back; empty if it does not."""
    if step.after_failure == "rollback" or any(child.after_failure == "rollback" for child in step.parallel):
        return "on_failure"
    return next((key for key in ("on_reject", "on_expire") if getattr(step, key) == "rollback"), "")


def _tasks(parts: Parts, *, closing: bool = True) -> Iterator[tuple[Path, Task]]:
    for path, step in parts.steps:
        yield path, step
        for index, child in enumerate(step.parallel):
            yield (*path, "parallel", index), child
    if closing:
        yield from parts.closing


def _action(
    source: Source, path: Path, action: str | None, given: Mapping[str, Any], specs: Specs
) -> Iterator[Problem]:
    if action is None:
        return
    spec = specs.get(action)
    if spec is None:
        yield source.problem((*path, "action"), f"There is no action `{action}`.", suggestion(action, specs))
        return
    yield from _unfit(source, path, spec, given)
    try:
        spec.args.model_validate(given)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            # What an expression will become is judged when it has become it.
            if expressions.has_expression(detail["input"]) and detail["type"] != "missing":
                continue
            yield _argument(source, (*path, "with", *detail["loc"]), action, detail, spec.args.model_fields)


def _unfit(source: Source, path: Path, spec: ActionSpec, given: Mapping[str, Any]) -> Iterator[Problem]:
    """What keeps an action from being used here, or from being told this."""
    missing = spec.missing()
    if missing:
        what = f"`{spec.name}` cannot be used: {missing}."
        yield source.problem((*path, "action"), what, "Install it, or take the step out.")
    for where, text in expressions.texts(given, ("with",)) if spec.shows else ():
        if any(expressions.secrets_read(text)):
            what = f"`{spec.name}` shows this to people, so no secret can be in it."
            yield source.problem((*path, *where), what, "Take it out.")


def _argument(source: Source, path: Path, action: str, detail: Any, fields: Iterable[str]) -> Problem:
    name = str(detail["loc"][0]) if detail["loc"] else "with"
    if detail["type"] == "extra_forbidden":
        return source.problem(path, f"`{action}` takes no `{name}`.", suggestion(name, fields))
    if detail["type"] == "missing":
        return source.problem(path[:-1], f"`{action}` must be told `{name}`.", f"Add `{name}: …` to `with`.")
    said = str(detail["msg"]).removeprefix("Value error, ")
    return source.problem(path, f"`{name}` of `{action}`: {said[:1].lower()}{said[1:]}.")
