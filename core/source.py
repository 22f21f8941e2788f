"""A configuration file as data whose every mistake is told with its line, key and nearest valid word."""

import re
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from core.document import Path, read
from core.errors import ConfigError, Problem
from core.quantity import span
from core.text import one_line

M = TypeVar("M", bound=BaseModel)

_CLOSE = 0.5  # of the letters must agree for a word to be offered as the one that was meant
_LISTED = 15
_UNIT = re.compile(r"(days|seconds|microseconds)=(-?[0-9]+)")
_KEY = "[key]"  # what the last part of a mistake's place is called where it is of the key
_KINDS = {dict: "a mapping", list: "a list", str: "text", bool: "true or false", int: "a number"}
_KINDS |= {float: "a number", type(None): "empty"}
_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_BOUNDS = {
    "greater_than_equal": "at least",
    "greater_than": "more than",
    "less_than_equal": "at most",
    "less_than": "less than",
}


class Section(BaseModel):
    """A part of a file. Keys that it does not have are mistakes; numbers are finite; blanks around are dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True)


@dataclass(frozen=True)
class Source:
    """What one file says. `marks` has the line and column, both from 1, of every key and item."""

    file: str
    data: Any
    marks: Mapping[Path, tuple[int, int]] = field(repr=False)

    def at(self, path: Path) -> tuple[int, int]:
        """Line and column of `path`, or of its nearest ancestor that the file has."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (1, 1))

    def problem(self, path: Path, what: str, mend: str = "") -> Problem:
        """A mistake at `path`: what it is and what would be right."""
        line, column = self.at(path)
        return Problem(self.file, line, what, mend, column)

    def unknown(self, path: Path, kind: str, word: str, known: Iterable[str]) -> Problem:
        """The mistake that `word` at `path` names a `kind` (service, role ...) that is not one of `known`."""
        return self.problem(path, f"Unknown {kind} `{one_line(word, 60)}`.", suggestion(word, known))

    def get(self, path: Path) -> Any:
        """The value at `path`; None where there is none."""
        value = self.data
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def load(text: str, file: str) -> Source:
    """Read one YAML document. `file` is the name that errors show. An empty file gives None as data.

    Raises:
        ConfigError: it is no YAML, or larger, deeper or more repetitive than a file for people needs to be.
    """
    document = read(text, file)
    return Source(file, document.data, document.marks)


def validate(source: Source, model: type[M], path: Path = ()) -> M:
    """The value at `path` as `model`.

    Raises:
        ConfigError: with every mistake, each with its line and what would be right.
    """
    try:
        return model.model_validate(source.get(path))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        problems = dict.fromkeys(
            _problem(source, model, path, detail) for detail in details if not _follows(source, path, detail)
        )
        raise ConfigError(sorted(problems, key=lambda problem: (problem.line, problem.column))) from None


def wrong(what: str, mend: str = "") -> PydanticCustomError:
    """The error a model's validator raises: `what` is wrong with its value and how to `mend` it."""
    return PydanticCustomError("wrong", "{what}", {"what": what, "mend": mend})


def nearest(word: str, known: Iterable[str], least: float = _CLOSE) -> str | None:
    """The one of `known` that is spelt most like `word`, if any is close: `least` of its letters agree."""
    found = process.extractOne(
        word.casefold()[:80],
        list(known),
        scorer=DamerauLevenshtein.normalized_similarity,
        processor=str.casefold,
        score_cutoff=least,
    )
    return found[0] if found else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """The sentence that says what could have been meant by `word`: the nearest of `known`, or all of them."""
    names = sorted(set(known))
    if not names:
        return "None is configured yet."
    listed = ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
    close = nearest(word, names)
    return f"Did you mean `{close}`? Valid here: {listed}." if close else f"Valid here: {listed}."


