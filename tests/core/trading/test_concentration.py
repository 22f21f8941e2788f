"""What reduces a position is never held back by how large it is; what enlarges one is, short or long."""

from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from core.trading.concentration import stretch
from tests.core.trading.orders import asks, held, other

units = st.integers(-5_000, 5_000)
amounts = st.integers(0, 5_000)
STRICT = {"max_single_position": 0, "max_sector": 0, "max_unknown_sector": 0, "max_correlated": 0}


def told(position: int, order: int) -> dict[str, Any]:
    return {
        "portfolio.positions": [
            held(quantity=str(position), value=str(position * 100)),
            held("BOLT", "1", "100"),
        ],
        "trade.side": "buy" if order > 0 else "sell",
        "trade.quantity": str(abs(order)),
    }


@given(units, st.integers(1, 5_000))
def test_a_reducing_order_never_fires_concentration(position: int, quantity: int) -> None:
    assume(position and quantity <= abs(position))
    order = -quantity if position > 0 else quantity
    assert "CONCENTRATION_LIMIT" not in asks(told(position, order), STRICT)


@given(units, st.integers(1, 5_000), amounts)
def test_nor_does_one_that_reduces_together_with_all_under_way(
    position: int, quantity: int, under_way: int
) -> None:
    assume(position and quantity + under_way <= abs(position))
    side = "sell" if position > 0 else "buy"
    order = -quantity if position > 0 else quantity
    orders = [other(status="open", side=side, quantity=str(under_way))] if under_way else []
    assert "CONCENTRATION_LIMIT" not in asks(told(position, order), STRICT, orders)


@given(units, st.integers(-5_000, 5_000).filter(bool))
def test_an_order_that_makes_an_exposure_larger_always_fires_at_a_limit_of_nothing(
    position: int, order: int
) -> None:
    assume(abs(position + order) > abs(position))
    assert asks(told(position, order), STRICT).count("CONCENTRATION_LIMIT") == 3


@given(
    units, amounts, amounts, st.integers(-5_000, 5_000), st.lists(st.integers(0, 1), min_size=3, max_size=3)
)
def test_no_way_the_orders_can_run_goes_farther_than_the_reach(
    position: int, buys: int, sells: int, order: int, run: list[int]
) -> None:
    far = stretch(*map(Decimal, (position, buys, sells, order)))
    assert abs(position + run[0] * buys - run[1] * sells + run[2] * order) <= far.after
    assert abs(position + run[0] * buys - run[1] * sells) <= far.before <= far.after


def test_orders_that_are_under_way_count_as_if_they_ran() -> None:
    """Two that reduce one by one, and together turn the position round."""
    calm = {"max_sector": None, "max_correlated": None, "max_single_position": 0.01, "amount_threshold": None}
    selling = told(100, -90)
    assert "CONCENTRATION_LIMIT" not in asks(selling, calm)
    under_way = [other(n, status="pending", side="sell", quantity="90") for n in range(2)]
    assert "CONCENTRATION_LIMIT" not in asks(selling, calm, under_way[:0])
    assert "CONCENTRATION_LIMIT" in asks(selling, calm, under_way)
    done = [order | {"status": "executed"} for order in under_way]
    assert "CONCENTRATION_LIMIT" not in asks(selling, calm, done)


def test_what_is_under_way_in_other_symbols_counts_in_its_sector() -> None:
    limits = {"max_single_position": None, "max_correlated": None, "amount_threshold": None}
    waits = other(1, symbol="COIL", status="open", notional="389000", side="sell", agent="max", owner="eve")
    assert "CONCENTRATION_LIMIT" in asks({}, limits, [waits])
    assert "CONCENTRATION_LIMIT" not in asks({}, limits, [waits | {"sector": "metal"}])
    assert "CONCENTRATION_LIMIT" not in asks({}, limits, [waits | {"status": "executed"}])


@given(st.integers(1, 5_000), amounts, st.integers(1, 5_000))
def test_a_purchase_that_may_never_run_does_not_hide_a_new_short(
    held_now: int, bought: int, sold: int
) -> None:
    reach = stretch(Decimal(held_now), Decimal(bought), Decimal(0), Decimal(-sold))
    assert reach.opens == (sold > held_now)
    assert reach.grows == (sold > 2 * held_now)


def test_a_sale_into_a_short_asks_although_a_purchase_is_under_way() -> None:
    bought = [other(status="open", side="buy", quantity="5000")]
    assert "CONCENTRATION_LIMIT" in asks(told(100, -5_000), STRICT, bought)
