"""Limits as the configuration file writes them: how many times over is how grave, and those of the trading pack."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from core.quantity import Duration
from core.source import Section, wrong
from core.wording import Label

Share = Annotated[Decimal, Field(ge=0, le=1)]
Amount = Annotated[Decimal, Field(ge=0)]


def _some_time(span: timedelta) -> timedelta:
    if span <= timedelta():
        raise wrong("This time is zero.", "Give people some time, such as 15m.")
    return span


Span = Annotated[Duration, AfterValidator(_some_time)]
Symbol = Annotated[str, AfterValidator(str.upper), Field(min_length=1, max_length=32)]


PACK_TRIGGERS: Mapping[str, tuple[str, ...]] = {
    "trading": (
        *("AMOUNT_THRESHOLD", "VALUE_MISMATCH", "RISK_SCORE", "CONCENTRATION_LIMIT", "LOW_BUDGET"),
        *("FIRST_TRADE", "LOW_TRUST", "UNUSUAL_PATTERN", "TOLD_OTHERWISE"),
    )
}
"""The reasons that each built-in pack may have to ask, by the name of the pack."""


class Multiples(Section):
    """From how many times its limit on a measure is how grave; the gravest that fits counts."""

    medium: float = Field(default=1, gt=0)
    high: float = Field(default=2, gt=0)
    critical: float = Field(default=5, gt=0)

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if not self.medium <= self.high <= self.critical:
            raise wrong("These multiples do not rise.", "Write medium, high and critical in rising order.")
        return self


class RiskWeights(Section):
    """What each part of the risk score weighs in its mean; `version` tells one set of weights from another."""

    version: Label = "1"
    volatility: Share = Decimal("0.25")
    size: Share = Decimal("0.30")
    liquidity: Share = Decimal("0.20")
    market: Share = Decimal("0.15")
    performance: Share = Decimal("0.10")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = self.volatility + self.size + self.liquidity + self.market + self.performance
        if total != 1:
            raise wrong(f"These weights come to {total}.", "Let them come to 1.")
        return self


class MaxAges(Section):
    """How old what an order is judged by may be: prices, the books of portfolio and agent, and statistics."""

    quote: Span = timedelta(minutes=5)
    book: Span = timedelta(minutes=15)
    statistics: Span = timedelta(days=4)


class PatternLimits(Section):
    """What is unusual for an agent, by its own past orders.

    `history`: fewer executed orders than these are too few to compare with, and `short_history` says what then.
    `size` and `rate`: modified z-scores. `pace`: how many orders within `pace_window`, whatever is usual.
    `hour`: how near to the time of day of an earlier order is near. `repeat` and `reversal`: how soon the same
    order again, or the opposite side of the same symbol, counts.
    """

    history: int = Field(default=10, ge=0)
    short_history: Literal["gap", "ask", "pass"] = "gap"
    size: Decimal = Field(default=Decimal("3.5"), gt=0)
    rate: Decimal = Field(default=Decimal("3.5"), gt=0)
    pace: int = Field(default=20, ge=2)
    pace_window: Span = timedelta(minutes=10)
    hour: Span = timedelta(minutes=90)
    repeat: Span = timedelta(minutes=1)
    reversal: Span = timedelta(minutes=5)
    new_symbol: bool = True


NEVER_GRAVE = frozenset({"FIRST_TRADE"})
"""Codes of the trading pack whose severity is MEDIUM at most, however large the order."""


class TradingLimits(Section):
    """The limits of the trading pack: amounts in the base currency, shares from 0 to 1; None leaves one out.

    `max_correlated` is `max_sector` unless it is written. `short_collateral` is the share of what is sold short
    that has to be free in cash. `restricted` and `halted` deny, whatever anybody approves.
    """

    amount_threshold: Amount | None = None
    rolling_threshold: Amount | None = None
    window: Span = timedelta(days=1)
    value_tolerance: Share = Decimal("0.01")
    risk_score_threshold: Share | None = None
    risk_weights: RiskWeights = RiskWeights()
    max_single_position: Share | None = None
    max_sector: Share | None = None
    max_unknown_sector: Share | None = None
    max_correlated: Share | None = None
    correlation: Share = Decimal("0.7")
    min_budget: Share | None = None
    require_approval_for_first_trade: bool = False
    min_trust_score: Share | None = None
    short_collateral: Share = Decimal(1)
    patterns: PatternLimits | None = PatternLimits()
    max_age: MaxAges = MaxAges()
    multiples: Multiples = Multiples()
    restricted: tuple[Symbol, ...] = ()
    halted: bool = False

    @model_validator(mode="before")
    @classmethod
    def _moving_together(cls, written: Any) -> Any:
        # What moves together hangs together as much as a sector does, so it is looked at where sectors are.
        if isinstance(written, Mapping) and "max_correlated" not in written and "max_sector" in written:
            return {**written, "max_correlated": written["max_sector"]}
        return written
