"""One order under one policy's limits: what follows from it is worked out once, and every trigger sees the same.

Source: the trading design's 1.1, with its two notions of an order's value made one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property

from core.approvals.config import Policy
from core.approvals.hearing import DATA_GAP, grave
from core.approvals.limits import TradingLimits
from core.approvals.request import SEVERITIES, Finding, Severity
from core.trading.concentration import Reach, reach
from core.trading.reading import MISSING
from core.trading.risk import Facts, Risk, assess
from core.trading.subject import ONE, ZERO, Order, Subject, Trade

# How far the clocks of two machines may be apart before a moment counts as not yet there.
_CLOCKS = timedelta(minutes=1)

VALUE = (
    *("trade.quantity", "trade.currency", "portfolio.currency"),
    *("market.as_of", "market.mark", "market.multiplier"),
)
"""What the value of an order is made of."""


@dataclass(frozen=True)
class Case:
    """An order to be judged.

    `price` is the worst of limit, mark and quote for one unit, times the multiplier, in the base currency;
    `notional` is the value of the order at that price. `reach` is how far the position can go, in units.
    All are None where they cannot be known.
    """

    policy: str
    limits: TradingLimits
    subject: Subject
    now: datetime
    price: Decimal | None
    notional: Decimal | None
    reach: Reach | None

    @property
    def trade(self) -> Trade:
        """The order itself."""
        return self.subject.trade

    @cached_property
    def risk(self) -> Risk:
        """The risk score, worked out once: what fires is what is shown.

        A portfolio worth nothing is all at risk in any order.
        """
        subject, notional = self.subject, self.notional
        statistics, net, quantity = subject.statistics, subject.portfolio.net_value, subject.trade.quantity
        size = None
        if net is not None and notional is not None:
            size = notional / net if net > 0 else ONE
        volume = statistics.average_volume
        facts = Facts(
            volatility=statistics.volatility,
            size=size,
            turnover=None if volume is None or quantity is None else quantity / volume,
            vix=statistics.vix,
            win_rate=subject.agent.win_rate,
        )
        return assess(facts, self.limits.risk_weights)

    @property
    def opens(self) -> bool:
        """Whether the order makes an exposure larger. What does not surely reduce one opens one."""
        return self.reach is None or self.reach.opens

    @property
    def shorts(self) -> bool:
        """Whether more would be sold than is held."""
        return self.reach is not None and self.reach.shorted > ZERO

    @property
    def recent(self) -> list[Order]:
        """Other orders that count towards the sums of the window: all that may yet run, and what ran within it."""
        start = self.now - self.limits.window
        return [
            order
            for order in self.subject.activity.orders
            if order.at is None or order.at >= start or order.reserves
        ]

    @cached_property
    def of_agent(self) -> tuple[Order, ...]:
        """The other orders of this agent, and those of nobody known; all of them if the agent is not known."""
        orders, agent = self.subject.activity.orders, self.subject.agent.id
        return tuple(order for order in orders if order.agent in (agent, "")) if agent else orders

    @cached_property
    def free_cash(self) -> Decimal | None:
        """What the agent has left after this order and all that it may yet have to pay for."""
        cash = self.subject.agent.cash
        if cash is None or self.notional is None or self.price is None:
            return None
        # A sale costs nothing, but what is sold short has to be bought back at whatever it costs then.
        short = self.reach.shorted * self.price * self.limits.short_collateral if self.reach else ZERO
        cost = self.notional if self.trade.side != "sell" else short
        claimed = sum(
            (order.notional or ZERO for order in self.of_agent if order.reserves and order.side != "sell"),
            ZERO,
        )
        return cash - claimed - cost - (self.trade.fees or ZERO)

    def grave(self, times: Decimal, least: Severity = "LOW") -> Severity:
        """How grave it is to be so many times over a limit, and at least this."""
        return max(least, grave(times, self.limits.multiples), key=SEVERITIES.index)

    def finding(self, code: str, severity: Severity, message: str, **inputs: object) -> Finding:
        """A reason, with what it was judged by."""
        seen = {name: _shown(value) for name, value in inputs.items()}
        return Finding(policy=self.policy, code=code, severity=severity, message=message, inputs=seen)

    def gap(self, why: str, **inputs: object) -> Finding:
        """The reason that something cannot be judged."""
        return self.finding(DATA_GAP, "HIGH", f"It could not be judged: {why}", **inputs)

    def uncovered(self, start: datetime, what: str) -> tuple[Finding, ...]:
        """The gap if the other orders are not known from `start` on."""
        since = self.subject.activity.since
        if since is None or since <= start:
            return ()
        why = f"{what} begins at {start.isoformat()}, and other orders are known from {since.isoformat()} on"
        return (self.gap(why, since=since),)

    def gaps(self, wanted: frozenset[str]) -> dict[str, str]:
        """What is wrong with the subject, by path: all that is no value, and what is missing or old and wanted."""
        if self.trade.currency != self.subject.portfolio.currency:
            wanted |= {"market.fx_rate"}
        if self.shorts:
            wanted |= {"market.borrowable"}
        found = {
            path: why
            for path, why in self.subject.troubles.items()
            if why != MISSING or path in wanted or "[" in path or ".with." in path
        }
        return found | self._stale(wanted)

    def _stale(self, wanted: frozenset[str]) -> dict[str, str]:
        subject, ages = self.subject, self.limits.max_age
        moments = (
            ("market.as_of", subject.market.as_of, ages.quote),
            ("statistics.as_of", subject.statistics.as_of, ages.statistics),
            ("agent.as_of", subject.agent.as_of, ages.book),
            ("portfolio.as_of", subject.portfolio.as_of, ages.book),
            ("activity.as_of", subject.activity.as_of, ages.book),
        )
        return {
            path: f"is {(self.now - at).total_seconds():.0f} s old, and may be {oldest.total_seconds():.0f} s"
            for path, at, oldest in moments
            if path in wanted and at is not None and not -_CLOCKS <= self.now - at <= oldest
        }


@dataclass(frozen=True, eq=False)
class Trigger:
    """One built-in reason to ask: when its limits want it, what it `needs` of the subject, and what it finds."""

    wanted: Callable[[TradingLimits], bool]
    needs: tuple[str, ...]
    fires: Callable[[Case], Iterable[Finding]]


def notional_of(subject: Subject) -> Decimal | None:
    """What the order is worth; None where it cannot be known."""
    return _notional(subject, _price(subject))


def _notional(subject: Subject, price: Decimal | None) -> Decimal | None:
    quantity = subject.trade.quantity
    return None if price is None or quantity is None else quantity * price


def case_of(policy: Policy, subject: Subject, now: datetime) -> Case:
    """The case of this subject under this policy."""
    price = _price(subject)
    return Case(
        policy=policy.name,
        limits=policy.limits or TradingLimits(),
        subject=subject,
        now=now,
        price=price,
        notional=_notional(subject, price),
        reach=reach(subject),
    )


def times(measure: Decimal, limit: Decimal) -> Decimal:
    """How many times its limit a measure is; of no limit at all, any number of times."""
    return measure / limit if limit > 0 else Decimal("Infinity")


def over(measure: Decimal, limit: Decimal) -> str:
    """The words for a measure that has reached its limit."""
    return "is at the limit of" if measure == limit else "is over the limit of"


def under(measure: Decimal, limit: Decimal) -> str:
    """The words for a measure that has sunk to its least."""
    return "is at the least of" if measure == limit else "is under the least of"


def _price(subject: Subject) -> Decimal | None:
    market, trade = subject.market, subject.trade
    rate = fx_rate(subject)
    if rate is None or market.multiplier is None or (market.mark is None and market.quote is None):
        return None
    prices = (trade.limit_price, market.mark, market.quote)
    return max(price for price in prices if price is not None) * market.multiplier * rate


def fx_rate(subject: Subject) -> Decimal | None:
    """Base currency for one unit of the order's currency; None where it is not known."""
    own, base = subject.trade.currency, subject.portfolio.currency
    if not own or not base:
        return None
    return ONE if own == base else subject.market.fx_rate


def _shown(value: object) -> object:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, datetime) else value
