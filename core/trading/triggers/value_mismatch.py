"""The agent's own figure is not what the order is worth: one of the two is wrong about what would be traded.

More than the tolerance off fires, exactly the tolerance does not; what is off is a share of the agent's figure.
"""

from collections.abc import Iterator

from core.approvals.request import Finding
from core.trading.case import VALUE, Case, Trigger, times

CODE = "VALUE_MISMATCH"


def _fires(case: Case) -> Iterator[Finding]:
    told, notional, tolerance = case.trade.estimated_value, case.notional, case.limits.value_tolerance
    if told is None or notional is None:
        return
    off = times(abs(told - notional), abs(told))
    if told == notional or off <= tolerance:
        return
    yield case.finding(
        CODE,
        case.grave(times(off, tolerance)),
        f"The value of {notional:,.2f} is {off:.2%} off the agent's figure of {told:,.2f}, which is more than {tolerance:.2%}",
        estimated_value=told,
        notional=notional,
        off=off,
        limit=tolerance,
        as_of=case.subject.market.as_of,
    )


TRIGGER = Trigger(lambda _limits: True, VALUE, _fires)
