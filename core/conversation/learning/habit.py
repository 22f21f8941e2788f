"""A habit of somebody: what they prefer, what they usually choose, what follows what, what they mean by a word. Pure.

Nothing of it decides anything: a value that was noticed, or another meaning of a word, counts only after the person has
said so, and each of them is shown, and erased, like anything else that is kept.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LEAST = 5
"""So often a value has been chosen, at least, before it is offered."""
SURE = 0.55
"""So sure, by the lower bound of its share, before it is offered: five of five, or nine of ten."""
TWICE = 2
"""A correction is offered as a word of one's own after so many."""
_Z = 1.96


class Kind(StrEnum):
    """What a habit is about."""

    PREFERENCE = "preference"  # key is used with value
    VALUE = "value"  # key was given value, so many times
    FOLLOWS = "follows"  # after key came value
    WORD = "word"  # by key, value is meant
    LAST = "last"  # what was done last


class State(StrEnum):
    """Whether the person was asked, and what they said."""

    SEEN = "seen"
    DUE = "due"
    OFFERED = "offered"
    KEPT = "kept"
    DECLINED = "declined"


@dataclass(frozen=True)
class Habit:
    """One habit: how often it was seen, at which hours of the person's day (24 counts), and what they said to it."""

    id: int
    person: str
    kind: Kind
    key: str
    value: str
    count: int
    hours: tuple[int, ...]
    state: State
    at: datetime

    @property
    def counts(self) -> bool:
        """Whether it may be used."""
        return self.state is State.KEPT


def sure(count: int, total: int) -> float:
    """How sure it is that a share of `count` in `total` is no chance: the lower bound of Wilson's interval at 95 %.

    Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927.
    """
    if not total:
        return 0.0
    share = count / total
    middle = share + _Z * _Z / (2 * total)
    width = _Z * math.sqrt(share * (1 - share) / total + _Z * _Z / (4 * total * total))
    # Of none it is none, and rounding must not make it less.
    return max(0.0, (middle - width) / (1 + _Z * _Z / total))


def confidence(one: Habit, others: Iterable[Habit]) -> float:
    """How sure a habit is, among all with the same key."""
    return sure(one.count, sum(other.count for other in others))


def is_due(one: Habit, others: Iterable[Habit]) -> bool:
    """Whether the person should be asked about it now."""
    if one.state is not State.SEEN:
        return False
    if one.kind is Kind.WORD:
        return one.count >= TWICE
    return one.kind is Kind.VALUE and one.count >= LEAST and confidence(one, others) >= SURE