def _problem(source: Source, model: Any, base: Path, detail: ErrorDetails) -> Problem:
    path, kinds = _locate(source, model, base, detail["loc"])
    context = detail.get("ctx", {})
    name = one_line(str(path[-1]), 60) if path else "the file"
    match detail["type"]:
        case "extra_forbidden":
            what, mend = f"Unknown key `{name}`{_within(path)}.", suggestion(name, _keys(kinds))
        case "missing":
            missing = str(detail["loc"][-1])
            what, mend = f"`{missing}` is missing{_inside(path)}.", f"Add `{missing}: …`."
        case "literal_error" | "enum":
            expected = [word.strip("' ") for word in str(context["expected"]).replace(" or ", ",").split(",")]
            what, mend = _other(source, path, expected, is_key=detail["loc"][-1] == _KEY)
        case "wrong":
            what, mend = str(context["what"]), str(context["mend"])
        case kind if kind in _WANTED:
            what, mend = _mistaken(source.get(path), name, _WANTED[kind])
        case kind:
            what, mend = _out_of_bounds(kind, name, context, one_line(str(source.get(path)), 40)), ""
            said = one_line(detail["msg"].removeprefix("Value error, "), 200)
            what = what or f"`{name}`: {said[:1].lower()}{said[1:]}."
    return source.problem(path, what, mend)


def _other(source: Source, path: Path, expected: list[str], *, is_key: bool) -> tuple[str, str]:
    """A word that is none of those expected, as a value or as a key, and what could have been meant."""
    name = one_line(str(path[-1]), 60) if path else "the file"
    if is_key:
        return f"Unknown key `{name}`{_within(path)}.", suggestion(name, expected)
    value = one_line(str(source.get(path)), 60)
    return f"`{name}` cannot be `{value}`.", suggestion(value, expected)


def _out_of_bounds(kind: str, name: str, context: Mapping[str, Any], value: str) -> str:
    """What is too small, large, short or long; nothing for any other mistake."""
    if kind in _BOUNDS:
        return f"`{name}` must be {_BOUNDS[kind]} {_bound(next(iter(context.values())))}, and is {value}."
    if kind in ("too_short", "too_long"):
        most = context.get("max_length")
        bound = f"may have {most}" if kind == "too_long" else f"needs {context['min_length']}"
        return f"`{name}` has {context['actual_length']}, and {bound}{' or more' if kind == 'too_short' else ''}."
    return ""


def _bound(value: Any) -> str:
    """A bound in words; pydantic gives the one of a span as Python would write it."""
    if str(value).startswith("datetime.timedelta("):
        return span(timedelta(**{unit: int(number) for unit, number in _UNIT.findall(str(value))}))
    return str(value)


def _follows(source: Source, base: Path, detail: ErrorDetails) -> bool:
    """A list that is too short only because its entries are wrong, each of which is told by itself."""
    value = source.get((*base, *detail["loc"]))
    return detail["type"] == "too_short" and isinstance(value, list | dict) and len(value) > 0


def _mistaken(value: Any, name: str, wanted: str) -> tuple[str, str]:
    what = f"`{name}` must be {wanted}, and is {_KINDS.get(type(value), 'something else')}."
    quotable = wanted == "text" and isinstance(value, int | float)
    return what, f'Put it in quotes: "{value}".' if quotable else ""


def _within(path: Path) -> str:
    return f" in `{_dotted(path[:-1])}`" if len(path) > 1 else ""


def _inside(path: Path) -> str:
    return f" in `{_dotted(path)}`" if path else ""


def _dotted(path: Path) -> str:
    return one_line(".".join(str(part) for part in path), 80)


def _locate(source: Source, model: Any, base: Path, loc: tuple[int | str, ...]) -> tuple[Path, list[Any]]:
    """The path in the file that pydantic's `loc` means, and the types that are possible for its parent.

    `loc` has more parts than the file where a union was tried; those name a type and not a key.
    """
    path, parents, kinds = base, [model], [model]
    for part in loc:
        value = source.get(path)
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            path, parents, kinds = (
                (*path, part),
                kinds,
                [kind for each in kinds for kind in _below(each, part)],
            )
    return path, parents


def _below(kind: Any, part: int | str) -> list[Any]:
    """The types that a value of type `kind` may have at `part`."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        fields = kind.model_fields.items()
        return [t for name, info in fields if part in (name, info.alias) for t in _options(info.annotation)]
    arguments = [argument for argument in typing.get_args(kind) if argument is not Ellipsis]
    return _options(arguments[-1]) if arguments else []


def _options(annotation: Any) -> list[Any]:
    if typing.get_origin(annotation) is typing.Annotated:
        return _options(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return [option for argument in typing.get_args(annotation) for option in _options(argument)]
    return [annotation]


def _keys(kinds: list[Any]) -> list[str]:
    models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
    return [info.alias or name for model in models for name, info in model.model_fields.items()]
