"""How far a number is from what is usual, by measures that a few wild numbers do not move.

Source: the modified z-score of B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle Outliers", 1993:
0.6745 times the distance from the median, in median absolute deviations (MAD); from 3.5 on they call it an outlier.
Where most numbers are the same the MAD is nothing, and any other would be infinitely far: so it counts as a quarter
of the median at least.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

_LEAST_SPREAD = Decimal("0.25")
_NORMAL = Decimal("0.6745")


@dataclass(frozen=True)
class Usual:
    """The middle of some numbers, and how far they commonly are from it."""

    median: Decimal
    mad: Decimal

    def score(self, value: Decimal, least: Decimal = Decimal(0)) -> Decimal:
        """The modified z-score: below zero for what is smaller than usual. No spread is taken for less than `least`."""
        spread = max(self.mad, abs(self.median) * _LEAST_SPREAD, least)
        return _NORMAL * (value - self.median) / spread if spread else Decimal(0)


def usual(numbers: Sequence[Decimal]) -> Usual:
    """What is usual among these, of which there must be one at least."""
    middle = median(numbers)
    return Usual(middle, median([abs(number - middle) for number in numbers]))


def median(numbers: Sequence[Decimal]) -> Decimal:
    """The middle one, or the mean of the two in the middle."""
    ordered = sorted(numbers)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
