"""Which turns answer a question best: their words, who said them, what stands around them, when, and how much they say.

The three scores and their weights are those of the co-pilot design (6.2): semantic 0.50, recency 0.30, falling to 1/e
in 24 hours, importance 0.20. Here recency weighs only where the question is about lately, because an answer is not more
likely to be right for being young. The semantic score is Okapi BM25 (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009) of a turn and, less, of the turns around it in its session: an answer often
shares no word with the question, while what it replies to does. Pure.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from core.conversation.recalling.question import Question
from core.stems import terms

SEMANTIC, RECENCY, IMPORTANCE = 0.50, 0.30, 0.20
_DECAY = timedelta(hours=24)
# How much of a neighbour's words a turn is given, by how many turns it is away.
AROUND = {-3: 0.15, -2: 0.3, -1: 0.45, 1: 0.35, 2: 0.2}
_K1, _B = 1.2, 0.5
_SPEAKER, _MOMENT = 1.5, 1.5  # times as much for a turn of whom is meant, and of when
_SAYING = 6  # this many words that say something make a turn two thirds as important as any can be


@dataclass(frozen=True)
class Said:
    """One turn: its id, where it stands in its session, who said it, when, and the words."""

    id: str
    session: str
    number: int
    speaker: str
    at: datetime
    text: str
    tier: str = "turn"


@dataclass(frozen=True)
class Corpus:
    """Everything that is looked through: how many turns, how many terms a turn, and how many turns have a term."""

    turns: int
    length: float
    having: Mapping[str, int]

    def rarity(self, term: str) -> float:
        """How much a term tells: the inverse document frequency of BM25, never below zero."""
        having = self.having.get(term, 0)
        return math.log(1 + (self.turns - having + 0.5) / (having + 0.5))


@dataclass(frozen=True)
class Found:
    """A turn, and how well it answers, each between 0 and 1."""

    said: Said
    semantic: float
    recency: float
    importance: float
    score: float = field(default=0.0)


def corpus_of(turns: Sequence[Said]) -> Corpus:
    """What is looked through, where all of it is at hand."""
    having: Counter[str] = Counter()
    length = 0
    for turn in turns:
        said = terms(turn.text)
        having.update(set(said))
        length += len(said)
    return Corpus(len(turns), length / max(1, len(turns)), having)


def rank(
    question: Question,
    turns: Sequence[Said],
    corpus: Corpus,
    now: datetime,
    near: Mapping[str, float] | None = None,
) -> list[Found]:
    """The turns that have to do with the question, best first; of two that are as good, the younger.

    `turns` are those with words of the question and those around them. `near` says how near a turn is to the
    question by their vectors, from 0 to 1; where it is given, words and nearness count the same.
    """
    own = {(turn.session, turn.number): _matches(question, turn, corpus) for turn in turns}
    scores = {turn.id: _with_around(question, turn, own) for turn in turns}
    best = max(scores.values(), default=0.0) or 1.0
    found = []
    for turn in turns:
        semantic = scores[turn.id] / best
        if near is not None:
            semantic = (semantic + near.get(turn.id, 0.0)) / 2
        if semantic > 0:
            found.append(_judged(question, turn, semantic, now))
    return sorted(found, key=lambda one: (one.score, one.said.at, one.said.number), reverse=True)


def _matches(question: Question, turn: Said, corpus: Corpus) -> float:
    said = terms(turn.text)
    share = 1 - _B + _B * len(said) / (corpus.length or 1)
    counts = Counter(said)
    return sum(
        weight * corpus.rarity(term) * counts[term] * (_K1 + 1) / (counts[term] + _K1 * share)
        for term, weight in question.weights.items()
        if term in counts
    )


def _with_around(question: Question, turn: Said, own: Mapping[tuple[str, int], float]) -> float:
    score = own[turn.session, turn.number]
    score += sum(part * own.get((turn.session, turn.number + away), 0.0) for away, part in AROUND.items())
    if question.speaker and turn.speaker == question.speaker:
        score *= _SPEAKER
    if any(since <= turn.at < until for since, until in question.within):
        score *= _MOMENT
    return score


def _judged(question: Question, turn: Said, semantic: float, now: datetime) -> Found:
    recency = math.exp(-max(timedelta(), now - turn.at) / _DECAY)
    importance = 1 - math.exp(-len(terms(turn.text)) / _SAYING)
    score = SEMANTIC * semantic + IMPORTANCE * importance
    if question.lately:
        score += RECENCY * recency
    return Found(turn, semantic, recency, importance, score)
