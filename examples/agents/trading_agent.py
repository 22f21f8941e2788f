"""A small trading agent with a paper broker: it asks before each order, and reports what became of it.

Start `make run`, make a token (`wardroom token create --person rex --demo`), then:

    WARDROOM_TOKEN=wr_... python examples/agents/trading_agent.py BUY ACME 40 12.60

It tells its order and nothing else: cash, prices, positions and trust come from the book that Wardroom asks, which in
the demo is a simulated one. Nothing is bought: the broker keeps its orders in memory. The client order id is the
approval's id, so the broker, like a venue that knows such ids, fills each approved order once, however often it is
sent.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import uuid4

from bot.client import Changed, NotApproved, Wardroom

FEE = Decimal("1.20")


@dataclass(frozen=True)
class Order:
    """What the agent wants to do."""

    side: str
    symbol: str
    quantity: Decimal
    price: Decimal
    id: str = field(default_factory=lambda: f"order-{uuid4().hex[:12]}")
    currency: str = "EUR"

    @property
    def notional(self) -> Decimal:
        """What it is worth."""
        return abs(self.quantity) * self.price


@dataclass
class PaperBroker:
    """Fills everything at its price, and the same id only once."""

    cash: Decimal = Decimal(10_000)
    orders: dict[str, Order] = field(default_factory=dict)

    def place(self, client_id: str, order: Order) -> str:
        """Place an order; the same id again is the same order.

        Raises:
            ValueError: there is not enough cash.
        """
        if client_id in self.orders:
            return _filled(self.orders[client_id])
        cost = order.notional if order.side == "BUY" else -order.notional
        if cost > self.cash:
            raise ValueError(f"{order.notional} is more than the {self.cash} that is left")
        self.cash -= cost
        self.orders[client_id] = order
        return _filled(order)


def _filled(order: Order) -> str:
    return f"filled {order.quantity} {order.symbol} at {order.price}"


def trade(wardroom: Wardroom, broker: PaperBroker, order: Order, *, key: str = "") -> str:
    """Ask, wait, use the approval once, place the order that people agreed to, and report.

    Raises:
        NotApproved: people, time or a policy said no.
    """
    title = f"{order.side} {order.quantity} {order.symbol} at {order.price}"
    try:
        decision = wardroom.approve(
            key=key, kind="trade", title=title, reason="rebalancing", subject=_subject(order)
        )
    except Changed as changed:
        decision = changed.decision
        order = _agreed(decision.subject)
    if not decision.is_approved:
        raise NotApproved(decision)
    # The broker fills one id once, so a trade that was cut off may go on with the same claim.
    execution = wardroom.claim(decision, key=f"claim-{decision.id}")
    try:
        result = broker.place(decision.id, order)
    except ValueError as error:
        wardroom.report(decision, execution, "failed", str(error))
        raise
    wardroom.report(decision, execution, "executed", result)
    return result


def _subject(order: Order) -> dict[str, Any]:
    """What people are shown, and decide on."""
    return {
        "amount": float(order.notional),
        "trade": {
            "id": order.id,
            "symbol": order.symbol,
            "side": order.side.lower(),
            "quantity": str(order.quantity),
            "type": "limit",
            "limit_price": str(order.price),
            "currency": order.currency,
            "fees": str(FEE),
            "estimated_value": str(order.notional),
        },
    }


def _agreed(subject: Mapping[str, Any]) -> Order:
    """The order that a subject describes, which people may have changed."""
    trade = subject["trade"]
    quantity, price = Decimal(str(trade["quantity"])), Decimal(str(trade["limit_price"]))
    return Order(trade["side"].upper(), trade["symbol"], quantity, price, trade["id"], trade["currency"])


def main() -> int:
    """One order from the command line."""
    side, symbol, quantity, price = sys.argv[1:5]
    order = Order(side.upper(), symbol.upper(), Decimal(quantity), Decimal(price))
    address = os.environ.get("WARDROOM_URL", "http://127.0.0.1:8080")
    wardroom = Wardroom(address, os.environ["WARDROOM_TOKEN"])
    try:
        sys.stdout.write(trade(wardroom, PaperBroker(), order) + "\n")
    except NotApproved as error:
        sys.stdout.write(f"not approved: {error.words}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
