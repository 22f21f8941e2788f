"""What is unusual for an agent, by its own other orders: size, rate, time of day, symbol, the same again, back and forth.

Source: the trading design's seventh trigger (1.1), which names the detection and leaves open what it detects. Size
and rate are judged by modified z-scores (see `usual`), upwards alone: a small or a slow order harms nobody.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from core.approvals.limits import PatternLimits
from core.trading.subject import EXECUTED, Order, Trade
from core.trading.usual import usual

_DAY = 86_400


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
    past = executed(orders)
    if len(past) >= limits.history:
        if notional is not None:
            yield from _size(notional, past, limits)
        yield from _hour(past, now, limits)
    elif limits.short_history == "ask":
        yield Pattern("history", short(past, limits), slight=True, inputs={"executed": len(past)})
    if limits.new_symbol and past and not any(order.symbol == trade.symbol for order in past):
        yield Pattern("new_symbol", f"the agent has not traded {trade.symbol} before", slight=True)
    yield from _pace(orders, now, limits)
    yield from _again(trade, _within(orders, now, limits.repeat), limits.repeat)
    yield from _reversed(trade, _within(orders, now, limits.reversal), limits.reversal)


def executed(orders: Iterable[Order]) -> list[Order]:
    """Those that can be compared with: what did not run says nothing about what an agent does."""
    return [order for order in orders if order.status == EXECUTED]


def short(past: Sequence[Order], limits: PatternLimits) -> str:
    """The words for a history that is too short to compare with."""
    return f"the agent has {len(past)} executed orders to compare with, and {limits.history} are needed"


def _size(notional: Decimal, past: Sequence[Order], limits: PatternLimits) -> Iterator[Pattern]:
    values = [order.notional for order in past if order.notional]
    if not values:
        return
    known = usual(values)
    score = known.score(notional)
    if score >= limits.size:
        words = (
            f"its value of {notional:,.2f} is far from the agent's usual {known.median:,.2f}"
            f" (modified z-score {score:.1f}, limit {limits.size})"
        )
        inputs: dict[str, object] = {
            "notional": notional,
            "median": known.median,
            "mad": known.mad,
            "score": score,
            "limit": limits.size,
        }
        yield Pattern("size", words, score / limits.size, inputs=inputs)


def _pace(orders: Sequence[Order], now: datetime, limits: PatternLimits) -> Iterator[Pattern]:
    span = limits.pace_window
    count = len(_within(orders, now, span)) + 1
    if count >= limits.pace:
        words = f"it is order {count} within {_minutes(span)}"
        inputs: dict[str, object] = {"orders": count, "limit": limits.pace}
        yield Pattern("pace", words, Decimal(count) / limits.pace, inputs=inputs)
    if count <= 1:
        return
    # How many there were in each earlier stretch of that length in which there were any.
    busy = Counter((now - order.at) // span for order in orders if order.at and now - order.at > span)
    if len(busy) < max(1, limits.history):
        return
    known = usual([Decimal(number) for number in busy.values()])
    score = known.score(Decimal(count), Decimal(1))
    if score >= limits.rate:
        words = (
            f"it is order {count} within {_minutes(span)}, where {known.median:g} are usual when it trades"
        )
        seen: dict[str, object] = {"orders": count, "median": known.median, "mad": known.mad, "score": score}
        yield Pattern("rate", words, score / limits.rate, inputs=seen | {"limit": limits.rate})


def _hour(past: Sequence[Order], now: datetime, limits: PatternLimits) -> Iterator[Pattern]:
    """Whether the agent never traded near this time of day, round midnight too.

    In UTC: a clock that is put forward moves an agent by an hour, which `hour` has to allow for.
    """
    # The seconds of a difference are those beyond its whole days.
    ages = [(now - order.at).seconds for order in past if order.at is not None]
    if not ages:
        return
    nearest = min(min(age, _DAY - age) for age in ages)
    if nearest > limits.hour.total_seconds():
        words = f"the agent has not traded within {_minutes(limits.hour)} of this time of day before"
        inputs: dict[str, object] = {"nearest_minutes": nearest // 60}
        yield Pattern("hour", words, slight=True, inputs=inputs)


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
