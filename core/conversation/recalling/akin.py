"""Words that people use for the same thing, by their stems. Pure."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from core.stems import stem


@cache
def akin() -> Mapping[str, frozenset[str]]:
    """For a stem those of words that are used for the same thing; see akin.txt beside this file."""
    found: dict[str, set[str]] = {}
    text = resources.files(__package__).joinpath("akin.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        group = [stem(word) for word in line.partition("#")[0].split()]
        for one in group:
            found.setdefault(one, set()).update(other for other in group if other != one)
    return {one: frozenset(others) for one, others in found.items()}
