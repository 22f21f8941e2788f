"""Actions and checks by other people: found by their entry-point groups, and judged before they are used."""

import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import BaseModel

from core.errors import ConfigError, Problem
from core.health.check import Check, CheckSpec
from core.runbooks.action import ActionSpec, AnyAction

GROUP = "wardroom.actions"
CHECKS = "wardroom.checks"


@dataclass(frozen=True)
class Extension:
    """An action that a distribution brings; `origin` is the distribution with its version."""

    action: AnyAction
    origin: str


@dataclass(frozen=True)
class _Sort:
    """What is looked for: its group, what people call one, and what is wrong with the shape of one, if anything."""

    group: str
    noun: str
    misshaped: Callable[[Any, str], str]


def found(ours: Collection[str]) -> dict[str, Extension]:
    """Every action that is installed beside `ours`, by the name that runbooks use.

    An entry point leads to something that is called without arguments and gives the action, such as its class.

    Raises:
        ConfigError: with everything that is wrong with any of them; an action is never quietly left out.
    """
    sort = _Sort(GROUP, "action", _misshaped)
    return {name: Extension(made, origin) for name, (made, origin) in _found(sort, ours).items()}


def found_checks(ours: Collection[str]) -> dict[str, Check]:
    """Every check that is installed beside `ours`, by the name that `uses` gives; otherwise as `found`.

    Raises:
        ConfigError: with everything that is wrong with any of them.
    """
    sort = _Sort(CHECKS, "check", _misshaped_check)
    return {name: made for name, (made, _) in _found(sort, ours).items()}


def _found(sort: _Sort, ours: Collection[str]) -> dict[str, tuple[Any, str]]:
    extensions: dict[str, tuple[Any, str]] = {}
    problems: list[Problem] = []
    for point in sorted(entry_points(group=sort.group), key=lambda point: (point.name, _origin(point))):
        what = _misnamed(point.name, sort.noun, ours, extensions)
        made: Any = None
        if not what:
            made, what = _made(point, sort)
        if what:
            problems.append(Problem(f"{_origin(point)}, {sort.noun} {point.name}", 0, what, _MEND))
        else:
            extensions[point.name] = (made, _origin(point))
    if problems:
        raise ConfigError(problems)
    return extensions


_MEND = "Install a version that is right, or uninstall it."


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else "an unknown distribution"


def _misnamed(name: str, noun: str, ours: Collection[str], theirs: dict[str, tuple[Any, str]]) -> str:
    if name in ours:
        return (
            f"`{name}` is the name of {'an' if noun[0] in 'aeiou' else 'a'} {noun} that Wardroom has itself."
        )
    if name in theirs:
        return f"`{name}` is brought by {theirs[name][1]} as well."
    if "." not in name.strip("."):
        return f"`{name}` needs a dot in its name, as in `{name.strip('.') or 'dns'}.lookup`."
    return ""


def _made(point: EntryPoint, sort: _Sort) -> tuple[Any, str]:
    try:
        made = point.load()()
    except Exception as error:  # noqa: BLE001 - foreign code may raise anything, and all of it is told
        return None, f"It cannot be loaded: {type(error).__name__}: {error}."
    return made, sort.misshaped(made, point.name)


def _misshaped(action: Any, name: str) -> str:
    spec = getattr(action, "spec", None)
    if not isinstance(spec, ActionSpec):
        return "It has no `spec`, an ActionSpec of core.runbooks.action."
    if spec.name != name:
        return f"Its `spec` calls it `{spec.name}`."
    if what := _careless(spec.args):
        return what
    runs = inspect.iscoroutinefunction(getattr(action, "run", None))
    others = [name for name in ("record", "ask") if callable(getattr(action, name, None))]
    if runs + len(others) != 1:
        return "It has one of `async def run`, `def record` and `def ask`, and no more of them."
    return ""


def _misshaped_check(check: Any, name: str) -> str:
    spec = getattr(check, "spec", None)
    if not isinstance(spec, CheckSpec):
        return "It has no `spec`, a CheckSpec of core.health.check."
    if spec.name != name:
        return f"Its `spec` calls it `{spec.name}`."
    if what := _careless(spec.args):
        return what
    if not inspect.iscoroutinefunction(getattr(check, "probe", None)):
        return "It has no `async def probe`."
    return "" if isinstance(getattr(check, "side", None), str) else 'It has no `side`; "" is the usual one.'


def _careless(args: Any) -> str:
    if not (isinstance(args, type) and issubclass(args, BaseModel)):
        return "The `args` of its `spec` are no pydantic model."
    if args.model_config.get("extra") != "forbid":
        return 'Its `args` would take a misspelt argument silently; set `extra="forbid"`.'
    return ""
