"""The words of a question that say what it is about, and which of them are used for the same thing. Pure."""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from core.stems import GRAMMAR, stem

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_LONGEST = 600  # letters of a question that count
# What every question has, and what says only that one is asked.
_EMPTY = GRAMMAR | frozenset(
    [
        "done", "gets", "tells", "explain", "work", "works", "working", "way", "ways", "possible", "want",
        "wants", "wanted", "need", "needs", "know", "knows", "help", "helps", "like", "command",
        "commands", "type", "says", "something", "anything", "thing", "things", "somebody", "someone",
        "else", "now", "right", "current", "currently", "don't", "i'm", "let", "lets", "able", "happens",
        "happen", "mean", "means", "it's", "that's", "there's", "what's", "who's", "use", "used", "one",
        "ones", "really", "actually", "exactly",
    ]
)  # fmt: skip


def terms(text: str) -> list[str]:
    """The stems of what a text says, in order; what is said in several words for one thing is one."""
    return [stem(word) for word in _words(text)]


def terms_asked(text: str, known: Mapping[str, float]) -> list[str]:
    """The stems of a question, without what is only mistyped of words that every question has: “hwo do i approve somthing”."""
    pairs = ((word, stem(word)) for word in _words(text))
    return [found for word, found in pairs if alike(found, known) or not _is_mistyped(word)]


def _words(text: str) -> list[str]:
    pattern, words = _joined()
    plain = pattern.sub(lambda one: f" {words[one[0]]} ", text[:_LONGEST].casefold().replace("’", "'"))
    return [word for word in _WORD.findall(plain) if word not in _EMPTY]


def _is_mistyped(word: str) -> bool:
    """Whether it is a word that says nothing, with its letters in another order or one of them wrong."""
    if len(word) < _SOME:
        return False
    return any(sorted(word) == sorted(one) or _is_slip(one, word) for one in _EMPTY)


def alike(asked: str, known: Mapping[str, float]) -> dict[str, float]:
    """Which of the stems that are `known` say the same as one that is asked, and how far: 1 for the same."""
    groups = _groups()
    near = {word for number in groups.get(asked, ()) for word in _members()[number]}
    found = dict.fromkeys(near & known.keys(), _OTHER)
    if asked in known:
        return found | {asked: 1.0}
    return found | {word: _SLIP for word in known if _is_slip(asked, word)}


_OTHER, _SLIP = 0.7, 0.8
_SHORT, _SOME = 5, 3


def _is_slip(one: str, other: str) -> bool:
    """Whether one is the other with one letter more, less or other; of words that are long enough."""
    if min(len(one), len(other)) < _SHORT or abs(len(one) - len(other)) > 1 or one[0] != other[0]:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), -1)
    if start < 0:
        return True
    ends = ((1, 1), (0, 1), (1, 0))
    return any(one[start + a :] == other[start + b :] for a, b in ends)


@cache
def _lines() -> tuple[str, ...]:
    text = resources.files(__package__).joinpath("same.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _joined() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """What is said in several words, the longest first, and the word that each becomes."""
    found = {
        one.strip(): said[0].strip()
        for line in _lines()
        if line.startswith("=") and (said := line[1:].split(","))
        for one in said[1:]
    }
    several = "|".join(re.escape(words) for words in sorted(found, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{several})(?!\w)"), found


@cache
def _members() -> tuple[frozenset[str], ...]:
    """The stems of each line that has words for one thing."""
    return tuple(
        frozenset() if line.startswith("=") else frozenset(map(stem, line.split())) for line in _lines()
    )


@cache
def _groups() -> Mapping[str, tuple[int, ...]]:
    """For each stem the lines in which it stands."""
    found: dict[str, tuple[int, ...]] = {}
    for number, stems in enumerate(_members()):
        for one in stems:
            found[one] = (*found.get(one, ()), number)
    return found
