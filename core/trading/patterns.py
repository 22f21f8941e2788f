"""What is unusual for an agent, by its own other orders: their size, their pace, the same again, back and forth.

Source: the trading design's seventh trigger (1.1), which names the detection and leaves open what it detects.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from core.approvals.limits import PatternLimits
from core.trading.subject import EXECUTED, Order, Trade


@dataclass(frozen=True)
class Pattern:
    """Something unusual: in words, how many times over its limit, and what it was judged by.

    `times` None: it has no measure, and says how grave it is by itself.
    """

    name: str
    words: str
    times: Decimal | None = None
    slight: bool = False
    inputs: dict[str, object] = field(default_factory=dict)


def unusual(
    trade: Trade, notional: Decimal | None, orders: Sequence[Order], now: datetime, limits: PatternLimits
) -> Iterator[Pattern]:
    """Everything unusual about an order beside the agent's other `orders`."""
    past = [order for order in orders if order.status == EXECUTED]
    if len(past) < limits.history:
        words = f"the agent has {len(past)} executed orders to compare with, and {limits.history} are needed"
        yield Pattern("history", words, slight=True, inputs={"executed": len(past)})
    elif notional is not None:
        yield from _size(notional, past, limits)
    if limits.new_symbol and past and not any(order.symbol == trade.symbol for order in past):
        yield Pattern("new_symbol", f"the agent has not traded {trade.symbol} before", slight=True)
    yield from _pace(orders, now, limits)
    yield from _again(trade, _within(orders, now, limits.repeat), limits.repeat)
    yield from _reversed(trade, _within(orders, now, limits.reversal), limits.reversal)


def _size(notional: Decimal, past: Sequence[Order], limits: PatternLimits) -> Iterator[Pattern]:
    values = sorted(order.notional for order in past if order.notional)
    if not values:
        return
    middle = len(values) // 2
    median = values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
    ratio = notional / median
    if ratio >= limits.size:
        words = f"it is {ratio:,.1f} times the agent's median order of {median:,.2f}"
        inputs: dict[str, object] = {"notional": notional, "median": median, "limit": limits.size}
        yield Pattern("size", words, ratio / limits.size, inputs=inputs)


def _pace(orders: Iterable[Order], now: datetime, limits: PatternLimits) -> Iterator[Pattern]:
    count = len(_within(orders, now, limits.pace_window)) + 1
    if count >= limits.pace:
        words = f"it is order {count} within {_minutes(limits.pace_window)}"
        inputs: dict[str, object] = {"orders": count, "limit": limits.pace}
        yield Pattern("pace", words, Decimal(count) / limits.pace, inputs=inputs)


def _again(trade: Trade, recent: Iterable[Order], span: timedelta) -> Iterator[Pattern]:
    for order in recent:
        if (order.symbol, order.side, order.quantity) == (trade.symbol, trade.side, trade.quantity):
            words = f"the same order was given within {_minutes(span)}"
            yield Pattern("repeat", words, inputs={"order": order.id})
            return


def _reversed(trade: Trade, recent: Iterable[Order], span: timedelta) -> Iterator[Pattern]:
    for order in recent:
        if order.symbol == trade.symbol and order.side and trade.side and order.side != trade.side:
            words = f"it turns back an order in {trade.symbol} of the last {_minutes(span)}"
            yield Pattern("reversal", words, inputs={"order": order.id})
            return


def _within(orders: Iterable[Order], now: datetime, span: timedelta) -> list[Order]:
    # An order whose moment is not known may have been just now.
    return [order for order in orders if order.at is None or order.at >= now - span]


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:g} minutes"
