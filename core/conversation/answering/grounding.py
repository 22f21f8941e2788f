"""Which figures of an answer nothing that was looked up says. Pure.

A model that makes up a number makes it up convincingly; a number can be compared without understanding anything. Small
whole numbers are left alone: they count what was seen, number lists and name moments.
"""

import re
from collections.abc import Iterable, Iterator

_FIGURE = re.compile(r"(?<![\w.,-])[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w-]*[A-Za-z]-?\d)")
_COUNTED = 12
_MOST = 8


def unsupported(answer: str, seen: Iterable[str]) -> Iterator[str]:
    """The figures of an answer, as they stand there, that are in nothing that was seen; each once, eight at most."""
    known = {value for text in seen for value, _ in _figures(text)}
    told: set[str] = set()
    for value, words in _figures(answer):
        counted = value.isdigit() and int(value) <= _COUNTED
        if value not in known and not counted and value not in told and len(told) < _MOST:
            told.add(value)
            yield words


def _figures(text: str) -> Iterator[tuple[str, str]]:
    """Each number in one form, and as it is written."""
    for found in _FIGURE.finditer(text):
        words = found.group()
        whole, _, part = words.replace(",", "").lstrip("+").partition(".")
        part = part.rstrip("0")
        yield (f"{whole}.{part}" if part else whole), words
