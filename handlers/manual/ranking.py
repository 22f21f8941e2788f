"""Which of several texts answers a question best, by what each is called, how people ask for it, and its words. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

from handlers.manual.words import alike, terms, terms_asked

# How much of the score is what something is called, not its other words; and how much of that fit what is asked.
_CALLED, _ASKED = 0.8, 0.6
_SAYS = 4  # letters
Words = frozenset[str]


@dataclass(frozen=True)
class Known:
    """Something that answers: what it is called and asked for, each with its weight, and all its words."""

    called: tuple[tuple[str, float], ...]
    text: str = ""


@dataclass(frozen=True)
class Hit:
    """An answer: its place, and how well it fits, from 0 to 1."""

    place: int
    score: float


@dataclass(frozen=True)
class _Asked:
    """The words that are asked with their weights, those that are known and say the same, and each of these at its best."""

    weights: Mapping[str, float]
    near: Mapping[str, Mapping[str, float]]
    told: Mapping[str, float]

    def covered(self, words: Words) -> float:
        """How much of what is asked is there, by itself or by another word for it."""
        there = 0.0
        for one, weight in self.weights.items():
            near = self.near[one]
            there += weight * max((near[word] for word in near.keys() & words), default=0.0)
        return there / sum(self.weights.values())


class Ranking:
    """What can answer, made ready."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._called: list[list[tuple[Words, float]]] = []
        self._words: list[Words] = []
        for one in known:
            names = [(frozenset(terms(said)), weight) for said, weight in one.called]
            self._called.append([(words, weight) for words, weight in names if words])
            self._words.append(frozenset(terms(one.text)).union(*(words for words, _ in names)))
        counts: dict[str, int] = {}
        for word in (word for words in self._words for word in words):
            counts[word] = counts.get(word, 0) + 1
        number = len(self._words)
        self._rarest = log(1 + number)
        self._rarity = {word: log(1 + number / count) for word, count in counts.items()}

    def best(self, question: str) -> list[Hit]:
        """What fits at all, the best first."""
        words = list(dict.fromkeys(terms_asked(question, self._rarity)))
        if not words:
            return []
        near = {one: alike(one, self._rarity) for one in words}
        told: dict[str, float] = {}
        for word, share in (pair for others in near.values() for pair in others.items()):
            told[word] = max(share, told.get(word, 0.0))
        weights = {one: self._weight(one) for one in words}
        asked = _Asked(weights, near, told)
        scores = ((place, self._score(place, asked)) for place in range(len(self._words)))
        return sorted((Hit(place, score) for place, score in scores if score), key=lambda hit: -hit.score)

    def knows(self, question: str) -> bool:
        """Whether every word that says what the question is about is known; the shortest may be mistyped."""
        words = terms_asked(question, self._rarity)
        return all(len(one) < _SAYS or alike(one, self._rarity) for one in words)

    def _score(self, place: int, asked: _Asked) -> float:
        if asked.told.keys().isdisjoint(self._words[place]):
            return 0.0
        named = max((weight * self._fit(asked, words) for words, weight in self._called[place]), default=0.0)
        return _CALLED * named + (1 - _CALLED) * asked.covered(self._words[place])

    def _fit(self, asked: _Asked, words: Words) -> float:
        """How much of each is in the other; what is asked and not there weighs more than what is there and not asked."""
        shared = asked.told.keys() & words
        if not shared:
            return 0.0
        there = asked.covered(words)
        told = sum(self._weight(word) * asked.told[word] for word in shared) / sum(map(self._weight, words))
        return 1 / (_ASKED / there + (1 - _ASKED) / told)

    def _weight(self, word: str) -> float:
        return self._rarity.get(word, self._rarest)
