"""The agent's own figure is not what the order is worth: one of the two is wrong about what would be traded."""

from collections.abc import Iterator

from core.approvals.request import Finding
from core.trading.case import VALUE, Case, Trigger, times

CODE = "VALUE_MISMATCH"


def _fires(case: Case) -> Iterator[Finding]:
    told, notional, tolerance = case.trade.estimated_value, case.notional, case.limits.value_tolerance
    if told is None or not notional:
        return
    off = abs(told - notional) / notional
    if off <= tolerance:
        return
    yield case.finding(
        CODE,
        case.grave(times(off, tolerance)),
        f"The agent's figure of {told:,.2f} is {off:.2%} off the value of {notional:,.2f}",
        estimated_value=told,
        notional=notional,
        off=off,
        limit=tolerance,
        as_of=case.subject.market.as_of,
    )


TRIGGER = Trigger(lambda _limits: True, VALUE, _fires)
