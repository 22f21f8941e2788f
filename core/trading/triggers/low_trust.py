"""The agent is trusted little, or nobody knows how much. Source: the trading design's sixth trigger."""

from collections.abc import Iterator
from decimal import Decimal

from core.approvals.request import Finding
from core.trading.case import Case, Trigger, times, under

CODE = "LOW_TRUST"


def _fires(case: Case) -> Iterator[Finding]:
    least, score = case.limits.min_trust_score, case.subject.agent.trust_score
    if least is None or (score is not None and score > least):
        return
    inputs = {"trust_score": score, "limit": least, "as_of": case.subject.agent.as_of}
    if score is None:
        yield case.finding(CODE, "HIGH", "How far the agent can be trusted is not known", **inputs)
        return
    severity = case.grave(times(least, score) if least else Decimal(1), "HIGH")
    said = f"The agent's trust score is {score}, which {under(score, least)} {least}"
    yield case.finding(CODE, severity, said, **inputs)


TRIGGER = Trigger(
    lambda limits: limits.min_trust_score is not None, ("agent.as_of", "agent.trust_score"), _fires
)
