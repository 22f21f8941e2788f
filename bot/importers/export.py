"""An export as data: one JSON file, or a folder with one for each kind of thing; bounded, and nothing of it is trusted."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from core.errors import Invalid, NotFound
from core.text import clean, one_line

LARGEST = 32 * 1024 * 1024
_MOST = 20_000
_ABSURD = 10**9
_PAGES = ("results", "items")
Thing = Mapping[str, Any]


class Export:
    """What an export holds, by the kind of thing."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    def all(self, *kinds: str) -> list[Thing]:
        """The things of a kind, by whichever of its names the export has them; pages of an answer are opened."""
        for kind in kinds:
            if kind in self._data:
                found = self._data[kind]
                for page in _PAGES:
                    if isinstance(found, dict) and isinstance(found.get(page), list):
                        found = found[page]
                things: list[Thing] = (
                    [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
                )
                return things[:_MOST]
        return []

    def others(self, known: Iterator[str] | tuple[str, ...]) -> list[str]:
        """Kinds of things that nobody asked for."""
        return sorted(one_line(str(kind), 40) for kind in self._data.keys() - set(known))


def load(path: Path) -> Export:
    """Read a file, or every `.json` file of a folder under its name.

    Raises:
        NotFound: there is none.
        Invalid: it is too large, or no JSON object.
    """
    try:
        if path.is_dir():
            return Export({one.stem: _read(one) for one in sorted(path.glob("*.json"))})
        data = _read(path)
    except OSError as error:
        raise NotFound(
            f"{path} cannot be read: {error.strerror}.", "Name the export, a file or a folder."
        ) from None
    if not isinstance(data, dict):
        raise Invalid(f"{path} is no export.", "It is one JSON object, with a list for each kind of thing.")
    return Export(data)


def text(thing: Thing, name: str) -> str:
    """A text of a thing, on one line; empty if it has none."""
    value = thing.get(name)
    return one_line(clean(str(value))) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def texts(value: Any) -> list[str]:
    """A list of texts, whatever else is in it left out."""
    return (
        [one_line(clean(str(one))) for one in value if isinstance(one, str | int)]
        if isinstance(value, list)
        else []
    )


def number(thing: Thing, name: str, usual: int = 0) -> int:
    """A whole number of a thing that is not absurd; `usual` if it has none."""
    value = thing.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= _ABSURD:
        return usual
    return int(value)


def _read(path: Path) -> Any:
    with path.open("rb") as file:
        body = file.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise Invalid(
            f"{path} has more than {LARGEST // 1024**2} MiB.", "Export less, without old incidents."
        )
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"{path} is no JSON: {error}.", "Export it again.") from None
