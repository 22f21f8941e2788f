"""A foreign subject as the nouns of this room: read once, and every value that cannot be used is kept by name."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.trading.reading import Reading
from core.trading.subject import (
    EXECUTED,
    ONE,
    ZERO,
    Activity,
    Agent,
    Market,
    Order,
    Portfolio,
    Position,
    Statistics,
    Subject,
    Told,
    Trade,
)

_STATUSES = frozenset({"pending", "approved", "executing", "open", EXECUTED})
_OF_POSITION = ("symbol", "quantity", "value", "sector")
_OF_ORDER = ("id", "symbol", "side", "quantity", "notional", "agent", "owner", "sector", "status", "at")
_MOST_VOLATILE = Decimal(10)
_LEAST_FEAR, _MOST_FEAR = Decimal(1), Decimal(200)


def read(told: Mapping[str, Any]) -> Subject:
    """The subject of a request for a trade. Whatever it holds, this raises nothing."""
    whole = Reading("", told)
    return Subject(
        _trade(whole.below("trade")),
        _market(whole.below("market")),
        _statistics(whole.below("statistics")),
        _agent(whole.below("agent")),
        _portfolio(whole.below("portfolio")),
        _activity(whole.below("activity")),
        whole.troubles,
        _unanswered(told.get("book")),
        _told(told.get("told")) if "told" in told else (),
    )


def _unanswered(book: Any) -> str:
    if not isinstance(book, Mapping) or book.get("answered"):
        return ""
    return str(book.get("why") or "it gives no reason")[:300]


def _told(rows: Any) -> tuple[Told, ...]:
    if not isinstance(rows, list | tuple):
        return ()
    found = (row for row in rows if isinstance(row, Mapping))
    return tuple(Told(str(row.get("path")), row.get("told"), row.get("known")) for row in found)


def _trade(part: Reading) -> Trade:
    side = _side(part)
    kind = part.name("type")
    if kind not in {"", "market", "limit"}:
        part.trouble("type", "is neither market nor limit")
    limit = part.positive("limit_price")
    if limit is None and kind == "limit":
        part.trouble("limit_price", "is missing from a limit order")
    quantity = part.number("quantity")
    if quantity is not None and quantity <= 0:
        part.trouble("quantity", f"is {quantity}, and must be above 0; the side says which way")
    return Trade(
        id=part.name("id"),
        symbol=part.symbol(),
        side=side,
        # The size of a negative quantity is known, and what it breaks is told besides.
        quantity=None if quantity is None else abs(quantity),
        limit_price=limit,
        currency=part.symbol("currency"),
        fees=part.number("fees", ZERO),
        estimated_value=part.number("estimated_value"),
    )


def _side(part: Reading) -> str:
    side = part.name("side")
    if side not in {"", "buy", "sell"}:
        part.trouble("side", "is neither buy nor sell")
        return ""
    return side


def _market(part: Reading) -> Market:
    session = part.below("session")
    opens, closes = session.moment("opens"), session.moment("closes")
    if opens and closes and closes <= opens:
        session.trouble("closes", "is not after it opens")
    return Market(
        as_of=part.moment("as_of"),
        mark=part.positive("mark"),
        quote=part.positive("quote"),
        multiplier=part.positive("multiplier"),
        fx_rate=part.positive("fx_rate"),
        sector=part.sector(),
        halted=part.truth("halted"),
        restricted=part.truth("restricted"),
        borrowable=part.number("borrowable", ZERO),
        opens=opens,
        closes=closes,
    )


def _statistics(part: Reading) -> Statistics:
    found = part.below("correlations")
    pairs = found.below("with")
    coefficients = {other: pairs.number(other, -ONE, ONE) for other in pairs.symbols()}
    return Statistics(
        as_of=part.moment("as_of"),
        # No price has stood still for thirty days, and none moved by a thousand percent: the unit is wrong.
        volatility=_above_zero(part, "volatility", _MOST_VOLATILE),
        average_volume=part.positive("average_volume"),
        vix=part.number("vix", _LEAST_FEAR, _MOST_FEAR),
        correlation_window=found.name("window"),
        correlations={other: number for other, number in coefficients.items() if number is not None},
    )


def _above_zero(part: Reading, name: str, most: Decimal) -> Decimal | None:
    number = part.positive(name)
    if number is not None and number > most:
        part.trouble(name, f"is {number}, which cannot be")
        return None
    return number


def _agent(part: Reading) -> Agent:
    return Agent(
        as_of=part.moment("as_of"),
        id=part.name("id"),
        owner=part.name("owner"),
        cash=part.number("cash"),
        initial_budget=part.positive("initial_budget"),
        trust_score=part.number("trust_score", ZERO, ONE),
        win_rate=part.number("win_rate", ZERO, ONE),
    )


def _portfolio(part: Reading) -> Portfolio:
    positions = tuple(part.rows("positions", _OF_POSITION, _faultless_position, _position))
    return Portfolio(
        as_of=part.moment("as_of"),
        net_value=part.number("net_value"),
        currency=part.symbol("currency"),
        positions=positions,
        whole=part.whole("positions"),
    )


def _position(part: Reading) -> Position:
    return Position(part.symbol(), part.number("quantity"), part.number("value"), part.sector())


def _activity(part: Reading) -> Activity:
    orders = tuple(part.rows("orders", _OF_ORDER, _faultless_order, _order))
    return Activity(part.moment("as_of"), part.moment("since"), orders, part.whole("orders"))


def _order(part: Reading) -> Order:
    status = part.name("status")
    if status and status not in _STATUSES:
        part.trouble("status", "is no status of an order")
    return Order(
        id=part.name("id"),
        symbol=part.symbol(),
        side=_side(part),
        quantity=part.positive("quantity"),
        notional=part.number("notional", ZERO),
        agent=part.name("agent"),
        owner=part.name("owner"),
        sector=part.sector(),
        status=status,
        at=part.moment("at"),
    )


# The rows of a book come again with every order, the same ones: those without fault are read once.
@lru_cache(maxsize=4_096)
def _faultless_position(values: tuple[str, ...]) -> Position | None:
    row = Reading("", dict(zip(_OF_POSITION, values, strict=True)))
    position = _position(row)
    return None if row.troubles else position


@lru_cache(maxsize=4_096)
def _faultless_order(values: tuple[str, ...]) -> Order | None:
    row = Reading("", dict(zip(_OF_ORDER, values, strict=True)))
    order = _order(row)
    return None if row.troubles else order
