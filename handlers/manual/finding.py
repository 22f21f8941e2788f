"""Which texts answer a question best, and whether any does. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

from core.conversation.recalling.akin import akin
from core.conversation.recalling.question import Question, ask
from core.conversation.recalling.rank import Corpus, Said, corpus_of, rank
from core.stems import terms
from handlers.manual.pages import Passage, passages

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # pages have no age
_ENOUGH = 0.5  # of what a question's words tell must be there
_LOOKED_AT = 30
_NAMED = 0.75  # of what a question's words tell is in the name of a text that is about just that


class Index:
    """Texts that are looked through, each with a name, which says best what it is about."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        pairs = list(texts)
        self._said = tuple(Said(str(n), str(n), 0, "", _NEVER, f"{a} {b}") for n, (a, b) in enumerate(pairs))
        self._corpus: Corpus = corpus_of(self._said)
        self._terms = [frozenset(terms(one.text)) for one in self._said]
        self._names = [frozenset(terms(name)) for name, _ in pairs]

    def best(self, question: str, most: int = 3, enough: float = _ENOUGH) -> list[int]:
        """The places of the texts that answer best; none that has too little of the question's words."""
        asked = ask(question, ())
        found = rank(asked, self._said, self._corpus, _NEVER)[:_LOOKED_AT]
        scores = {
            int(one.said.id): one.semantic + self._covers(asked, self._names[int(one.said.id)])
            for one in found
        }
        order = sorted(scores, key=lambda place: -scores[place])
        return [place for place in order if self._covers(asked, self._terms[place]) >= enough][:most]

    def is_named(self, question: str, place: int) -> bool:
        """Whether a text is called what is asked, or nearly."""
        return self._covers(ask(question, ()), self._names[place]) >= _NAMED

    def _covers(self, asked: Question, said: frozenset[str]) -> float:
        """How much of what the question's own words tell is there, by themselves or by others for the same thing."""
        own = [term for term, weight in asked.weights.items() if weight == 1]
        total = sum(map(self._corpus.rarity, own))
        there = sum(self._corpus.rarity(term) * _share(term, said) for term in own)
        return there / total if total else 0.0


def _share(term: str, said: frozenset[str]) -> float:
    if term in said:
        return 1.0
    return 0.5 if akin().get(term, frozenset()) & said else 0.0


@cache
def _pages() -> Index:
    return Index((f"{one.title} {one.heading}", one.text) for one in passages())


def find(question: str, most: int = 3) -> list[Passage]:
    """The passages of the documentation that answer best."""
    return [passages()[place] for place in _pages().best(question, most)]


def is_about(question: str, passage: Passage) -> bool:
    """Whether a passage is about just what is asked, by what it and its page are called."""
    return _pages().is_named(question, passages().index(passage))
