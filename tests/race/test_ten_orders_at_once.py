"""Ten orders at the same moment see each other: what each leaves unseen, nobody could approve afterwards."""

import asyncio
from pathlib import Path
from typing import Any

from core.approvals.request import Status
from core.clock import ManualClock
from handlers.approvals.posing import Asked
from tests.core.trading.desk import ask, order, world
from tests.core.trading.orders import NOW
from tests.stores import opened, sqlite_url

LIMITS: dict[str, Any] = {
    "amount_threshold": 10_000,
    "max_single_position": None,
    "max_sector": None,
    "max_correlated": None,
    "risk_score_threshold": None,
    "min_budget": None,
}


async def _at_once(url: str, limits: dict[str, Any], **more: Any) -> list[Asked]:
    rules = world(limits)
    async with opened(url, ManualClock(NOW)) as store:
        questions = [order({"trade.id": f"order-{n}", "agent.cash": "500000", **more}) for n in range(10)]
        return await asyncio.gather(*(ask(store, rules, one, f"k{n}") for n, one in enumerate(questions)))


def _one_alone_passes(asked: list[Asked]) -> None:
    requests = [one.request for one in asked if one.request is not None]
    assert 10 == len(requests)
    passed = [one for one in requests if one.status is Status.APPROVED]
    assert 1 == len(passed)
    assert {"policy:none"} == {one.final.actor for one in passed if one.final}
    for one in requests:
        if one is not passed[0]:
            assert {"AMOUNT_THRESHOLD"} == {finding.code for finding in one.rules.findings}


SMALL = {"trade.quantity": "99.99", "trade.estimated_value": "9999"}


async def test_of_ten_orders_just_below_the_limit_one_passes_on_sqlite(tmp_path: Path) -> None:
    _one_alone_passes(await _at_once(sqlite_url(tmp_path), LIMITS, **SMALL))


async def test_of_ten_orders_just_below_the_limit_one_passes_on_postgresql(postgres_url: str) -> None:
    _one_alone_passes(await _at_once(postgres_url, LIMITS, **SMALL))


def _all_are_first(asked: list[Asked]) -> None:
    for one in asked:
        assert one.request is not None
        assert "FIRST_TRADE" in {finding.code for finding in one.request.rules.findings}


FIRST = LIMITS | {"amount_threshold": None, "require_approval_for_first_trade": True}


async def test_of_several_first_orders_none_passes_as_a_second_on_sqlite(tmp_path: Path) -> None:
    _all_are_first(await _at_once(sqlite_url(tmp_path), FIRST))


async def test_of_several_first_orders_none_passes_as_a_second_on_postgresql(postgres_url: str) -> None:
    _all_are_first(await _at_once(postgres_url, FIRST))


async def test_money_is_spent_once_however_many_orders_want_it(postgres_url: str) -> None:
    rules = world(LIMITS | {"amount_threshold": None})
    async with opened(postgres_url, ManualClock(NOW)) as store:
        told = [order(SMALL | {"trade.id": f"order-{n}", "agent.cash": "35000"}) for n in range(10)]
        asked = await asyncio.gather(*(ask(store, rules, one, f"k{n}") for n, one in enumerate(told)))
    assert 3 == sum(one.request is not None for one in asked)
    assert 7 == sum("more than the agent has free" in one.refusal.sentence() for one in asked if one.refusal)
