"""Actions by other people: found by the entry-point group `wardroom.actions`, and judged before they are used."""

import inspect
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from pydantic import BaseModel

from core.errors import ConfigError, Problem
from core.runbooks.action import ActionSpec, AnyAction

GROUP = "wardroom.actions"


@dataclass(frozen=True)
class Extension:
    """An action that a distribution brings; `origin` is the distribution with its version."""

    action: AnyAction
    origin: str


def found(ours: Collection[str]) -> dict[str, Extension]:
    """Every action that is installed beside `ours`, by the name that runbooks use.

    An entry point leads to something that is called without arguments and gives the action, such as its class.

    Raises:
        ConfigError: with everything that is wrong with any of them; an action is never quietly left out.
    """
    extensions: dict[str, Extension] = {}
    problems: list[Problem] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, _origin(point))):
        what = _misnamed(point.name, ours, extensions)
        made: Any = None
        if not what:
            made, what = _made(point)
        if what:
            problems.append(Problem(f"{_origin(point)}, action {point.name}", 0, what, _MEND))
        else:
            extensions[point.name] = Extension(made, _origin(point))
    if problems:
        raise ConfigError(problems)
    return extensions


_MEND = "Install a version that is right, or uninstall it."


def _origin(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else "an unknown distribution"


def _misnamed(name: str, ours: Collection[str], theirs: dict[str, Extension]) -> str:
    if name in ours:
        return f"`{name}` is the name of an action that Wardroom has itself."
    if name in theirs:
        return f"`{name}` is brought by {theirs[name].origin} as well."
    if "." not in name.strip("."):
        return f"`{name}` needs a dot in its name, as in `{name.strip('.') or 'dns'}.lookup`."
    return ""


def _made(point: EntryPoint) -> tuple[Any, str]:
    try:
        action = point.load()()
    except Exception as error:  # noqa: BLE001 - foreign code may raise anything, and all of it is told
        return None, f"It cannot be loaded: {type(error).__name__}: {error}."
    return action, _misshaped(action, point.name)


def _misshaped(action: Any, name: str) -> str:
    spec = getattr(action, "spec", None)
    if not isinstance(spec, ActionSpec):
        return "It has no `spec`, an ActionSpec of core.runbooks.action."
    if spec.name != name:
        return f"Its `spec` calls it `{spec.name}`."
    args: Any = spec.args
    if not (isinstance(args, type) and issubclass(args, BaseModel)):
        return "The `args` of its `spec` are no pydantic model."
    if args.model_config.get("extra") != "forbid":
        return 'Its `args` would take a misspelt argument silently; set `extra="forbid"`.'
    runs = inspect.iscoroutinefunction(getattr(action, "run", None))
    others = [name for name in ("record", "ask") if callable(getattr(action, name, None))]
    if runs + len(others) != 1:
        return "It has one of `async def run`, `def record` and `def ask`, and no more of them."
    return ""
