"""What an order is worth, by itself and together with the others."""

from typing import Any

import pytest

from tests.core.trading.orders import GONE, PAST, ago, asks, found, other


def amounts(quantity: str, limits: dict[str, Any] | None = None, orders: Any = PAST) -> list[str]:
    changes = {"trade.quantity": quantity, "trade.estimated_value": GONE}
    return [one.message for one in found("AMOUNT_THRESHOLD", changes, limits, orders)]


# Rule 13: how grave follows from how many times over.
@pytest.mark.parametrize(
    ("quantity", "severity"),
    [("499.99", None), ("500", "MEDIUM"), ("999.99", "MEDIUM"), ("1000", "HIGH"), ("2500", "CRITICAL")],
)
def test_an_amount_at_its_limit_asks_as_gravely_as_it_is_over(quantity: str, severity: str | None) -> None:
    reasons = found("AMOUNT_THRESHOLD", {"trade.quantity": quantity}, {}, orders=[])
    assert ([severity] if severity else []) == [one.severity for one in reasons]


def test_how_grave_is_configured() -> None:
    limits = {"multiples": {"medium": 1, "high": 1, "critical": 1}}
    (only,) = found("AMOUNT_THRESHOLD", {"trade.quantity": "500"}, limits, orders=[])
    assert "CRITICAL" == only.severity


def test_the_words_follow_from_the_comparison() -> None:
    assert ["The order's value is 50,000.00, which is at the limit of 50,000.00"] == amounts("500", orders=[])
    assert ["The order's value is 72,000.00, which is over the limit of 50,000.00"] == amounts(
        "720", orders=[]
    )


# Rule 3: one value, the worst, in the base currency.
@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"market.quote": "101"}, "1010"),
        ({"market.mark": "101"}, "1010"),
        ({"trade.limit_price": "102", "trade.type": "limit"}, "1020"),
        ({"trade.limit_price": "1", "trade.type": "limit", "trade.side": "sell"}, "1000"),
        ({"market.quote": GONE}, "1000"),
        ({"market.multiplier": 100}, "100000"),
        ({"trade.currency": "USD", "market.fx_rate": "0.9"}, "900.0"),
        ({"trade.quantity": "-10"}, "1000"),
    ],
)
def test_an_order_is_worth_its_quantity_at_the_worst_price(changes: dict[str, Any], value: str) -> None:
    (one, *_) = found("AMOUNT_THRESHOLD", changes, {"amount_threshold": 1})
    assert value == one.inputs["value"]


def test_a_foreign_currency_without_a_rate_asks() -> None:
    (gap,) = found("DATA_GAP", {"trade.currency": "USD"})
    assert {"market.fx_rate"} == set(gap.inputs["values"])


def test_a_limit_order_without_its_limit_asks() -> None:
    (gap,) = found("DATA_GAP", {"trade.type": "limit"})
    assert {"trade.limit_price"} == set(gap.inputs["values"])


@pytest.mark.parametrize(
    ("told", "fires"),
    [("800", False), ("799.99", True), ("1333.33", False), ("1333.34", True), ("-1000", True), ("0", True)],
)
def test_a_value_that_is_more_than_the_tolerance_off_the_agents_figure_asks(told: str, fires: bool) -> None:
    found = asks({"trade.estimated_value": told}, {"value_tolerance": "0.25"})
    assert (["VALUE_MISMATCH"] if fires else []) == found


def test_a_hundredth_off_the_agents_figure_is_within_the_usual_tolerance_and_no_more() -> None:
    for mark, told, fires in (("101", "1000", False), ("101.01", "1000", True), ("99", "1000", False)):
        changes = {"market.mark": mark, "market.quote": mark, "trade.estimated_value": told}
        assert fires == ("VALUE_MISMATCH" in asks(changes)), mark


def test_an_agent_need_not_tell_a_figure() -> None:
    assert [] == asks({"trade.estimated_value": GONE})


# Rule 4 ★: many small orders are a large one, and what is under way counts.
@pytest.mark.parametrize("status", ["executed", "pending", "approved", "executing", "open"])
def test_ten_small_orders_are_a_large_one(status: str) -> None:
    limits = {"amount_threshold": 10_000, "patterns": None}
    small = [other(n, notional="999", status=status, at=ago(hours=3)) for n in range(9)]
    assert [] == amounts("9.99", limits, small)
    one_more = [*small, other(9, notional="20", status=status, at=ago(hours=3))]
    for whose in ("this agent", "this owner", "this symbol"):
        assert any(whose in words for words in amounts("9.99", limits, one_more))


@pytest.mark.parametrize(
    ("more", "whose"),
    [
        ({"owner": "eve", "symbol": "BOLT"}, "this agent"),
        ({"agent": "max", "symbol": "BOLT"}, "this owner"),
        ({"agent": "max", "owner": "eve"}, "this symbol"),
        ({"agent": "REX ", "owner": "eve", "symbol": "BOLT"}, "this agent"),
        ({"agent": "max", "owner": "eve", "symbol": " acme"}, "this symbol"),
    ],
)
def test_sums_are_kept_by_agent_owner_and_symbol(more: dict[str, str], whose: str) -> None:
    (words,) = amounts("10", {"patterns": None}, [other(0, notional="49000", **more)])
    assert whose in words


def test_only_what_ran_within_the_window_counts_and_all_that_may_yet_run() -> None:
    old = {"notional": "49000", "at": ago(hours=24, seconds=1)}
    assert [] == amounts("10", {}, [other(0, **old)])
    assert 3 == len(amounts("10", {}, [other(0, **old | {"at": ago(hours=24)})]))
    assert 3 == len(amounts("10", {}, [other(0, status="pending", **old)]))
    assert 3 == len(amounts("10", {"window": "2d"}, [other(0, **old)]))


def test_sums_may_have_a_limit_of_their_own() -> None:
    many = [other(n, notional="9000") for n in range(6)]
    assert [] == amounts("10", {"rolling_threshold": 60_000}, many)
    assert 3 == len(amounts("10", {"rolling_threshold": 55_000}, many))
    assert 3 == len(amounts("10", {"amount_threshold": None, "rolling_threshold": 55_000}, many))
    assert 3 == len(amounts("10", {"amount_threshold": None, "rolling_threshold": 1_000}, []))


def test_other_orders_must_be_known_for_the_whole_window() -> None:
    limits = {"require_approval_for_first_trade": False, "patterns": None}
    assert [] == asks({"activity.since": ago(hours=24)}, limits)
    assert ["DATA_GAP"] == asks({"activity.since": ago(hours=23)}, limits)
