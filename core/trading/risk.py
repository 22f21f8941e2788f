"""The risk score of an order: five parts from 0 to 1, their weighted mean, and the worst of them.

Source: the trading design's 1.2, with the worst part beside the mean: a mean hides an order of ten times the
daily volume. The part of the market's mood and that of the agent's luck are rules of thumb: they can make a
score worse and never better.
"""

from dataclasses import dataclass
from decimal import Decimal

from core.approvals.limits import RiskWeights
from core.trading.subject import ONE, ZERO

# What each measure is at its worst: 50 % a year, a quarter of the net value, a tenth of a day's volume, 40.
_VOLATILE = Decimal("0.5")
_LARGE = Decimal("0.25")
_ILLIQUID = Decimal("0.1")
_FEARFUL = Decimal(40)

MISSING = "missing"


@dataclass(frozen=True)
class Facts:
    """What the score is made of; None is missing. `size` and `turnover`: shares of net value and daily volume."""

    volatility: Decimal | None
    size: Decimal | None
    turnover: Decimal | None
    vix: Decimal | None
    win_rate: Decimal | None


@dataclass(frozen=True)
class Component:
    """One part, 0 to 1, with its weight. `note` says what is wrong with it."""

    name: str
    score: Decimal
    weight: Decimal
    note: str = ""

    def words(self) -> str:
        """As cards show it."""
        return f"{self.name} {self.score:.2f}{f' ({self.note})' if self.note else ''}"


@dataclass(frozen=True)
class Risk:
    """The score with all that it is made of, and the version of the weights."""

    components: tuple[Component, ...]
    mean: Decimal
    worst: Component
    version: str

    @property
    def score(self) -> Decimal:
        """The larger of the mean and the worst part."""
        return max(self.mean, self.worst.score)


def assess(facts: Facts, weights: RiskWeights) -> Risk:
    """The score of these facts. A part that is missing counts as the worst there is."""
    components = (
        _part("volatility", _of(facts.volatility, _VOLATILE), weights.volatility),
        _part("size", _of(facts.size, _LARGE), weights.size),
        _part("liquidity", _of(facts.turnover, _ILLIQUID), weights.liquidity),
        _part("market", _of(facts.vix, _FEARFUL), weights.market),
        _part("performance", None if facts.win_rate is None else ONE - facts.win_rate, weights.performance),
    )
    mean = sum((each.score * each.weight for each in components), ZERO)
    return Risk(components, mean, max(components, key=lambda each: each.score), weights.version)


def clamp(value: Decimal) -> Decimal:
    """The nearest number from 0 to 1; what is no number counts as 1."""
    if value.is_nan():
        return ONE
    return min(max(value, ZERO), ONE)


def _of(value: Decimal | None, worst: Decimal) -> Decimal | None:
    return None if value is None else value / worst


def _part(name: str, score: Decimal | None, weight: Decimal) -> Component:
    if score is None:
        return Component(name, ONE, weight, MISSING)
    return Component(name, clamp(score), weight)
