"""Steps that can never begin, whatever happens: found when the file is loaded. Pure.

A step that waits for one of these is passed over as well, so only where that begins is told, and what it costs.
"""

from collections.abc import Iterator, Mapping

from core import cel
from core.errors import Invalid, Problem
from core.runbooks.dag import ancestors, circle, instead_of
from core.runbooks.definition import Step
from core.runbooks.execution import FOLLOW_UPS
from core.runbooks.references import Parts
from core.source import Source

_MENDS = {
    "when": "Change the condition, or take the step out.",
    "needs": "Change its `needs`, or take the step out.",
}


def check(source: Source, parts: Parts) -> Iterator[Problem]:
    """Every step that can never begin, with the reason."""
    if len(parts.steps) != len(parts.ids) or circle(parts.needs):
        return  # what is malformed is told first; what depends on it cannot be judged
    steps = {step.id: step for _, step in parts.steps}
    never: dict[str, str] = {}
    for path, step in parts.steps:
        key, why = _why(step, steps, parts)
        if key:
            never[step.id] = why
            yield source.problem((*path, key), f"`{step.id}` can never begin: {why}.", _MENDS[key])
        for index, child in enumerate(step.parallel):
            if _is_false(child.when):
                what = f"`{child.id}` can never begin: “{child.when}” is always false."
                yield source.problem((*path, "parallel", index, "when"), what, _MENDS["when"])
    yield from _after(source, parts, never)


def _why(step: Step, steps: Mapping[str, Step], parts: Parts) -> tuple[str, str]:
    """The key that is wrong, and why; nothing if the step may begin."""
    if step.when == "failed":
        before = ancestors(parts.needs, step.id)
        if not any(_can_fail(steps[one]) for one in before if one in steps):
            return "when", "it is for a failure, and nothing before it can fail"
    elif _is_false(step.when):
        return "when", f"“{step.when}” is always false"
    for gate in instead_of(steps.values(), step.id):
        behind = [need for need in step.needs if need in _behind(gate, steps)]
        if behind and step.when not in FOLLOW_UPS:
            why = f"it stands for a no to `{gate}`, and needs `{behind[0]}`, which only a yes lets begin"
            return "needs", why
    return "", ""


def _after(source: Source, parts: Parts, never: dict[str, str]) -> Iterator[Problem]:
    """Steps that need nothing but what never begins."""
    found = True
    while found:
        found = False
        for path, step in parts.steps:
            follows = step.when in FOLLOW_UPS
            if step.id in never or follows or not step.needs or not set(step.needs) <= never.keys():
                continue
            found = True
            never[step.id] = f"`{step.needs[0]}` never does"
            what = f"`{step.id}` can never begin: {never[step.id]}."
            yield source.problem((*path, "needs"), what, _MENDS["needs"])


def _behind(gate: str, steps: Mapping[str, Step]) -> set[str]:
    """The steps that are passed over when people do not say yes at this gate."""
    instead = {one.id for one in steps.values() if gate in instead_of(steps.values(), one.id)}
    found: set[str] = set()
    while True:
        more = {
            step.id
            for step in steps.values()
            if step.id not in instead
            and step.when not in FOLLOW_UPS
            and (gate in step.needs or found & set(step.needs))
        }
        if more <= found:
            return found
        found |= more


def _can_fail(step: Step) -> bool:
    # A group may pass over a failure; those of its children count all the same.
    return step.after_failure != "skip" or bool(step.parallel) or step.for_each is not None


def _is_false(condition: str) -> bool:
    if not condition or condition in FOLLOW_UPS:
        return False
    try:
        program = cel.compile(condition, frozenset())
        return not program.holds({})
    except (ValueError, Invalid):
        return False  # it reads something, or is told of elsewhere
