"""Causes that people wrote in other words, counted together by what the words have in common. Pure.

Case, punctuation, small words, endings and the order of words make no difference, nor do names with a digit (hosts, versions,
ids): `Bad deploys, rolled back` and `a bad deploy was rolled back` are one cause. What means the same in quite other words is
not found out.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from core.incidents.incident import Incident
from core.stems import terms
from core.text import one_line

UNKNOWN = "not known"
_LONGEST = 60
_EXAMPLES = 3
_NAME = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")


@dataclass(frozen=True)
class Cause:
    """A cause and how often it was one; `incidents` are examples, the newest first, `also` are other words for it."""

    words: str
    count: int
    incidents: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def causes(incidents: Iterable[Incident]) -> tuple[Cause, ...]:
    """The causes of incidents, the most frequent one first; each in the words that were used most."""
    groups: dict[frozenset[str], list[Incident]] = {}
    for one in incidents:
        groups.setdefault(key(one.cause), []).append(one)
    return tuple(sorted(map(_cause, groups.values()), key=lambda cause: (-cause.count, cause.words)))


def key(cause: str) -> frozenset[str]:
    """What is left of the words that tells one cause from another."""
    telling = " ".join(word for word in _NAME.findall(cause) if not any(letter.isdigit() for letter in word))
    return frozenset(terms(telling) or terms(cause))


def _cause(found: list[Incident]) -> Cause:
    said = Counter(one_line(one.cause, _LONGEST).rstrip(".") or UNKNOWN for one in found)
    ordered = sorted(said, key=lambda words: (-said[words], words))
    other = {words.casefold(): words for words in reversed(ordered[1:])}
    other.pop(ordered[0].casefold(), None)
    newest = sorted(found, key=lambda one: one.created, reverse=True)
    return Cause(
        ordered[0],
        len(found),
        tuple(one.id for one in newest[:_EXAMPLES]),
        tuple(reversed(other.values()))[:_EXAMPLES],
    )
