"""What nobody can allow is refused, by whatever order, and is never a question."""

from typing import Any

import pytest

from tests.core.trading.orders import GONE, PAST, ago, asks, held, judged, other, refusals


@pytest.mark.parametrize(
    ("changes", "limits"),
    [
        ({"market.halted": True}, {}),
        ({}, {"halted": True}),
        ({"trade.side": "sell", "market.halted": True}, {}),
    ],
)
def test_nothing_is_traded_in_a_halt(changes: dict[str, Any], limits: dict[str, Any]) -> None:
    assert ["HALTED"] == refusals(changes, limits)
    assert [] == asks(changes, limits)


@pytest.mark.parametrize("word", ["false", 0, "no", 1])
def test_what_only_looks_like_an_answer_is_none(word: Any) -> None:
    assert ["DATA_GAP"] == asks({"market.halted": word})


@pytest.mark.parametrize("symbol", ["ACME", "acme", " Acme "])
def test_what_is_restricted_is_not_traded_however_it_is_written(symbol: str) -> None:
    assert ["RESTRICTED"] == refusals({"trade.symbol": symbol}, {"restricted": ["acme"]})
    assert ["RESTRICTED"] == refusals({"market.restricted": True})
    assert [] == refusals({}, {"restricted": ["BOLT"]})


def test_a_symbol_in_letters_that_look_like_others_is_none() -> None:
    cyrillic = "\N{CYRILLIC CAPITAL LETTER A}CME"
    assert "DATA_GAP" in asks({"trade.symbol": cyrillic}, {"restricted": ["ACME"]})


@pytest.mark.parametrize("status", ["pending", "approved", "executing", "open", "executed", "gone"])
def test_an_order_is_given_once(status: str) -> None:
    again = [*PAST, other(id="ORDER-1 ", status=status)]
    assert ["DUPLICATE_ORDER"] == refusals({}, {}, again)


def test_what_is_not_there_is_not_spent() -> None:
    assert [] == refusals({"agent.cash": "1005"})
    assert ["NO_FREE_BALANCE"] == refusals({"agent.cash": "1004.99"})
    assert "LOW_BUDGET" not in asks({"agent.cash": "1004.99"})


def test_money_that_another_order_may_need_is_not_free() -> None:
    def after(**more: Any) -> list[str]:
        return refusals(
            {}, {"amount_threshold": None}, [*PAST, other(11, notional="89000", at=ago(hours=2), **more)]
        )

    for status in ("pending", "approved", "executing", "open"):
        assert ["NO_FREE_BALANCE"] == after(status=status)
    assert [] == after(status="executed")
    assert [] == after(status="open", side="sell")
    assert [] == after(status="open", agent="max")
    assert ["NO_FREE_BALANCE"] == after(status="open", agent=GONE)


def test_fees_that_are_not_known_do_not_make_an_order_cheaper_than_its_price() -> None:
    assert ["NO_FREE_BALANCE"] == refusals({"agent.cash": "999", "trade.fees": GONE})


# Rule 9 ★: shares of nothing are not below any limit.
@pytest.mark.parametrize("net", ["0", "-250000"])
def test_without_net_value_positions_are_only_made_smaller(net: str) -> None:
    worthless = {"portfolio.net_value": net}
    assert ["NO_NET_VALUE"] == refusals(worthless)
    assert [] == refusals(worthless | {"trade.side": "sell"})
    assert ["NO_NET_VALUE"] == refusals(worthless | {"trade.side": "sell", "trade.quantity": "201"})
    short = worthless | {"portfolio.positions": [held(quantity="-100", value="-10000")]}
    assert [] == refusals(short)
    assert ["NO_NET_VALUE"] == refusals(short | {"trade.side": "sell"})


@pytest.mark.parametrize(
    "unclear",
    [
        {"portfolio.positions": GONE},
        {"portfolio.positions": [held(quantity="many")]},
        {"activity.orders": GONE},
        {"trade.side": "sideways"},
        {"trade.quantity": GONE},
    ],
)
def test_what_does_not_surely_reduce_a_position_opens_one(unclear: dict[str, Any]) -> None:
    worthless = {"portfolio.net_value": "-1", "trade.side": "sell"}
    assert [] == refusals(worthless)
    assert ["NO_NET_VALUE"] == refusals(worthless | unclear)


@pytest.mark.parametrize(("sold", "denied"), [("60", False), ("100", False), ("101", True), ("190", True)])
def test_without_net_value_no_position_is_turned_round(sold: str, denied: bool) -> None:
    worthless = {
        "portfolio.net_value": "0",
        "portfolio.positions": [held(quantity="100")],
        "trade.side": "sell",
        "trade.quantity": sold,
    }
    assert denied == ("NO_NET_VALUE" in refusals(worthless))


SHORT = {
    "trade.side": "sell",
    "trade.quantity": "110",
    "trade.estimated_value": GONE,
    "market.borrowable": "10",
}


def test_what_is_sold_short_must_be_borrowed_first() -> None:
    assert [] == refusals(SHORT)
    assert ["NOT_BORROWABLE"] == refusals(SHORT | {"market.borrowable": "9.99"})
    assert [] == refusals(SHORT | {"trade.quantity": "100", "market.borrowable": "0"})
    under_way = [*PAST, other(11, side="sell", quantity="5", status="open")]
    assert ["NOT_BORROWABLE"] == refusals(SHORT, {}, under_way)
    assert [] == refusals(SHORT | {"market.borrowable": "15"}, {}, under_way)


def test_a_short_sale_of_which_nobody_knows_what_can_be_borrowed_asks() -> None:
    (gap,) = judged(SHORT | {"market.borrowable": GONE}, {"patterns": None})[0]
    assert ("DATA_GAP", ["market.borrowable"]) == (gap.code, [*gap.inputs["values"]])
    assert [] == asks({"market.borrowable": GONE, "trade.side": "sell", "trade.quantity": "10"})
    assert "DATA_GAP" in asks(SHORT | {"agent.cash": GONE})


def test_a_short_sale_needs_the_money_to_be_bought_back() -> None:
    assert [] == refusals(SHORT | {"agent.cash": "1005"})
    assert ["NO_FREE_BALANCE"] == refusals(SHORT | {"agent.cash": "1004.99"})
    assert [] == refusals(SHORT | {"agent.cash": "505"}, {"short_collateral": "0.5"})
