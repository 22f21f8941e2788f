"""An order and all that is known about it.

Source: the trading design's trade, agent and portfolio (1.1 - 1.3). Amounts are in the base currency of the
portfolio unless said otherwise; shares and scores go from 0 to 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

ZERO = Decimal(0)
ONE = Decimal(1)
EXECUTED = "executed"


@dataclass(frozen=True)
class Trade:
    """What is to be bought or sold. `currency` is that of the prices; the rest is in the base currency."""

    id: str
    symbol: str
    side: str
    quantity: Decimal | None
    limit_price: Decimal | None
    currency: str
    fees: Decimal | None
    estimated_value: Decimal | None

    @property
    def direction(self) -> int:
        """1 for a buy, -1 for a sale, 0 for neither."""
        return {"buy": 1, "sell": -1}.get(self.side, 0)


@dataclass(frozen=True)
class Market:
    """The instrument now.

    `fx_rate` is base currency for one unit of the order's currency; `borrowable` is how many units can be
    borrowed to be sold short.
    """

    as_of: datetime | None
    mark: Decimal | None
    quote: Decimal | None
    multiplier: Decimal | None
    fx_rate: Decimal | None
    sector: str
    halted: bool | None
    restricted: bool | None
    borrowable: Decimal | None
    opens: datetime | None
    closes: datetime | None


@dataclass(frozen=True)
class Statistics:
    """What was measured over days: volatility a year as a share, shares a day, the market's own index."""

    as_of: datetime | None
    volatility: Decimal | None
    average_volume: Decimal | None
    vix: Decimal | None
    correlation_window: str
    correlations: Mapping[str, Decimal]


@dataclass(frozen=True)
class Agent:
    """The program that trades, and the person who answers for it."""

    as_of: datetime | None
    id: str
    owner: str
    cash: Decimal | None
    initial_budget: Decimal | None
    trust_score: Decimal | None
    win_rate: Decimal | None


@dataclass(frozen=True)
class Position:
    """What is held of one symbol: below zero if short. `value` in the base currency."""

    symbol: str
    quantity: Decimal | None
    value: Decimal | None
    sector: str


@dataclass(frozen=True)
class Portfolio:
    """The whole book; not `whole` if some of its positions cannot be read."""

    as_of: datetime | None
    net_value: Decimal | None
    currency: str
    positions: tuple[Position, ...]
    whole: bool


@dataclass(frozen=True)
class Order:
    """Another order: executed, or on its way there and so a claim on money and limits."""

    id: str
    symbol: str
    side: str
    quantity: Decimal | None
    notional: Decimal | None
    agent: str
    owner: str
    sector: str
    status: str
    at: datetime | None

    @property
    def reserves(self) -> bool:
        """Whether it may still be executed. What is not surely over may."""
        return self.status != EXECUTED


@dataclass(frozen=True)
class Activity:
    """All other orders that touch this agent, its owner, this symbol or its sector, complete from `since` on.

    Not `whole` if some of them cannot be read.
    """

    as_of: datetime | None
    since: datetime | None
    orders: tuple[Order, ...]
    whole: bool

    @cached_property
    def under_way(self) -> tuple[Order, ...]:
        """Those that may still be executed, each a claim on money and limits."""
        return tuple(order for order in self.orders if order.reserves)


@dataclass(frozen=True)
class Told:
    """A value of which the agent says otherwise than the book."""

    path: str
    told: str | None
    known: str | None


@dataclass(frozen=True)
class Subject:
    """Everything that was told. `troubles`: what is wrong with which value, by its path.

    `unanswered`: why the book did not answer. `told`: where the agent says otherwise than the book.
    """

    trade: Trade
    market: Market
    statistics: Statistics
    agent: Agent
    portfolio: Portfolio
    activity: Activity
    troubles: Mapping[str, str]
    unanswered: str = ""
    told: tuple[Told, ...] = ()
