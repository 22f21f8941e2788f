"""YAML text read into data and the position of every key and item.

Scalars follow YAML 1.2: only `true` and `false` are booleans, and dates stay text. Keys are always text.
Files are taken to be hostile: size, nesting and the growth of aliases are bounded, tags are refused.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from core.errors import ConfigError, Problem
from core.text import one_line

SIZE_LIMIT = 1024 * 1024
DEPTH_LIMIT = 60
ALIAS_LIMIT = 10_000
_DIGITS_LIMIT = 40

Path = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}


_HINT = "Look at the indentation, and put values with `:`, `#`, `{` or `*` in quotes."


@dataclass(frozen=True)
class Document:
    """What a text says. `marks` has the line and column, both from 1, of every key and item."""

    data: Any
    marks: Mapping[Path, tuple[int, int]]


def read(text: str, file: str) -> Document:
    """Read one YAML document. `file` is the name that errors show. An empty text gives None as data.

    Raises:
        ConfigError: it is no YAML, or larger, deeper or more repetitive than a file for people needs to be.
    """
    if len(text) > SIZE_LIMIT:
        what = f"The file is larger than {SIZE_LIMIT // 1024} KiB."
        raise ConfigError([Problem(file, 1, what, "Split it.")])
    reader = _Reader(file)
    try:
        reader.read(yaml.parse(text.removeprefix("\ufeff"), Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 0)
        said = one_line(" ".join(filter(None, (error.context, error.problem))), 160)
        if _is_tab(text, line, column):
            what = "A tab stands here, and YAML is indented with spaces."
            raise ConfigError([Problem(file, line, what, "Replace each tab by spaces.", column)]) from None
        raise ConfigError([Problem(file, line, f"This is not YAML: {said}.", _HINT, column)]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        what = f"This is not YAML: {one_line(str(error.reason), 120)}."
        raise ConfigError([Problem(file, line, what, "Save the file as UTF-8 text.")]) from None
    except UnicodeError:
        what = "This is not YAML: a character is no Unicode text."
        raise ConfigError([Problem(file, 1, what, "Save the file as UTF-8 text.")]) from None
    if reader.problems:
        raise ConfigError(reader.problems)
    return Document(reader.root, reader.marks)


def _is_tab(text: str, line: int, column: int) -> bool:
    """Whether a tab stands at this place, counted from 1."""
    lines = text.removeprefix("\ufeff").split("\n")
    return line <= len(lines) and lines[line - 1][max(0, column - 1) : column] == "\t"


@dataclass(frozen=True)
class _Anchored:
    """A value that aliases may repeat, and how many nodes and levels a repetition adds."""

    value: Any
    nodes: int
    height: int


class _Reader:
    """Turns the parser's events into data and marks; the only state is where it stands."""

    def __init__(self, file: str) -> None:
        self.root: Any = None
        self.marks: dict[Path, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self._file = file
        self._anchors: dict[str, _Anchored] = {}
        self._expanded = 0

    def read(self, events: Iterator[Any]) -> None:
        """Read the whole stream, which may hold one document."""
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._stop(event, "A second document begins here.", "Keep one document per file.")
                self.root = self._node(next(events), events, ()).value

    def _node(self, event: Any, events: Iterator[Any], path: Path) -> _Anchored:
        self.marks.setdefault(path, _place(event))
        if len(path) > DEPTH_LIMIT:
            raise self._stop(event, f"This is nested deeper than {DEPTH_LIMIT} levels.", "Flatten it.")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path)
        if event.tag and event.tag != "!":
            self._add(
                event,
                f"Tags such as `{one_line(event.tag, 40)}` are not used here.",
                "Write the plain value.",
            )
        if isinstance(event, yaml.ScalarEvent):
            node = _Anchored(_scalar(event), 1, 0)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(events, path)
        else:
            node = self._mapping(events, path)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: Any, path: Path) -> _Anchored:
        node = self._anchors.get(event.anchor)
        if node is None:
            what = f"`*{one_line(event.anchor, 40)}` repeats something that is not complete before this line."
            raise self._stop(event, what, "Put the part with `&` first.")
        self._expanded += node.nodes
        if self._expanded > ALIAS_LIMIT or len(path) + node.height > DEPTH_LIMIT:
            raise self._stop(event, "The aliases of this file repeat too much.", "Write the values out.")
        return node

    def _sequence(self, events: Iterator[Any], path: Path) -> _Anchored:
        items: list[Any] = []
        nodes, height = 1, 0
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            node = self._node(event, events, (*path, len(items)))
            items.append(node.value)
            nodes, height = nodes + node.nodes, max(height, node.height)
        return _Anchored(items, nodes, height + 1)

    def _mapping(self, events: Iterator[Any], path: Path) -> _Anchored:
        entries: dict[str, Any] = {}
        nodes, height = 1, 0
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event)
            here = (*path, key)
            if key in entries:
                first = self.marks[here][0]
                self._add(
                    event,
                    f"`{one_line(key, 60)}` is there twice; first on line {first}.",
                    "Keep one of them.",
                )
            else:
                self.marks[here] = _place(event)
            node = self._node(next(events), events, here)
            entries[key] = node.value
            nodes, height = nodes + node.nodes, max(height, node.height)
        return _Anchored(entries, nodes, height + 1)

    def _key(self, event: Any) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._stop(event, "A key must be one word, not a list or a mapping.", _HINT)
        return str(event.value)

    def _stop(self, event: Any, what: str, mend: str) -> ConfigError:
        self._add(event, what, mend)
        return ConfigError(self.problems)

    def _add(self, event: Any, what: str, mend: str) -> None:
        line, column = _place(event)
        self.problems.append(Problem(self._file, line, what, mend, column))


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _scalar(event: Any) -> Any:
    text = str(event.value)
    if not event.implicit[0]:  # quoted, or a block of text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) <= _DIGITS_LIMIT:
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text
