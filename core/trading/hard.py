"""What nobody can allow: halts, what is restricted, an order given twice, and money that is not there."""

from collections.abc import Iterator

from core.approvals.request import Finding
from core.trading.case import VALUE, Case
from core.trading.concentration import trade_units
from core.trading.subject import ZERO

NEEDS = (
    *("trade.id", "trade.symbol", "trade.side", "trade.fees", "market.halted", "market.restricted"),
    *("agent.id", "agent.cash", "agent.as_of", "activity.as_of", "activity.orders"),
    *("portfolio.as_of", "portfolio.net_value", "portfolio.positions", *VALUE),
)


def _forbidden(case: Case) -> Iterator[Finding]:
    symbol, market, limits = case.trade.symbol, case.subject.market, case.limits
    if limits.halted or market.halted:
        whole = "Trading is halted" if limits.halted else f"Trading in {symbol or 'this'} is halted"
        yield case.finding("HALTED", "CRITICAL", whole, configured=limits.halted, market=market.halted)
    if market.restricted or symbol in limits.restricted:
        seen = {"symbol": symbol, "configured": symbol in limits.restricted, "market": market.restricted}
        yield case.finding("RESTRICTED", "CRITICAL", f"{symbol or 'This'} is restricted", **seen)


def _twice(case: Case) -> Iterator[Finding]:
    order = case.trade.id
    if order and any(other.id == order for other in case.subject.activity.orders):
        yield case.finding("DUPLICATE_ORDER", "CRITICAL", "An order with this id was given before", id=order)


def _unpaid(case: Case) -> Iterator[Finding]:
    free = case.free_cash
    if (case.trade.side == "sell" and not case.shorts) or free is None or free >= 0:
        return
    agent = case.subject.agent
    yield case.finding(
        "NO_FREE_BALANCE",
        "CRITICAL",
        f"It costs {-free:,.2f} more than the agent has free",
        cash=agent.cash,
        notional=case.notional,
        fees=case.trade.fees,
        free=free,
        as_of=agent.as_of,
    )


def _not_borrowed(case: Case) -> Iterator[Finding]:
    borrowable, reach = case.subject.market.borrowable, case.reach
    if not case.shorts or reach is None or borrowable is None or reach.shorted <= borrowable:
        return
    yield case.finding(
        "NOT_BORROWABLE",
        "CRITICAL",
        f"It sells {reach.shorted:,} {case.trade.symbol} short, and {borrowable:,} can be borrowed",
        short=reach.shorted,
        borrowable=borrowable,
        as_of=case.subject.market.as_of,
    )


def _without_net_value(case: Case) -> Iterator[Finding]:
    portfolio = case.subject.portfolio
    if portfolio.net_value is None or portfolio.net_value > ZERO or not case.opens:
        return
    yield case.finding(
        "NO_NET_VALUE",
        "CRITICAL",
        f"The portfolio is worth {portfolio.net_value:,.2f}, and this makes a position larger",
        net_value=portfolio.net_value,
        quantity=trade_units(case.subject),
        as_of=portfolio.as_of,
    )


CHECKS = (_forbidden, _twice, _unpaid, _not_borrowed, _without_net_value)
"""Each hard limit that an order may break; one that reduces a position is held to them too."""
