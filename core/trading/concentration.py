"""How much of the whole hangs on one symbol, one sector, or on what moves together.

Source: the trading design's 1.3. Exposure counts without its sign, so a short position is one too; a limit is
looked at only by an order that makes the exposure larger, so that a position over its limit can be sold down.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from core.trading.subject import ZERO, Order, Subject


@dataclass(frozen=True)
class Reach:
    """The largest position that can come of all orders under way, in units: `before` this one, and `after` it.

    `end_before` and `end_after` are where the position ends, below zero if short, when all that runs the
    order's own way runs and nothing else does: what runs the other way may never run, and hides nothing.
    """

    before: Decimal
    after: Decimal
    end_before: Decimal
    end_after: Decimal

    @property
    def grows(self) -> bool:
        """Whether this order makes the position larger on the side that it moves it to."""
        return self.after > self.before or abs(self.end_after) > abs(self.end_before)

    @property
    def shorted(self) -> Decimal:
        """How many units more would be owed to somebody than before this order."""
        return max(ZERO, max(-self.end_after, ZERO) - max(-self.end_before, ZERO))

    @property
    def opens(self) -> bool:
        """Whether it opens a position: a larger one, or one on the other side of nothing."""
        return self.grows or self.end_before * self.end_after < ZERO


@dataclass(frozen=True)
class Group:
    """What hangs together with the order's symbol. `share` of the net value, this order and those under way included."""

    share: Decimal
    members: tuple[str, ...]
    unjudged: tuple[str, ...] = ()


def reach(subject: Subject) -> Reach | None:
    """How far the position in the order's symbol can go; None where that cannot be known.

    Orders under way may run or not, in any order. The farthest is reached when all of one side run and none
    of the other.
    """
    trade = subject.trade
    if trade.quantity is None or not trade.symbol or not trade.direction:
        return None
    if not subject.portfolio.whole or not subject.activity.whole:
        return None
    held = [one.quantity or ZERO for one in subject.portfolio.positions if one.symbol == trade.symbol]
    under_way = [one for one in subject.activity.under_way if one.symbol == trade.symbol]
    return stretch(sum(held, ZERO), _units(under_way, "buy"), _units(under_way, "sell"), trade_units(subject))


def trade_units(subject: Subject) -> Decimal:
    """The order's quantity: above zero for a buy, below it for a sale."""
    return (subject.trade.quantity or ZERO) * subject.trade.direction


def stretch(held: Decimal, buys: Decimal, sells: Decimal, order: Decimal) -> Reach:
    """The reach of a position of `held` units with so many units to be bought and sold, and an order of `order`."""
    before = max(abs(held + buys), abs(held - sells))
    after = max(abs(held + buys + max(order, ZERO)), abs(held - sells + min(order, ZERO)))
    start = held + buys if order > ZERO else held - sells
    return Reach(before, after, start, start + order)


def single(subject: Subject, own: Decimal, net_value: Decimal) -> Group:
    """The share of the order's symbol alone; `own` is what its reach is worth."""
    return Group(own / net_value, (subject.trade.symbol,))


def sector(subject: Subject, own: Decimal, net_value: Decimal) -> Group:
    """The share of the order's sector. What has no known sector is a sector by itself."""
    name = subject.market.sector
    others = _others(subject, in_sector=name)
    return Group((own + sum(others.values(), ZERO)) / net_value, (subject.trade.symbol, *sorted(others)))


def correlated(subject: Subject, own: Decimal, net_value: Decimal, coefficient: Decimal) -> Group:
    """The share of all that moves with the order's symbol, or against it, at least as `coefficient` says.

    A holding without a coefficient counts as one that does, and is named in `unjudged`.
    """
    known = subject.statistics.correlations
    others = _others(subject)
    unjudged = tuple(sorted(other for other in others if other not in known))
    close = {
        other: value
        for other, value in others.items()
        if other not in known or abs(known[other]) >= coefficient
    }
    share = (own + sum(close.values(), ZERO)) / net_value
    return Group(share, (subject.trade.symbol, *sorted(close)), unjudged)


def _others(subject: Subject, in_sector: str | None = None) -> dict[str, Decimal]:
    """What is held, and under way, of other symbols: values without their signs, by symbol."""
    own = subject.trade.symbol
    held = [(one.symbol, one.sector, one.value) for one in subject.portfolio.positions]
    under_way = [(one.symbol, one.sector, one.notional) for one in subject.activity.under_way]
    found: dict[str, Decimal] = {}
    for symbol, name, value in (*held, *under_way):
        if symbol != own and value and (in_sector is None or in_sector == name):
            found[symbol] = found.get(symbol, ZERO) + abs(value)
    return found


def _units(orders: Iterable[Order], side: str) -> Decimal:
    return sum((order.quantity or ZERO for order in orders if order.side == side), ZERO)
