"""What is unusual for an agent, by its own past orders and by nobody else's."""

from typing import Any

import pytest

from tests.core.trading.orders import GONE, PAST, ago, judged, other


def patterns(
    orders: Any = PAST, changes: dict[str, Any] | None = None, **limits: Any
) -> list[tuple[str, str]]:
    quiet = {"amount_threshold": None, "max_single_position": None, "patterns": limits}
    found = judged(changes, quiet, orders)[0]
    return [(one.inputs["pattern"], one.severity) for one in found if one.code == "UNUSUAL_PATTERN"]


def test_an_agent_with_too_few_orders_cannot_be_compared() -> None:
    assert [("history", "LOW")] == patterns(PAST[:9])
    assert [("history", "LOW")] == patterns([*PAST[:9], other(9, status="open", quantity="3")])
    assert [("history", "LOW")] == patterns([*PAST[:9], other(9, agent="max")])
    assert [] == patterns(PAST[:9], history=9)


@pytest.mark.parametrize(
    ("quantity", "severity"), [("49.99", None), ("50", "MEDIUM"), ("100", "HIGH"), ("250", "CRITICAL")]
)
def test_an_order_of_many_times_the_median_is_unusual(quantity: str, severity: str | None) -> None:
    changes = {"trade.quantity": quantity, "trade.estimated_value": GONE}
    assert ([("size", severity)] if severity else []) == patterns(changes=changes)


def test_one_large_order_does_not_make_the_next_usual() -> None:
    large = [*PAST, other(11, notional="9000000")]
    assert [("size", "MEDIUM")] == patterns(large, {"trade.quantity": "50", "trade.estimated_value": GONE})


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
