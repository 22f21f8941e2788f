"""What a runbook is told: given words checked against its parameters, all mistakes at once."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.catalogue.model import Environment, Service
from core.catalogue.names import resolve
from core.errors import Invalid
from core.runbooks.definition import Param, Runbook
from core.source import suggestion
from core.text import one_line

MAX_STRING = 500
_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})


@dataclass(frozen=True)
class Names:
    """What parameters may name, and the runbooks that others may run."""

    services: Mapping[str, Service]
    environments: Mapping[str, Environment]
    runbooks: Mapping[str, Runbook] = field(default_factory=dict)


def settle(runbook: Runbook, given: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """Every parameter's value, with its right type; defaults where nothing was given.

    Raises:
        Invalid: with every mistake, and the nearest valid value of each; `data["missing"]` lists what was
            not given.
    """
    wrong = [
        f"{runbook.name} has no parameter “{one_line(name, 40)}”. {_valid(name, runbook)}"
        for name in given
        if name not in runbook.params
    ]
    values: dict[str, Any] = {}
    for name, param in runbook.params.items():
        value = given.get(name)
        value = param.default if value is None or value == "" else value
        try:
            values[name] = None if value is None else value_of(param, name, value, names)
        except Invalid as error:
            wrong.append(error.sentence())
    missing = [
        name for name, param in runbook.params.items() if param.required and values.get(name, 0) is None
    ]
    if missing:
        wrong.append(f"{runbook.name} must be told: {', '.join(missing)}.")
    if wrong:
        raise Invalid(" ".join(wrong), example(runbook) if missing else "", missing=missing)
    return values


def value_of(param: Param, name: str, value: Any, names: Names) -> Any:
    """One value with its right type.

    Raises:
        Invalid: it is none; says what would be.
    """
    text = one_line(str(value).lower() if isinstance(value, bool) else str(value), MAX_STRING)
    match param.type:
        case "service":
            return resolve(text, names.services, "service").name
        case "environment":
            return resolve(text, names.environments, "environment").name
        case "integer" | "number":
            return _number(param, name, text)
        case "boolean":
            return _boolean(name, text)
        case "choice":
            return _choice(param, name, text)
        case "string":
            return _string(param, name, text)


def example(runbook: Runbook) -> str:
    """How one would start it."""
    shown = [f"{name}=…" for name, param in runbook.params.items() if param.required]
    return f"Say it like: run {' '.join([runbook.name, *shown])}"


def _valid(name: str, runbook: Runbook) -> str:
    return suggestion(name, runbook.params).replace("`", "“", 1).replace("`", "”", 1)


def _number(param: Param, name: str, text: str) -> int | float:
    try:
        number = int(text) if param.type == "integer" else float(text)
    except ValueError:
        kind = "a whole number" if param.type == "integer" else "a number"
        raise Invalid(f"{name} must be {kind}, and “{text[:40]}” is not.") from None
    low, high = param.min, param.max
    inside = (low is None or number >= low) and (high is None or number <= high)
    if not inside or not math.isfinite(number):
        limits = " and ".join(
            [f"at least {low:g}"] * (low is not None) + [f"at most {high:g}"] * (high is not None)
        )
        raise Invalid(f"{name} must be {limits or 'a number'}, and {text[:40]} is not.")
    return number


def _boolean(name: str, text: str) -> bool:
    if text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    raise Invalid(f"{name} must be true or false, and “{text[:40]}” is neither.")


def _choice(param: Param, name: str, text: str) -> str:
    for choice in param.choices:
        if choice.casefold() == text.casefold():
            return choice
    hint = suggestion(text, param.choices).replace("`", "“", 1).replace("`", "”", 1)
    raise Invalid(f"{name} cannot be “{text[:40]}”. {hint}")


def _string(param: Param, name: str, text: str) -> str:
    if param.pattern and not re.fullmatch(param.pattern, text):
        raise Invalid(f"{name} cannot be “{text[:40]}”. It must look like {param.pattern}.")
    return text
