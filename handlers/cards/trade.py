"""An order as people read it: what is bought, what is known of it, and the risk with all that it is made of. Pure.

Everything comes from the frozen subject. It was told by others, so whatever is not as expected is left out.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.text import one_line
from core.trading.reading import decimal
from handlers.cards.card import Part, Table, line

_AREAS = ("trade", "portfolio", "concentration", "liquidity", "market")
_ROWS = 10
_NOT_KNOWN = "not known"


def is_order(subject: Mapping[str, Any]) -> bool:
    """Whether this is the snapshot of an order that the trading pack has judged."""
    return isinstance(subject.get("trade"), Mapping) and isinstance(subject.get("risk"), Mapping)


def facts(subject: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Names and values, the most important first."""
    trade, risk = _part(subject, "trade"), _part(subject, "risk")
    found: list[tuple[str, Any]] = [
        ("Order", _order(trade)),
        ("Value", _money(risk.get("notional"), _part(subject, "portfolio").get("currency"))),
        ("Price", _prices(subject)),
        ("Position", _position(subject)),
        ("Risk", _risk(risk)),
        ("Agent", _agent(_part(subject, "agent"))),
        ("Missing", ", ".join(_texts(risk.get("missing"))) or "nothing"),
        ("Known from", _source(subject)),
        ("Portfolio", _portfolio(_part(subject, "portfolio"))),
        ("Session", _session(_part(subject, "market"))),
        ("As of", _moments(_part(risk, "as_of"))),
    ]
    return [(name, value) for name, value in found if value]


def tables(subject: Mapping[str, Any]) -> list[Part]:
    """For those who look closer: each part of the risk, what is held, the recent orders, and what was told otherwise."""
    return [
        *_table(("Risk", "Score", "Made of"), _risks(_part(subject, "risk"))),
        *_table(("Held", "Quantity", "Value", "Sector"), _held(subject)),
        *_table(("Order", "What", "Value", "Status", "At"), _orders(subject)),
        *_table(("Told otherwise", "By the agent", "By the book"), _told(subject)),
    ]


def _order(trade: Mapping[str, Any]) -> str:
    limit = f" at {_number(trade['limit_price'])} or better" if trade.get("limit_price") else ""
    kind = "" if limit else f", {_said(trade.get('type'))} order" if trade.get("type") else ""
    said = f"{_said(trade.get('side'))} {_number(trade.get('quantity'))} {_said(trade.get('symbol'))}"
    return f"{said}{limit}{kind}, as {_said(trade.get('id'))}"


def _prices(subject: Mapping[str, Any]) -> str:
    market = _part(subject, "market")
    named = (f"{name} {_number(market[name])}" for name in ("mark", "quote") if market.get(name) is not None)
    return " · ".join([*named, f"in {_said(_part(subject, 'trade').get('currency'))}"])


def _position(subject: Mapping[str, Any]) -> str:
    trade = _part(subject, "trade")
    rows = _rows(_part(subject, "portfolio").get("positions"))
    held = sum(
        (
            decimal(row.get("quantity")) or Decimal(0)
            for row in rows
            if row.get("symbol") == trade.get("symbol")
        ),
        Decimal(0),
    )
    quantity = decimal(trade.get("quantity"))
    if quantity is None or not isinstance(_part(subject, "portfolio").get("positions"), Sequence):
        return _NOT_KNOWN
    after = held + (quantity if trade.get("side") == "buy" else -quantity)
    return f"{held:,f} held, {after:,f} after it"


def _risk(risk: Mapping[str, Any]) -> str:
    areas = (f"{name} {_score(_part(risk, name).get('score'))}" for name in _AREAS)
    return f"{_score(risk.get('overall'))} of 1: {', '.join(areas)}"


def _agent(agent: Mapping[str, Any]) -> str:
    cash, began = _number(agent.get("cash")), _number(agent.get("initial_budget"))
    return f"trust {_number(agent.get('trust_score'))}, {cash} in cash of {began} at first"


def _portfolio(book: Mapping[str, Any]) -> str:
    said = f"worth {_money(book.get('net_value'), book.get('currency'))}"
    for name, label in (("unrealized_pnl", "unrealised"), ("realized_pnl", "realised")):
        said += f", {label} {_number(book[name])}" if book.get(name) is not None else ""
    return said


def _source(subject: Mapping[str, Any]) -> str:
    book = subject.get("book")
    if not isinstance(book, Mapping):
        return "the agent itself; no book is configured"
    return "the book" if book.get("answered") else f"nobody: {_said(book.get('why'))}"


def _session(market: Mapping[str, Any]) -> str:
    session = _part(market, "session")
    return f"{_said(session.get('opens'))} to {_said(session.get('closes'))}" if session else ""


def _moments(moments: Mapping[str, Any]) -> str:
    return " · ".join(f"{name} {_said(at)}" for name, at in moments.items())


def _risks(risk: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows = []
    for name in _AREAS:
        area = _part(risk, name)
        missing = _texts(area.get("missing"))
        made = (
            f"{part} {_score(value)}{' (missing)' if part in missing else ''}"
            for part, value in _part(area, "parts").items()
        )
        rows.append((name, _score(area.get("score")), ", ".join(made)))
    return [*rows, ("overall", _score(risk.get("overall")), "the larger of the mean and the worst")]


def _held(subject: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows = _rows(_part(subject, "portfolio").get("positions"))
    rows.sort(key=lambda row: -abs(decimal(row.get("value")) or Decimal(0)))
    return [
        (
            _said(row.get("symbol")),
            _number(row.get("quantity")),
            _number(row.get("value")),
            _said(row.get("sector")),
        )
        for row in rows
    ]


def _orders(subject: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows = _rows(_part(subject, "activity").get("orders"))
    rows.sort(key=lambda row: str(row.get("at")), reverse=True)
    return [
        (
            _said(row.get("request") or row.get("id")),
            f"{_said(row.get('side'))} {_number(row.get('quantity'))} {_said(row.get('symbol'))}",
            _number(row.get("notional")),
            _said(row.get("status")),
            _said(row.get("at")),
        )
        for row in rows
    ]


def _told(subject: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows = _rows(subject.get("told"))
    return [(_said(row.get("path")), _said(row.get("told")), _said(row.get("known"))) for row in rows]


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[Part]:
    """The first rows as a table, and how many there are beyond them; nothing where there is none."""
    if not rows:
        return []
    shown = [tuple(line(cell) for cell in row) for row in rows[:_ROWS]]
    if len(rows) > _ROWS:
        more = f"and {len(rows) - _ROWS} more"
        shown.append(tuple(line(cell) for cell in (more, *("" for _ in head[1:]))))
    return [Table(head=head, rows=tuple(shown))]


def _part(above: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = above.get(name)
    return found if isinstance(found, Mapping) else {}


def _rows(value: Any) -> list[Mapping[str, Any]]:
    return [row for row in value if isinstance(row, Mapping)] if isinstance(value, list | tuple) else []


def _texts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []


def _money(value: Any, currency: Any) -> str:
    amount = _number(value, places=2)
    return f"{amount} {_said(currency)}" if amount != _NOT_KNOWN and currency else amount


def _number(value: Any, places: int | None = None) -> str:
    number = decimal(value)
    if number is None:
        return _NOT_KNOWN
    return f"{number:,.{places}f}" if places is not None else f"{number:,f}"


def _score(value: Any) -> str:
    number = decimal(value)
    return _NOT_KNOWN if number is None else f"{number:.2f}"


def _said(value: Any) -> str:
    return _NOT_KNOWN if value is None or value == "" else one_line(str(value), 60)
