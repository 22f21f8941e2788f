"""Too much would hang on one symbol, one sector, or on what moves together. Source: the design's third trigger."""

from collections.abc import Iterator
from decimal import Decimal

from core.approvals.limits import TradingLimits
from core.approvals.request import Finding
from core.trading.case import VALUE, Case, Trigger, over, times
from core.trading.concentration import Group, correlated, sector, single
from core.trading.reading import UNKNOWN

CODE = "CONCENTRATION_LIMIT"
_BOOK = (
    *("trade.symbol", "trade.side", "portfolio.as_of", "portfolio.net_value", "portfolio.positions"),
    *("activity.as_of", "activity.orders"),
)


def _wanted(limits: TradingLimits) -> bool:
    shares = (limits.max_single_position, limits.max_sector, limits.max_unknown_sector)
    return any(share is not None for share in shares)


def _fires(case: Case) -> Iterator[Finding]:
    measured = _measured(case)
    if measured is None:
        return
    own, net = measured
    symbol, limits, subject = case.trade.symbol, case.limits, case.subject
    if limits.max_single_position is not None:
        what = f"The position in {symbol}"
        yield from _finding(case, what, single(subject, own, net), limits.max_single_position)
    unknown = subject.market.sector == UNKNOWN
    limit = limits.max_sector
    if unknown and limits.max_unknown_sector is not None:
        limit = limits.max_unknown_sector
    if limit is not None:
        what = "What has no known sector" if unknown else f"The sector {subject.market.sector}"
        yield from _finding(case, what, sector(subject, own, net), limit)


def _fires_together(case: Case) -> Iterator[Finding]:
    limit, measured = case.limits.max_correlated, _measured(case)
    if limit is None or measured is None:
        return
    least, window = case.limits.correlation, case.subject.statistics.correlation_window
    group = correlated(case.subject, *measured, least)
    if group.unjudged:
        why = f"There is no correlation of {case.trade.symbol} with {', '.join(group.unjudged)}"
        yield case.gap(why, symbols=list(group.unjudged))
    what = f"What moves with {case.trade.symbol} (correlation of {least} or more over {window or 'no known time'})"
    yield from _finding(case, what, group, limit)


def _measured(case: Case) -> tuple[Decimal, Decimal] | None:
    """What the reach of the position is worth, and the net value; None if there is nothing to look at."""
    net = case.subject.portfolio.net_value
    # Without net value there is no share, and an order that opens something is refused.
    if case.reach is None or not case.reach.grows or case.price is None or net is None or net <= 0:
        return None
    return case.reach.after * case.price, net


def _finding(case: Case, what: str, group: Group, limit: Decimal) -> Iterator[Finding]:
    if group.share < limit:
        return
    said = f"{what} would be {group.share:.2%} of the portfolio, which {over(group.share, limit)} {limit:.2%}"
    yield case.finding(
        CODE,
        case.grave(times(group.share, limit), "HIGH"),
        said,
        share=group.share,
        limit=limit,
        group=list(group.members),
        net_value=case.subject.portfolio.net_value,
        as_of=case.subject.portfolio.as_of,
        window=case.subject.statistics.correlation_window,
        coefficient=case.limits.correlation,
    )


TRIGGER = Trigger(_wanted, (*VALUE, *_BOOK), _fires)
TOGETHER = Trigger(
    lambda limits: limits.max_correlated is not None,
    (*VALUE, *_BOOK, "statistics.as_of", "statistics.correlations.window"),
    _fires_together,
)
