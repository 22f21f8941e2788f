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
    """A small number for each intent, of everything that a message may have; these are added up, and the sums become shares.

    `rows` has them for one feature side by side in one whole number, 24 bits for each intent, 128 more than they are, so that
    one addition adds for all intents. `scale` is what one of these numbers is worth. It holds the temperature that makes shares honest: of what is said with
    0.8, four of five are right.
    """

    spelling: Spelling
    rows: Sequence[int]
    offsets: Mapping[Intent, float]
    scale: float

    def shares(self, tokens: Sequence[str], shown: Sequence[str] = ()) -> dict[Intent, float]:
        """How likely each intent is for these words and signs, the likeliest first; they add up to 1."""
        found = features(list(tokens), shown)
        norm = self.scale / max(1.0, len(found) ** 0.5)
        added, zero = sum(map(self.rows.__getitem__, found)), _ZERO * len(found)
        sums = {
            intent: offset + norm * ((added >> (at * _LANE) & _MASK) - zero)
            for at, (intent, offset) in enumerate(self.offsets.items())
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
        intents = [Intent(name) for name in told["intents"]]
        return cls(
            spelling=Spelling(told["words"]),
            rows=_rows(body, len(intents)),
            offsets=dict(zip(intents, told["offsets"], strict=True)),
            scale=told["scale"],
        )


_LANE, _ZERO = 24, 128
_MASK = (1 << _LANE) - 1
_RAISED = bytes((value + _ZERO) % 256 for value in range(256))


def _rows(columns: bytes, number: int) -> list[int]:
    """Columns of signed bytes, one after the other, as rows with a lane for each."""
    lane = _LANE // 8
    length = number * lane
    spread = bytearray(BUCKETS * length)
    for at in range(number):
        spread[at * lane :: length] = columns[at * BUCKETS : (at + 1) * BUCKETS].translate(_RAISED)
    return [int.from_bytes(spread[at : at + length], "little") for at in range(0, len(spread), length)]


@cache
def classifier() -> Classifier:
    """The classifier that comes with Wardroom; read once, in some ten milliseconds."""
    return Classifier.read(files("core.language").joinpath(MODEL).read_bytes())
