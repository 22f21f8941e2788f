"""Text with `${{ }}` in it: parsed once, its names checked when the file is loaded, bounded, closed on failure.

A text that is one expression and nothing else keeps the type of its value; any other text becomes text.
`$${{` stands for the letters `${{`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from core import cel
from core.errors import Invalid

MAX_TEXT = 16_384
MAX_RESULT = 65_536
_MAX_PIECES = 50
Written = Callable[[Iterable[tuple[bool, str]]], str]
"""Puts the pieces of a query together, each with whether it is a value that was filled in."""
_SECRET = re.compile(r"(?<![\w.])secrets\s*\.\s*([A-Za-z_]\w*)")


@dataclass(frozen=True)
class Template:
    """A text in pieces: letters, and expressions to be put in between."""

    text: str
    pieces: tuple[str | cel.Program, ...]

    @property
    def programs(self) -> tuple[cel.Program, ...]:
        """The expressions in it."""
        return tuple(piece for piece in self.pieces if isinstance(piece, cel.Program))

    def fill(self, values: Mapping[str, Any]) -> Any:
        """The text with every expression replaced by its value.

        Raises:
            Invalid: if an expression fails, or the result is longer than 65,536 characters.
        """
        if len(self.pieces) == 1 and isinstance(self.pieces[0], cel.Program):
            return self.pieces[0].run(values)
        filled = "".join(
            piece if isinstance(piece, str) else text_of(piece.run(values)) for piece in self.pieces
        )
        if len(filled) > MAX_RESULT:
            raise Invalid(f"“{self.text[:60]}” became longer than {MAX_RESULT:,} characters.")
        return filled

    def parts(self, values: Mapping[str, Any]) -> list[tuple[bool, str]]:
        """The pieces in their order, each as text, and whether it is a value that was filled in.

        Raises:
            Invalid: if an expression fails.
        """
        return [
            (False, piece) if isinstance(piece, str) else (True, text_of(piece.run(values)))
            for piece in self.pieces
        ]

    def preview(self, values: Mapping[str, Any]) -> str:
        """The text with what is known already; what is not known yet stays as it is written."""
        shown = []
        for piece in self.pieces:
            try:
                shown.append(piece if isinstance(piece, str) else text_of(piece.run(values)))
            except Invalid:
                shown.append("${{ " + str(getattr(piece, "text", "")) + " }}")
        return "".join(shown)


def text_of(value: Any) -> str:
    """A value in the middle of a text: numbers without a needless `.0`, lists and maps as JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case list() | dict():
            return orjson.dumps(value, default=str).decode()
    return str(value)


@lru_cache(maxsize=4_096)
def parse(text: str, names: frozenset[str]) -> Template:
    """Parse `text`, whose expressions may use the variables `names`.

    Raises:
        ValueError: in words, if it cannot be parsed or uses an unknown name.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"this text has {len(text):,} characters; {MAX_TEXT:,} is the most")
    pieces: list[str | cel.Program] = []
    for is_code, part in _split(text):
        pieces.append(cel.compile(part.strip(), names) if is_code else part)
    if len(pieces) > _MAX_PIECES:
        raise ValueError(f"this text has more than {_MAX_PIECES} parts")
    return Template(text, tuple(pieces))


def outputs_read(text: str, step: str) -> Iterator[str]:
    """The outputs of a step that a text names, in `${{ }}` or as a bare condition."""
    for found in re.finditer(rf"\bsteps\s*\.\s*{re.escape(step)}\s*\.\s*outputs\s*\.\s*(\w+)", text):
        yield found.group(1)


def secrets_read(text: str) -> Iterator[str]:
    """The secrets that the expressions of a text name; nothing of a text that cannot be parsed."""
    try:
        pieces = list(_split(text))
    except ValueError:
        return
    for is_code, piece in pieces:
        if is_code:
            yield from _SECRET.findall(piece)


def has_expression(value: Any) -> bool:
    """Whether there is an expression anywhere in `value`."""
    return any("${{" in text for _, text in texts(value))


def texts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text in a nested value, with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from texts(item, (*path, index))


def fill(value: Any, values: Mapping[str, Any]) -> Any:
    """`value` with every text in it filled.

    Raises:
        Invalid: if an expression fails.
    """
    if isinstance(value, str):
        template = _template(value, values)
        return template.fill(values) if template is not None else value
    if isinstance(value, dict):
        return {key: fill(item, values) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill(item, values) for item in value]
    return value


def _template(value: Any, values: Mapping[str, Any]) -> Template | None:
    if not isinstance(value, str) or "${{" not in value:
        return None
    try:
        return parse(value, frozenset(values))
    except ValueError as error:
        raise Invalid(f"“{value[:80]}” cannot be filled in: {error}.") from None


def fill_arguments(
    arguments: Mapping[str, Any], values: Mapping[str, Any], queries: Mapping[str, Written]
) -> dict[str, Any]:
    """What an action is told, filled; of those in `queries` that are more than one expression, values stay values.

    Raises:
        Invalid: if an expression fails, or a value cannot stand where it is to.
    """
    filled: dict[str, Any] = {}
    for name, value in arguments.items():
        template = _template(value, values) if name in queries else None
        if template is None or len(template.pieces) == 1:
            filled[name] = fill(value, values)
        else:
            filled[name] = queries[name](template.parts(values))
    return filled


def _split(text: str) -> Iterator[tuple[bool, str]]:
    letters, position = "", 0
    while (start := text.find("${{", position)) >= 0:
        if start > 0 and text[start - 1] == "$":
            letters += text[position : start - 1] + "${{"
            position = start + 3
            continue
        letters += text[position:start]
        if letters:
            yield False, letters
        end = _closing(text, start + 3)
        yield True, text[start + 3 : end]
        letters, position = "", end + 2
    letters += text[position:]
    if letters or not text:
        yield False, letters


def _closing(text: str, position: int) -> int:
    depth, quote = 0, ""
    while position < len(text):
        letter = text[position]
        if quote:
            position += letter == "\\"
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "{":
            depth += 1
        elif letter == "}" and depth:
            depth -= 1
        elif text.startswith("}}", position):
            return position
        position += 1
    raise ValueError("this expression has no “}}” at its end")
