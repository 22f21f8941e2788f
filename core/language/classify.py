"""The local classifier: which intent a message has, and how sure that is. A linear model over words and pieces of words.

It is trained by `python -m bench.training.train` from the patterns beside that script, and kept as one small file, so that
a process needs nothing but the standard library to use it.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp
from typing import Self

from core.language.entity import Names
from core.language.features import BUCKETS, features, words
from core.language.intent import Intent
from core.language.spelling import Spelling

MODEL = "intents.model"


@dataclass(frozen=True)
class Classifier:
    """A column of small whole numbers for each intent; what a message has is added up, and the sums become shares.

    `scale` is what one of these numbers is worth. It holds the temperature that makes shares honest: of what is said with
    0.8, four of five are right.
    """

    spelling: Spelling
    columns: Mapping[Intent, Sequence[int]]
    offsets: Mapping[Intent, float]
    scale: float

    def shares(self, tokens: Sequence[str]) -> dict[Intent, float]:
        """How likely each intent is, the likeliest first; they add up to 1."""
        found = features(list(tokens))
        norm = self.scale / max(1.0, len(found) ** 0.5)
        sums = {
            intent: self.offsets[intent] + norm * sum(map(column.__getitem__, found))
            for intent, column in self.columns.items()
        }
        most = max(sums.values())
        weights = {intent: exp(value - most) for intent, value in sums.items()}
        total = sum(weights.values())
        return {
            intent: weights[intent] / total
            for intent in sorted(weights, key=weights.__getitem__, reverse=True)
        }

    def tokens(self, text: str, names: Names) -> list[str]:
        """The words of a message as the classifier knows them, slips of the finger mended."""
        mend = self.spelling.mend
        return [mend(word) for word in words(text, names)]

    @classmethod
    def read(cls, packed: bytes) -> Self:
        """The classifier that a file holds, as `pack` wrote it."""
        head, _, body = zlib.decompress(packed).partition(b"\n")
        told = json.loads(head)
        numbers = memoryview(body).cast("b")
        intents = [Intent(name) for name in told["intents"]]
        return cls(
            spelling=Spelling(told["words"]),
            columns={
                intent: numbers[at * BUCKETS : (at + 1) * BUCKETS].tolist()
                for at, intent in enumerate(intents)
            },
            offsets=dict(zip(intents, told["offsets"], strict=True)),
            scale=told["scale"],
        )


@cache
def classifier() -> Classifier:
    """The classifier that comes with Wardroom; read once, in some ten milliseconds."""
    return Classifier.read(files("core.language").joinpath(MODEL).read_bytes())
