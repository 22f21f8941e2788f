"""A calm order, of which nothing is to be said, and changes to it."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from core.approvals.config import Policy
from core.approvals.hearing import Found
from core.approvals.request import Finding
from core.trading import pack

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OPENS = NOW - timedelta(hours=1)
GONE = object()

LIMITS: dict[str, Any] = {
    "amount_threshold": 50_000,
    "risk_score_threshold": 0.7,
    "max_single_position": 0.25,
    "max_sector": 0.40,
    "max_correlated": 0.50,
    "min_budget": 0.20,
    "require_approval_for_first_trade": True,
    "min_trust_score": 0.6,
}


def ago(**span: float) -> str:
    """A moment so long before now, as JSON has it."""
    return (NOW - timedelta(**span)).isoformat()


def other(number: int = 0, **more: Any) -> dict[str, Any]:
    """Another order of the agent: 1,000 of ACME, executed half an hour ago."""
    return {
        "id": f"past-{number}",
        "symbol": "ACME",
        "side": "buy",
        "quantity": "10",
        "notional": "1000",
        "agent": "rex",
        "owner": "dev",
        "sector": "tech",
        "status": "executed",
        "at": ago(minutes=30),
    } | more


PAST = [other(number) for number in range(10)]


def held(symbol: str = "ACME", quantity: str = "100", value: str = "10000", **more: Any) -> dict[str, Any]:
    """A position."""
    return {"symbol": symbol, "quantity": quantity, "value": value, "sector": "tech"} | more


def subject(changes: Mapping[str, Any] | None = None, orders: Any = PAST) -> dict[str, Any]:
    """A buy of 10 ACME at 100 under a book of a million, with `changes` by path and other orders."""
    told: dict[str, Any] = {
        "trade": {
            "id": "order-1",
            "symbol": "ACME",
            "side": "buy",
            "quantity": "10",
            "type": "market",
            "currency": "EUR",
            "fees": "5",
            "estimated_value": "1000",
        },
        "market": {
            "as_of": ago(seconds=30),
            "mark": "100",
            "quote": "100",
            "multiplier": 1,
            "sector": "tech",
            "halted": False,
            "restricted": False,
            "session": {"opens": OPENS.isoformat(), "closes": (NOW + timedelta(hours=7)).isoformat()},
        },
        "statistics": {
            "as_of": ago(hours=12),
            "volatility": "0.2",
            "average_volume": "100000",
            "vix": "16",
            "correlations": {"window": "90d", "with": {"BOLT": "0.2"}},
        },
        "agent": {
            "as_of": ago(minutes=1),
            "id": "rex",
            "owner": "dev",
            "cash": "90000",
            "initial_budget": "100000",
            "trust_score": "0.9",
            "win_rate": "0.6",
        },
        "portfolio": {
            "as_of": ago(minutes=1),
            "net_value": "1000000",
            "currency": "EUR",
            "positions": [held(), held("BOLT", "50", "50000", sector="metal")],
        },
        "activity": {"as_of": ago(minutes=1), "since": ago(days=30), "orders": deepcopy(orders)},
    }
    for path, value in (changes or {}).items():
        *above, last = path.split(".")
        part = told
        for name in above:
            part = part[name]
        if value is GONE:
            part.pop(last, None)
        else:
            part[last] = value
    return told


def policy(limits: Mapping[str, Any] | None = None, **more: Any) -> Policy:
    """The policy for trades with these limits besides the usual ones; None leaves one out."""
    written = {"name": "trades", "applies_to": "trade", "pack": "trading", "ask": [{"role": "manager"}]}
    return Policy.model_validate(written | {"limits": LIMITS | dict(limits or {})} | more)


def judged(
    changes: Mapping[str, Any] | None = None, limits: Mapping[str, Any] | None = None, orders: Any = PAST
) -> Found:
    """What the pack says."""
    return pack.judge(policy(limits), subject(changes, orders), NOW)


def asks(
    changes: Mapping[str, Any] | None = None, limits: Mapping[str, Any] | None = None, orders: Any = PAST
) -> list[str]:
    """The codes of what it asks about."""
    return [one.code for one in judged(changes, limits, orders)[0]]


def refusals(
    changes: Mapping[str, Any] | None = None, limits: Mapping[str, Any] | None = None, orders: Any = PAST
) -> list[str]:
    """The codes of what it refuses."""
    return [one.code for one in judged(changes, limits, orders)[1]]


def found(code: str, *args: Any, **more: Any) -> list[Finding]:
    """The reasons with this code."""
    return [one for one in judged(*args, **more)[0] if one.code == code]
