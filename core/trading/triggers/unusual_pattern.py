"""The order is unlike the agent's others. Source: the trading design's seventh trigger."""

from collections.abc import Iterator

from core.approvals.request import Finding, Severity
from core.trading.case import VALUE, Case, Trigger
from core.trading.patterns import Pattern, executed, short, unusual

CODE = "UNUSUAL_PATTERN"


def _fires(case: Case) -> Iterator[Finding]:
    limits = case.limits.patterns
    if limits is None:
        return
    longest = max(limits.pace_window, limits.repeat, limits.reversal)
    yield from case.uncovered(case.now - longest, "What is compared for patterns")
    if limits.short_history == "gap" and len(past := executed(case.of_agent)) < limits.history:
        yield case.gap(f"What is usual is missing, because {short(past, limits)}", executed=len(past))
    for pattern in unusual(case.trade, case.notional, case.of_agent, case.now, limits):
        said = f"Unusual: {pattern.words}"
        yield case.finding(CODE, _severity(case, pattern), said, pattern=pattern.name, **pattern.inputs)


def _severity(case: Case, pattern: Pattern) -> Severity:
    if pattern.times is not None:
        return case.grave(pattern.times)
    return "LOW" if pattern.slight else "MEDIUM"


TRIGGER = Trigger(
    lambda limits: limits.patterns is not None,
    (
        *VALUE,
        *("trade.symbol", "trade.side", "agent.id", "activity.as_of", "activity.since", "activity.orders"),
    ),
    _fires,
)
