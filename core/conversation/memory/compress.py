"""Summing up: the sentences that say what most others are about, in their order. Pure.

Source: LexRank (Erkan and Radev, "LexRank: Graph-based Lexical Centrality as Salience in Text Summarization", 2004) with
continuous weights: sentences are joined by the cosine of their words weighted by tf-idf, and a sentence is as central as
those that it is like. Where a model is configured it writes the summary anew; this one stands until it has.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence

from core.conversation.llm import estimate
from core.stems import terms
from core.text import cut

_DAMPING = 0.85
_ROUNDS = 30
_LEAST = 0.5  # of the mean: what is less central is like nothing else, and told by nobody
_MOST = 200  # sentences that are compared with each other
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_LETTERS = 300  # of one sentence


def summary(turns: Sequence[tuple[str, str]], tokens: int) -> str:
    """Of these turns, (who, words), the most central sentences that fit the room, each with who said it."""
    sentences = [
        (who, cut(sentence.strip(), _LETTERS))
        for who, text in turns
        for sentence in _SENTENCE.split(text)
        if len(terms(sentence)) > 1
    ][-_MOST:]
    scores = _central([words for _, words in sentences])
    least = min(_LEAST / max(1, len(scores)), max(scores, default=0.0))
    order = sorted(range(len(sentences)), key=scores.__getitem__, reverse=True)
    chosen: set[int] = set()
    left = tokens
    for index in (index for index in order if scores[index] >= least):
        size = estimate(_line(*sentences[index]))
        if size <= left:
            chosen.add(index)
            left -= size
    return "\n".join(_line(*sentences[index]) for index in sorted(chosen))


def _line(who: str, sentence: str) -> str:
    return f"{who}: {sentence}" if who else sentence


def _central(sentences: Sequence[str]) -> list[float]:
    """How central each sentence is; they sum to 1."""
    count = len(sentences)
    vectors = _vectors(sentences)
    # What is like nothing else is not central for being like itself.
    alike = [[0.0 if other is one else _cosine(one, other) for other in vectors] for one in vectors]
    totals = [sum(row) or 1.0 for row in alike]
    scores = [1 / max(1, count)] * count
    for _ in range(_ROUNDS):
        scores = [
            (1 - _DAMPING) / count
            + _DAMPING * sum(alike[other][one] / totals[other] * scores[other] for other in range(count))
            for one in range(count)
        ]
    return scores


def _vectors(sentences: Sequence[str]) -> list[dict[str, float]]:
    counts = [Counter(terms(sentence)) for sentence in sentences]
    having = Counter(term for one in counts for term in one)
    rarity = {term: math.log(1 + len(sentences) / times) for term, times in having.items()}
    vectors = []
    for one in counts:
        weighed = {term: times * rarity[term] for term, times in one.items()}
        length = math.sqrt(sum(weight * weight for weight in weighed.values())) or 1.0
        vectors.append({term: weight / length for term, weight in weighed.items()})
    return vectors


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    if len(other) < len(one):
        one, other = other, one
    return sum(weight * other[term] for term, weight in one.items() if term in other)
