"""How much is at risk, in five parts from 0 to 1 with what each is made of: for those who decide to look at.

Source: the trading design's snapshot (2.1). A part that is missing counts as 1, is called missing, and the overall risk
is the larger of the mean of the parts and the worst of them, so that a mean hides nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.trading import risk
from core.trading.case import Case
from core.trading.concentration import correlated, sector, single
from core.trading.subject import ONE, ZERO

# Where a book is at its worst: all of it borrowed once more, or half of it in one symbol.
_LEVERED = Decimal(2)
_ONE_SYMBOL = Decimal("0.5")
# What concentration is measured by where a policy has no limit.
_SINGLE, _GROUP = Decimal("0.25"), Decimal("0.40")
_EXACT = Decimal("0.0001")

Parts = Mapping[str, Decimal | None]


def assessment(case: Case) -> dict[str, Any]:
    """The assessment of the case that was judged, as it is frozen with the request."""
    seen = {part.name: None if part.note else part.score for part in case.risk.components}
    areas = {
        "trade": _area(seen, case.risk.score),
        "portfolio": _area(_portfolio(case)),
        "concentration": _area(_concentration(case)),
        "liquidity": _area({"liquidity": seen["liquidity"]}),
        "market": _area({"volatility": seen["volatility"], "market": seen["market"]}),
    }
    scores = [Decimal(area["score"]) for area in areas.values()]
    overall = max(sum(scores, ZERO) / len(scores), *scores)
    missing = sorted({f"{name}.{part}" for name, area in areas.items() for part in area["missing"]})
    return {
        "overall": _shown(overall),
        **areas,
        "missing": missing,
        "weights": case.risk.version,
        "policy": case.policy,
        "notional": None if case.notional is None else str(case.notional),
        "as_of": _moments(case),
    }


def _portfolio(case: Case) -> Parts:
    book = case.subject.portfolio
    if not book.whole or book.net_value is None:
        return {"leverage": None, "largest": None}
    values = [abs(held.value) for held in book.positions if held.value is not None]
    if book.net_value <= ZERO:
        return {"leverage": ONE, "largest": ONE}
    return {
        "leverage": sum(values, ZERO) / (_LEVERED * book.net_value),
        "largest": max(values, default=ZERO) / (_ONE_SYMBOL * book.net_value),
    }


def _concentration(case: Case) -> Parts:
    net, limits, subject = case.subject.portfolio.net_value, case.limits, case.subject
    if case.reach is None or case.price is None or net is None:
        return {"symbol": None, "sector": None, "together": None}
    if net <= ZERO:
        return {"symbol": ONE, "sector": ONE, "together": ONE}
    own = case.reach.after * case.price
    together = correlated(subject, own, net, limits.correlation)
    return {
        "symbol": _of(single(subject, own, net).share, limits.max_single_position, _SINGLE),
        "sector": _of(sector(subject, own, net).share, limits.max_sector, _GROUP),
        "together": None if together.unjudged else _of(together.share, limits.max_correlated, _GROUP),
    }


def _of(share: Decimal, limit: Decimal | None, usual: Decimal) -> Decimal:
    limit = usual if limit is None else limit
    return share / limit if limit else ONE


def _area(parts: Parts, score: Decimal | None = None) -> dict[str, Any]:
    counted = {name: ONE if value is None else risk.clamp(value) for name, value in parts.items()}
    if score is None:
        score = max(sum(counted.values(), ZERO) / len(counted), *counted.values())
    return {
        "score": _shown(score),
        "parts": {name: _shown(value) for name, value in counted.items()},
        "missing": _names(name for name, value in parts.items() if value is None),
    }


def _names(names: Iterable[str]) -> list[str]:
    return sorted(names)


def _shown(value: Decimal) -> str:
    return str(value.quantize(_EXACT))


def _moments(case: Case) -> dict[str, str]:
    subject = case.subject
    moments: dict[str, datetime | None] = {
        "market": subject.market.as_of,
        "statistics": subject.statistics.as_of,
        "agent": subject.agent.as_of,
        "portfolio": subject.portfolio.as_of,
        "activity": subject.activity.as_of,
    }
    return {name: at.isoformat() for name, at in moments.items() if at is not None}
