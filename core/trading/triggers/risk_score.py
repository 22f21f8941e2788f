"""The order's risk score has reached its limit. Source: the trading design's second trigger."""

from collections.abc import Iterator
from decimal import Decimal

from core.approvals.request import Finding, Severity
from core.trading.case import VALUE, Case, Trigger, over, times
from core.trading.risk import Risk
from core.trading.subject import ONE, ZERO

CODE = "RISK_SCORE"


def _fires(case: Case) -> Iterator[Finding]:
    limit = case.limits.risk_score_threshold
    if limit is None:
        return
    risk = case.risk
    if risk.score < limit:
        return
    parts = ", ".join(part.words() for part in risk.components)
    yield case.finding(
        CODE,
        _severity(case, risk, limit),
        f"The risk score is {risk.score:.2f}, which {over(risk.score, limit)} {limit:.2f}: {parts}",
        score=risk.score,
        mean=risk.mean,
        worst=risk.worst.name,
        limit=limit,
        weights=risk.version,
        components={part.name: str(part.score) for part in risk.components},
        missing=[part.name for part in risk.components if part.note],
        as_of=case.subject.statistics.as_of,
    )


def _severity(case: Case, risk: Risk, limit: Decimal) -> Severity:
    """How grave it is by how little is left up to 1, where a score ends: half of what the limit leaves is two times.

    A part that is missing makes the score 1, and says no more than that something is missing: HIGH.
    """
    known = [part.score for part in risk.components if not part.note]
    score = max(known, default=ONE)
    least: Severity = "HIGH" if len(known) < len(risk.components) else "LOW"
    return case.grave(times(ONE - limit, ONE - score) if score >= limit else ZERO, least)


TRIGGER = Trigger(
    lambda limits: limits.risk_score_threshold is not None,
    (
        *VALUE,
        *("portfolio.as_of", "portfolio.net_value", "agent.as_of", "agent.win_rate", "statistics.as_of"),
        *("statistics.volatility", "statistics.average_volume", "statistics.vix"),
    ),
    _fires,
)
