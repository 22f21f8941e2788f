"""The order is large, by itself or together with the others of its agent, its owner or its symbol.

Source: the trading design's first trigger, with sums over a window: ten small orders are a large one.
"""

from collections.abc import Iterator
from decimal import Decimal

from core.approvals.limits import TradingLimits
from core.approvals.request import Finding
from core.trading.case import VALUE, Case, Trigger, over, times
from core.trading.subject import ZERO

CODE = "AMOUNT_THRESHOLD"


def _wanted(limits: TradingLimits) -> bool:
    return limits.amount_threshold is not None or limits.rolling_threshold is not None


def _fires(case: Case) -> Iterator[Finding]:
    limits, notional = case.limits, case.notional
    yield from case.uncovered(case.now - limits.window, "The window of the sums")
    if notional is None:
        return
    single = limits.amount_threshold
    large = single is not None and notional >= single
    if single is not None and large:
        yield _finding(case, "The order's value", notional, single)
    limit = single if limits.rolling_threshold is None else limits.rolling_threshold
    for whose, total in _sums(case, notional).items():
        # Without other orders the sum is the order, which was told already if it is large.
        if limit is not None and total >= limit and not (large and total == notional):
            yield _finding(case, f"With the other orders of {whose}, the value", total, limit)


def _sums(case: Case, notional: Decimal) -> dict[str, Decimal]:
    """The order and the others of the window, by whom or what they have in common; unknown counts everywhere."""
    agent, owner, symbol = case.subject.agent.id, case.subject.agent.owner, case.trade.symbol
    of_agent = of_owner = of_symbol = notional
    for order in case.recent:
        value = order.notional or ZERO
        if order.agent in (agent, ""):
            of_agent += value
        if order.owner in (owner, ""):
            of_owner += value
        if order.symbol in (symbol, ""):
            of_symbol += value
    return {"this agent": of_agent, "this owner": of_owner, "this symbol": of_symbol}


def _finding(case: Case, what: str, value: Decimal, limit: Decimal) -> Finding:
    return case.finding(
        CODE,
        case.grave(times(value, limit)),
        f"{what} is {value:,.2f}, which {over(value, limit)} {limit:,.2f}",
        value=value,
        limit=limit,
        notional=case.notional,
        price=case.price,
        as_of=case.subject.market.as_of,
    )


TRIGGER = Trigger(
    _wanted,
    (*VALUE, "agent.id", "agent.owner", "activity.as_of", "activity.since", "activity.orders"),
    _fires,
)
