"""An export as data: one JSON file, or a folder with one or more for each kind of thing; bounded, and nothing of it is trusted."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from bot.importers.report import Report
from core.errors import Invalid, NotFound
from core.text import clean, one_line

LARGEST = 32 * 1024 * 1024
_MOST = 20_000
_ABSURD = 10**9
_PAGES = ("results", "items")
_COUNTS = ("count", "total")
_FETCH = "get the other pages (`page=2` and so on) into files of their own, KIND.1.json, KIND.2.json, and import the folder"
_NUMBERED = re.compile(r"(.+?)[.-]\d+")
Thing = Mapping[str, Any]


class Export:
    """What an export holds, by the kind of thing."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    def all(self, *kinds: str) -> list[Thing]:
        """The things of a kind, by whichever of its names the export has them; pages of an answer are opened."""
        kind = next((kind for kind in kinds if kind in self._data), "")
        return list(_things(self._data.get(kind)))[:_MOST]

    def account(self, report: Report, known: Collection[str]) -> None:
        """Report the kinds that nobody asked for, and those of which things are missing."""
        for kind in sorted(self._data.keys() - set(known)):
            report.left("export", kind, "nothing is read from this part")
        for kind in sorted(self._data.keys() & set(known)):
            missing = _missing(self._data[kind])
            if missing:
                report.left("export", kind, missing)


def load(path: Path) -> Export:
    """Read a file, or every `.json` file of a folder under its name; `users.1.json`, `users.2.json` are pages of one kind.

    Raises:
        NotFound: there is none.
        Invalid: it is too large, or no JSON object.
    """
    try:
        if path.is_dir():
            return Export(_folder(path))
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


def _is_answer(value: Any) -> bool:
    """Whether it is the answer of an interface, with a page of things in it."""
    return isinstance(value, dict) and any(isinstance(value.get(key), list) for key in _PAGES)


def _parts(value: Any) -> list[Any]:
    """What stands for a kind, piece by piece: things, answers, or both."""
    return value if isinstance(value, list) else [value] if _is_answer(value) else []


def _things(value: Any) -> Iterator[Thing]:
    """The things in a list, in an answer, or in a list with answers in it; one that two pages have counts once."""
    seen = set[str]()
    for part in _parts(value):
        opened = [each for key in _PAGES for each in part.get(key) or []] if _is_answer(part) else [part]
        for one in opened:
            own = text(one, "id") if isinstance(one, dict) else ""
            if isinstance(one, dict) and (not own or own not in seen):
                yield one
            seen.add(own)


def _missing(value: Any) -> str:
    """What is known of the things of a kind that the export does not have; empty if it has all."""
    have, pages = len(list(_things(value))), [one for one in _parts(value) if _is_answer(one)]
    want = max((number(page, key) for page in pages for key in _COUNTS), default=0)
    if have > _MOST:
        return f"only the first {_MOST:,} of {have:,} are read"
    if want > have:
        return f"INCOMPLETE: {have:,} of {want:,} are in the export; {_FETCH}"
    if not want and pages and all(one.get("next") for one in pages):
        return f"INCOMPLETE: {have:,} are in the export, and there are more; {_FETCH}"
    return ""


def _folder(path: Path) -> dict[str, Any]:
    pages: dict[str, list[Any]] = {}
    for one in sorted(path.glob("*.json")):
        numbered = _NUMBERED.fullmatch(one.stem)
        pages.setdefault(numbered[1] if numbered else one.stem, []).append(_read(one))
    return {kind: _joined(found) for kind, found in pages.items()}


def _joined(pages: list[Any]) -> Any:
    if len(pages) == 1:
        return pages[0]
    return [each for page in pages for each in (page if isinstance(page, list) else [page])]


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
