"""How near a text is to a question by what both mean: the cosine of their vectors, which are kept in single precision. Pure."""

import math
from array import array
from collections.abc import Iterable, Sequence

LONGEST = 4_096


def packed(vector: Sequence[float]) -> bytes:
    """A vector of length 1 in this direction, as it is kept.

    Raises:
        ValueError: it has no direction, is too long, or has what is no number.
    """
    length = math.sqrt(math.fsum(value * value for value in vector))
    if not 0 < len(vector) <= LONGEST or not length or not math.isfinite(length):
        raise ValueError("no vector")
    return array("f", (value / length for value in vector)).tobytes()


def near(question: bytes, rows: Iterable[tuple[int, bytes]]) -> dict[int, float]:
    """For each row its cosine with the question, from 0 to 1; what points away is as far as what has nothing to do with it.

    Rows of another length are of another model, and left out.
    """
    asked = _unpacked(question)
    found = ((id_, _unpacked(kept)) for id_, kept in rows if len(kept) == len(question))
    return {
        id_: min(1.0, max(0.0, sum(one * other for one, other in zip(asked, kept, strict=True))))
        for id_, kept in found
    }


def _unpacked(kept: bytes) -> Sequence[float]:
    vector = array("f")
    vector.frombytes(kept)
    return vector
