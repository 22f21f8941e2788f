"""The rows of orders that were asked about: what they claim of money and limits while they may yet run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.approvals.records import APPROVAL
from core.approvals.request import Status
from core.store.columns import METADATA, Utc
from core.store.engine import Unit

TRADE_ORDER = sa.Table(
    "trade_order",
    METADATA,
    sa.Column("request", sa.ForeignKey("approval.id"), primary_key=True),
    sa.Column("asked", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("order_id", sa.String(64), nullable=False),
    sa.Column("agent", sa.String(64), nullable=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("symbol", sa.String(32), nullable=False),
    sa.Column("side", sa.String(4), nullable=False),
    sa.Column("sector", sa.String(64), nullable=False),
    sa.Column("quantity", sa.String(64), nullable=False),
    sa.Column("notional", sa.String(64), nullable=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("over", sa.Boolean, nullable=False),
    sa.Index("ix_trade_order_over", "over"),
    sa.Index("ix_trade_order_order", "agent", "order_id"),
    sa.Index("ix_trade_order_asked", "agent", "asked"),
)

# Where an order stands, by where its request does. What is missing here is over, and claims nothing.
_STATUS: Mapping[str, str] = {
    Status.PENDING: "pending",
    Status.APPROVED: "approved",
    Status.EXECUTING: "executing",
    Status.EXECUTION_UNKNOWN: "executing",
    Status.EXECUTED: "executed",
}
_VALUES = ("symbol", "side", "sector", "quantity", "notional")


@dataclass(frozen=True)
class Kept:
    """An order of ours: its row as other orders are told, and the request that it belongs to.

    `moved`: the request was changed since, so that the row no longer says what it asks for.
    """

    request: str
    row: Mapping[str, Any]
    moved: bool


def add(unit: Unit, request: str, row: Mapping[str, Any]) -> None:
    """Keep the order of a new request, which may yet run."""
    unit.conn.execute(sa.insert(TRADE_ORDER).values(request=request, over=False, **row))


def change(unit: Unit, request: str, row: Mapping[str, Any]) -> None:
    """Write what the order has become."""
    unit.conn.execute(sa.update(TRADE_ORDER).where(TRADE_ORDER.c.request == request).values(**row))


def asked(unit: Unit, request: str) -> str | None:
    """The digest of what the agent itself told; None if the request is about no order."""
    statement = sa.select(TRADE_ORDER.c.asked).where(TRADE_ORDER.c.request == request)
    found: str | None = unit.conn.execute(statement).scalar_one_or_none()
    return found


def last_of(unit: Unit, agent: str, digest: str, statuses: frozenset[Status]) -> tuple[str, datetime] | None:
    """The newest request in which the agent told this very same and that ended so: its id, and when."""
    same = sa.and_(TRADE_ORDER.c.agent == agent, TRADE_ORDER.c.asked == digest)
    statement = (
        sa.select(APPROVAL.c.id, APPROVAL.c.closed)
        .join(TRADE_ORDER, TRADE_ORDER.c.request == APPROVAL.c.id)
        .where(same, APPROVAL.c.status.in_(sorted(map(str, statuses))))
        .order_by(APPROVAL.c.closed.desc())
        .limit(1)
    )
    found = unit.conn.execute(statement).one_or_none()
    return (found[0], found[1]) if found else None


def live(unit: Unit, agent: str, order: str, since: datetime) -> list[Kept]:
    """All orders that may yet run, those that ran from `since` on, and whatever has this agent's order id.

    What is over is marked so, and not looked at again: the cost of a look is that of what is open.
    """
    same = sa.and_(TRADE_ORDER.c.agent == agent, TRADE_ORDER.c.order_id == order) if order else sa.false()
    statement = (
        sa.select(TRADE_ORDER, APPROVAL.c.status, APPROVAL.c.closed, APPROVAL.c.digest.label("now"))
        .join(APPROVAL, APPROVAL.c.id == TRADE_ORDER.c.request)
        .where(sa.or_(~TRADE_ORDER.c.over, same))
        .order_by(TRADE_ORDER.c.request)
    )
    found: list[Kept] = []
    over: list[str] = []
    for row in unit.conn.execute(statement).mappings():
        status = _STATUS.get(row["status"])
        ran_before = status == "executed" and (row["closed"] or row["at"]) < since
        if status is None or ran_before:
            over += [] if row["over"] else [row["request"]]
        if status is not None and not (ran_before and row["order_id"] != order):
            found.append(_kept(dict(row), status))
    _end(unit, over)
    return found


def _kept(row: Mapping[str, Any], status: str) -> Kept:
    at: datetime = row["closed"] or row["at"]
    told = {name: row[name] for name in _VALUES if row[name]}
    told |= {"id": row["order_id"] or row["request"], "agent": row["agent"], "owner": row["owner"]}
    return Kept(row["request"], told | {"status": status, "at": at.isoformat()}, row["digest"] != row["now"])


def _end(unit: Unit, requests: Iterable[str]) -> None:
    ended = list(requests)
    if ended:
        unit.conn.execute(sa.update(TRADE_ORDER).where(TRADE_ORDER.c.request.in_(ended)).values(over=True))
