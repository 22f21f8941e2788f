"""What is unusual for an agent, by its own past orders and by nobody else's."""

from typing import Any

import pytest

from tests.core.trading.orders import GONE, PAST, ago, judged, other

QUIET: dict[str, Any] = {"amount_threshold": None, "max_single_position": None}


def patterns(
    orders: Any = PAST, changes: dict[str, Any] | None = None, **limits: Any
) -> list[tuple[str, str]]:
    found = judged(changes, QUIET | {"patterns": limits}, orders)[0]
    return [(one.inputs["pattern"], one.severity) for one in found if one.code == "UNUSUAL_PATTERN"]


def test_an_agent_with_too_few_orders_cannot_be_compared() -> None:
    for orders in (
        PAST[:9],
        [*PAST[:9], other(9, status="open", quantity="3")],
        [*PAST[:9], other(9, agent="max")],
    ):
        assert [("history", "LOW")] == patterns(orders, short_history="ask")
        assert [] == patterns(orders, short_history="pass")
        (gap,) = [one for one in judged({}, QUIET, orders)[0] if one.code == "DATA_GAP"]
        assert ("HIGH", 9) == (gap.severity, gap.inputs["executed"])
        assert "What is usual is missing, because the agent has 9 executed orders" in gap.message
    assert [] == patterns(PAST[:9], history=9)


@pytest.mark.parametrize(
    ("quantity", "severity"), [("22.97", None), ("22.98", "MEDIUM"), ("35.95", "HIGH"), ("74.87", "CRITICAL")]
)
def test_among_equal_orders_one_that_is_much_larger_is_unusual(quantity: str, severity: str | None) -> None:
    changes = {"trade.quantity": quantity, "trade.estimated_value": GONE}
    assert ([("size", severity)] if severity else []) == patterns(changes=changes)


def test_one_large_order_does_not_make_the_next_usual() -> None:
    large = [*PAST, other(11, notional="9000000")]
    assert [("size", "MEDIUM")] == patterns(large, {"trade.quantity": "23", "trade.estimated_value": GONE})


def test_an_order_is_judged_by_how_far_the_agents_orders_commonly_are_apart() -> None:
    wide = [other(number, notional=str(500 + 100 * number)) for number in range(11)]
    at = {"trade.estimated_value": GONE, "market.mark": "1", "market.quote": "1"}
    # Median 1,000 and MAD 300: 3.5 times 300 / 0.6745 above it.
    assert [] == patterns(wide, at | {"trade.quantity": "2556.70"})
    assert [("size", "MEDIUM")] == patterns(wide, at | {"trade.quantity": "2556.71"})


def test_a_small_order_is_never_unusual() -> None:
    assert [] == patterns(changes={"trade.quantity": "0.01", "trade.estimated_value": GONE})


def test_more_orders_at_once_than_the_agent_usually_gives_are_unusual() -> None:
    # One in each of twelve stretches of ten minutes, and now seven within one.
    calm = [other(n, at=ago(minutes=15 + 10 * n), quantity=str(n + 50)) for n in range(12)]
    burst = [other(90 + n, status="pending", at=ago(minutes=3), quantity=str(n + 1)) for n in range(6)]
    assert [("rate", "MEDIUM")] == patterns([*calm, *burst])
    assert [] == patterns([*calm, *burst[1:]])
    busy = [order | {"id": f"{order['id']}-{n}"} for order in calm for n in range(3)]
    assert [] == patterns([*busy, *burst])


def test_an_order_at_an_hour_at_which_the_agent_never_trades_is_unusual() -> None:
    def at(minutes: int) -> list[dict[str, Any]]:
        return [other(n, at=ago(days=n + 1, minutes=minutes)) for n in range(10)]

    assert [] == patterns(at(90))
    assert [("hour", "LOW")] == patterns(at(91))
    assert [] == patterns(at(-90))
    assert [("hour", "LOW")] == patterns(at(-91))
    assert [] == patterns(at(91), hour="2h")


def test_many_orders_at_once_are_unusual() -> None:
    burst = [other(20 + n, status="pending", at=ago(minutes=10), quantity=str(n + 1)) for n in range(19)]
    assert [("pace", "MEDIUM")] == patterns([*PAST, *burst])
    assert [] == patterns([*PAST, *burst[1:]])
    late = [order | {"at": ago(minutes=10, seconds=1)} for order in burst]
    assert [] == patterns([*PAST, *late])


def test_the_same_order_again_is_unusual() -> None:
    again = other(11, at=ago(minutes=1))
    assert [("repeat", "MEDIUM")] == patterns([*PAST, again])
    assert [("repeat", "MEDIUM")] == patterns([*PAST, again | {"quantity": "10.0", "at": None}])
    assert [] == patterns([*PAST, again | {"quantity": "11"}])
    assert [] == patterns([*PAST, again | {"at": ago(seconds=61)}])


def test_back_and_forth_is_unusual() -> None:
    back = other(11, side="sell", at=ago(minutes=5))
    assert [("reversal", "MEDIUM")] == patterns([*PAST, back])
    assert [] == patterns([*PAST, back | {"symbol": "BOLT"}])
    assert [] == patterns([*PAST, back | {"at": ago(minutes=6)}])


def test_a_symbol_that_was_never_traded_is_unusual() -> None:
    strange = [order | {"symbol": "BOLT"} for order in PAST]
    assert [("new_symbol", "LOW")] == patterns(strange)
    assert [] == patterns(strange, new_symbol=False)


def test_patterns_may_be_left_out() -> None:
    assert [] == [
        one.code for one in judged({}, {"patterns": None, "require_approval_for_first_trade": False}, [])[0]
    ]


def test_what_is_compared_must_be_known() -> None:
    limits = {"amount_threshold": None, "require_approval_for_first_trade": False}
    assert ["DATA_GAP"] == [one.code for one in judged({"activity.since": ago(minutes=9)}, limits)[0]]
    assert [] == [one.code for one in judged({"activity.since": ago(minutes=10)}, limits)[0]]
