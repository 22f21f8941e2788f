"""The purchase leaves little of what the agent began with. Source: the trading design's fourth trigger."""

from collections.abc import Iterator
from decimal import Decimal

from core.approvals.request import Finding
from core.trading.case import VALUE, Case, Trigger, times, under

CODE = "LOW_BUDGET"


def _fires(case: Case) -> Iterator[Finding]:
    floor, initial, free = case.limits.min_budget, case.subject.agent.initial_budget, case.free_cash
    # A sale brings money. What is not there at all is refused, and needs no question.
    if case.trade.side == "sell" or floor is None or initial is None or free is None or free < 0:
        return
    remaining = free / initial
    if remaining > floor:
        return
    yield case.finding(
        CODE,
        case.grave(times(floor, remaining) if floor else Decimal(1)),
        f"It leaves {remaining:.2%} of the agent's budget, which {under(remaining, floor)} {floor:.2%}",
        remaining=remaining,
        limit=floor,
        cash=case.subject.agent.cash,
        initial_budget=initial,
        notional=case.notional,
        fees=case.trade.fees,
        as_of=case.subject.agent.as_of,
    )


TRIGGER = Trigger(
    lambda limits: limits.min_budget is not None,
    (
        *VALUE,
        *("trade.side", "trade.fees", "agent.id", "agent.as_of", "agent.cash", "agent.initial_budget"),
        *("activity.as_of", "activity.orders"),
    ),
    _fires,
)
