"""A simulated book: portfolios, prices and past orders for the demo's trading agent, in the shape of a real one.

It is served by the demo's own web server and asked over HTTP like any other. Every answer says that it is simulated.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
from aiohttp import web

from core.clock import Clock

_NOTE = "Simulated by the demo; nothing here is a real price, and nothing is traded."
_CASH, _BEGAN_WITH = Decimal(60_000), Decimal(100_000)
_CENT = Decimal("0.01")
_MINUTE = 60.0


@dataclass(frozen=True)
class _Stock:
    price: Decimal
    sector: str
    held: int
    volume: int
    volatility: str


_STOCKS = {
    "ACME": _Stock(Decimal("12.50"), "TOOLS", 400, 900_000, "0.22"),
    "BOLT": _Stock(Decimal("48.00"), "TOOLS", 150, 400_000, "0.28"),
    "CORE": _Stock(Decimal("105.00"), "ENERGY", 90, 250_000, "0.18"),
    "DUNE": _Stock(Decimal("7.20"), "TRAVEL", 0, 60_000, "0.46"),
}


class Exchange:
    """What the demo's book knows, in memory; each of `agents` has the same account."""

    def __init__(self, agents: Iterable[str], clock: Clock) -> None:
        self._agents = frozenset(agents)
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """The five parts, under `/demo/book`."""
        parts: dict[str, Callable[[web.Request], dict[str, Any]]] = {
            "market": self._market,
            "statistics": self._statistics,
            "agent": self._agent,
            "portfolio": self._portfolio,
            "activity": self._activity,
        }
        return [web.get(f"/demo/book/{name}", self._serve(part)) for name, part in parts.items()]

    def _serve(self, part: Callable[[web.Request], dict[str, Any]]) -> Any:
        async def serve(request: web.Request) -> web.Response:
            told = {**part(request), "as_of": self._clock.now().isoformat(), "simulated": True, "note": _NOTE}
            return web.Response(body=orjson.dumps(told), content_type="application/json")

        return serve

    def _market(self, request: web.Request) -> dict[str, Any]:
        stock, price = self._meant(request)
        today = self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        days = (today + timedelta(days=number) for number in range(3))
        return {
            "mark": str(price),
            "quote": str(price),
            "multiplier": "1",
            "sector": stock.sector,
            "halted": False,
            "restricted": False,
            "borrowable": "0",
            "calendar": [
                {"opens": day.isoformat(), "closes": (day + timedelta(days=1)).isoformat()} for day in days
            ],
        }

    def _statistics(self, request: web.Request) -> dict[str, Any]:
        stock, _ = self._meant(request)
        pairs = {name: "0.75" if other.sector == stock.sector else "0.15" for name, other in _STOCKS.items()}
        return {
            "volatility": stock.volatility,
            "average_volume": str(stock.volume),
            "vix": "16.4",
            "correlations": {"window": "90d", "with": pairs},
        }

    def _agent(self, request: web.Request) -> dict[str, Any]:
        self._account(request)
        told = {"cash": str(_CASH), "initial_budget": str(_BEGAN_WITH), "trust_score": "0.82"}
        return {**told, "win_rate": "0.58", "total_trades": 12}

    def _portfolio(self, request: web.Request) -> dict[str, Any]:
        self._account(request)
        now = self._clock.now()
        rows = [
            {
                "symbol": name,
                "quantity": str(stock.held),
                "value": str(stock.held * _price(stock, now)),
                "sector": stock.sector,
            }
            for name, stock in _STOCKS.items()
            if stock.held
        ]
        worth = sum((Decimal(row["value"]) for row in rows), _CASH)
        told = {"currency": "EUR", "net_value": str(worth), "cash": str(_CASH), "positions": rows}
        return {**told, "unrealized_pnl": "812.40", "realized_pnl": "2310.00"}

    def _activity(self, request: web.Request) -> dict[str, Any]:
        agent, now = self._account(request), self._clock.now()
        orders = [self._past(agent, number, now) for number in range(1, 13)]
        return {"since": (now - timedelta(days=30)).isoformat(), "orders": orders}

    def _past(self, agent: str, number: int, now: datetime) -> dict[str, Any]:
        name = list(_STOCKS)[number % 3]
        stock, value = _STOCKS[name], Decimal(900 + 50 * (number % 5))
        return {
            "id": f"demo-{number}",
            "symbol": name,
            "side": "buy",
            "quantity": str((value / stock.price).quantize(Decimal(1))),
            "notional": str(value),
            "agent": agent,
            "owner": "demo",
            "sector": stock.sector,
            "status": "executed",
            "at": (now - timedelta(days=2 * number, minutes=7 * number)).isoformat(),
        }

    def _meant(self, request: web.Request) -> tuple[_Stock, Decimal]:
        stock = _STOCKS.get(request.query.get("symbol", ""))
        if stock is None:
            raise web.HTTPNotFound(text=f"The simulated book knows {', '.join(_STOCKS)}.")
        return stock, _price(stock, self._clock.now())

    def _account(self, request: web.Request) -> str:
        agent = request.query.get("agent", "")
        if agent not in self._agents:
            raise web.HTTPNotFound(text="The simulated book knows no such agent.")
        return agent


def _price(stock: _Stock, now: datetime) -> Decimal:
    """A price that moves a little, and within a tenth of what an approval allows from one minute to the next."""
    wave = Decimal(str(round(math.sin(now.timestamp() / _MINUTE / 30) / 200, 6)))
    return (stock.price * (1 + wave)).quantize(_CENT)
