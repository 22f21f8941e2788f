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
from core.text import one_line

UNKNOWN = "not known"
_LONGEST = 60
_EXAMPLES = 3
_SHORTEST = 3  # letters of a word that may lose its ending
_TWICE = 2  # deploy-ment-s
_WORD = re.compile(r"[^\W_]+(?:[-.][^\W_]+)*")
_SMALL = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "but",
        "by",
        "did",
        "does",
        "due",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "i",
        "in",
        "into",
        "is",
        "it",
        "its",
        "my",
        "of",
        "on",
        "once",
        "or",
        "our",
        "out",
        "over",
        "so",
        "some",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "they",
        "this",
        "to",
        "up",
        "was",
        "we",
        "were",
        "when",
        "which",
        "while",
        "who",
        "with",
        "you",
        "your",
    ]
)
_ENDINGS = ("ment", "ing", "ies", "ied", "es", "ed", "s", "y", "e")


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
    words = [word for word in _WORD.findall(cause.casefold()) if word not in _SMALL]
    telling = [word for word in words if not any(letter.isdigit() for letter in word)]
    return frozenset(map(_stem, telling or words))


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


def _stem(word: str) -> str:
    """Without its endings; never meant to be read."""
    for _ in range(_TWICE):
        ending = next((one for one in _ENDINGS if word.endswith(one)), "")
        if not ending or len(word) - len(ending) < _SHORTEST or word.endswith("ss"):
            break
        word = word.removesuffix(ending)
    return word[:-1] if len(word) > _SHORTEST and word[-1] == word[-2] else word
