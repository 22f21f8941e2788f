"""Conditions in CEL, bounded before they run and closed when they fail.

The engine has no cost limit of its own: four nested walks over 40 items hold the interpreter for a second. So
the text, its nesting and the values it sees are bounded here, names are checked when a file is loaded, and
whatever goes wrong at run time becomes one kind of error that callers treat as "no".
"""

import importlib.machinery
import importlib.util
import math
import re
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.errors import Invalid


def _engine() -> Any:
    """The engine alone: its package also imports a command line of its own, which weighs more than the engine.

    Raises:
        ImportError: it is not installed.
    """
    name = "cel.cel"
    package = importlib.util.find_spec("cel")
    folders = list(package.submodule_search_locations or ()) if package else []
    spec = importlib.machinery.PathFinder.find_spec(name, folders)
    if spec is None or spec.loader is None:
        raise ImportError("common-expression-language is not installed")
    # It can be loaded once in a process; whoever imports the package later finds it there.
    if name not in sys.modules:
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


_CEL = _engine()
MAX_TEXT = 2_000
MAX_NESTING = 30
MAX_WALKS = 2
MAX_LIST = 500
MAX_NODES = 10_000
_MAX_DEPTH = 20
_LARGEST = 2**63 - 1

_SYNTAX = re.compile(
    r"ERROR: <input>:\d+:(?P<at>\d+): Syntax error: [a-z ]+:? '(?P<text>.+?)'(?:$| expecting)", re.MULTILINE
)
_LITERAL = re.compile(r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""")
_MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*$")
_BOUND = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(\s*([A-Za-z_]\w*)\s*,")
_PATH = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*")
# The engine says what it lacks in its own words; only these functions are promised to authors of files.
_FUNCTIONS = frozenset(
    [
        "all",
        "exists",
        "exists_one",
        "map",
        "filter",
        "has",
        "size",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "duration",
        "timestamp",
        "int",
        "uint",
        "double",
        "string",
        "bool",
        "bytes",
        "type",
        "min",
        "max",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getHours",
        "getMinutes",
        "getSeconds",
        "getMilliseconds",
    ]
)
# Most values are of these types; a subject of some hundred is looked at for every request.
_AS_THEY_ARE = frozenset({type(None), bool, str, datetime, timedelta})
_NAMES = frozenset({str})
_WORDS = frozenset({"true", "false", "null", "in"})


class Values:
    """Values that were looked at once, for several expressions.

    Raises:
        Invalid: one of them holds what no expression can judge: not a number, a list of more than 500.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.prepared = {name: _value(value, _Budget(name)) for name, value in values.items()}


class Program:
    """A compiled expression whose names are known to exist."""

    def __init__(self, text: str, paths: tuple[tuple[str, ...], ...], engine: Any) -> None:
        self.text = text
        self.paths = paths
        self._engine = engine

    def run(self, values: "Mapping[str, Any] | Values") -> Any:
        """The value of the expression, in plain Python.

        Raises:
            Invalid: whatever goes wrong: a missing key, a wrong type, not a number, a list of more than 500.
        """
        known = values if isinstance(values, Values) else Values(values)
        try:
            return _plain(self._engine.execute(known.prepared))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - a panic of the engine is no Exception; it means "no"
            raise Invalid(
                f"“{self.text}” could not be worked out: {_words(error)}.",
                "Check that everything it names has a value.",
            ) from None

    def holds(self, values: Mapping[str, Any] | Values) -> bool:
        """Whether a condition holds.

        Raises:
            Invalid: as `run`, and if the value is neither true nor false.
        """
        value = self.run(values)
        if not isinstance(value, bool):
            raise Invalid(f"“{self.text}” gave {value!r}, which is neither true nor false.", "Compare it.")
        return value


@lru_cache(maxsize=2_048)
def compile(text: str, names: frozenset[str]) -> Program:  # noqa: A001 - the word for it, and never star-imported
    """Compile `text`, which may use the variables `names` and no others.

    Raises:
        ValueError: in words, if it is too long, nested too deep, no CEL, or uses an unknown name.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"this expression has {len(text):,} characters; {MAX_TEXT:,} is the most")
    bare = _LITERAL.sub(lambda found: '"' + "_" * (len(found.group()) - 2) + '"', text)
    _check_nesting(bare)
    try:
        engine = _CEL.compile(text)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of the engine is no Exception; it means "no"
        raise ValueError(f"“{text}” is no CEL expression: {_words(error)}") from None
    bound = frozenset(_BOUND.findall(bare))
    _check_names(engine, names | bound)
    paths = (tuple(re.split(r"\s*\.\s*", found)) for found in _PATH.findall(bare))
    return Program(text, tuple(path for path in paths if path[0] in names and path[0] not in bound), engine)


def _check_names(engine: Any, known: frozenset[str]) -> None:
    from rapidfuzz import process

    for name in engine.variables():
        if name not in known and name not in _WORDS:
            nearest = process.extractOne(name, sorted(known), score_cutoff=60)
            hint = (
                f"did you mean {nearest[0]}?"
                if nearest
                else f"there are {', '.join(sorted(known)) or 'none'}"
            )
            raise ValueError(f"there is no “{name}” here; {hint}")
    for name in engine.functions():
        if name.isidentifier() and not name.startswith("_") and name not in _FUNCTIONS:
            raise ValueError(f"there is no function “{name}” here")


def _check_nesting(bare: str) -> None:
    open_walks: list[bool] = []
    for position, letter in enumerate(bare):
        if letter in "([{":
            open_walks.append(letter == "(" and _MACRO.search(bare[:position]) is not None)
            if len(open_walks) > MAX_NESTING:
                raise ValueError(f"this expression is nested more than {MAX_NESTING} deep")
            if sum(open_walks) > MAX_WALKS:
                raise ValueError(f"at most {MAX_WALKS} walks over lists (exists, all, map ...) may be nested")
        elif letter in ")]}" and open_walks:
            open_walks.pop()


class _Budget:
    """How much of a value has been seen."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes = 0

    def spend(self, size: int, depth: int) -> None:
        self.nodes += size
        if size > MAX_LIST or self.nodes > MAX_NODES or depth > _MAX_DEPTH:
            raise Invalid(
                f"“{self.name}” holds too much for a condition.", f"Lists of {MAX_LIST} are the most."
            )


def _value(value: Any, budget: _Budget, depth: int = 0) -> Any:
    match value:
        case dict():
            budget.spend(len(value), depth)
            if _NAMES.issuperset(map(type, value)) and _AS_THEY_ARE.issuperset(map(type, value.values())):
                # Most are plain already, and to copy them takes longer than to look.
                ready = value
            else:
                ready = {
                    str(key): item if type(item) in _AS_THEY_ARE else _value(item, budget, depth + 1)
                    for key, item in value.items()
                }
            return ready
        case list() | tuple() | set() | frozenset():
            budget.spend(len(value), depth)
            items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
            return [_value(item, budget, depth + 1) for item in items]
        case None | bool() | str() | datetime() | timedelta():
            return value
        case int() if abs(value) <= _LARGEST:
            return value
        case float() if math.isfinite(value):
            return value
        case Decimal() if value.is_finite():
            return float(value)
    raise Invalid(f"“{budget.name}” holds {str(value)[:40]!r}, which a condition cannot judge.")


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str() | datetime() | timedelta():
            return value
        case float() if math.isfinite(value):
            return value
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
    raise ValueError("the result is no plain value")


def _words(error: BaseException) -> str:
    if isinstance(error, KeyError):
        return f"there is no “{str(error).strip(chr(39))}” in what it reads"
    syntax = _SYNTAX.search(str(error))
    if syntax is not None:
        at, text = syntax["at"], syntax["text"].strip()
        if text == "<EOF>":
            return f"it ends too early, at character {at}"
        hint = "; to compare, write ==" if text == "=" else ""
        return f"“{text}” is not expected at character {at}{hint}"
    first = " ".join(str(error).split()).split(". ", 1)[0]
    return first[:200].rstrip(".") or type(error).__name__
