"""What counts as having moved on since it was approved."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.approvals.drift import drifted

ORDER = {"symbol": "ACME", "price": "100", "quantity": 5, "book": {"cash": 1_000.0}, "legs": [1, 2]}


@pytest.mark.parametrize(
    "now",
    [
        {},
        {"price": 101},
        {"price": "99.00"},
        {"price": Decimal("100.999")},
        {"book": {"cash": 990}},
        {"news": "something else"},
        {"legs": [1, 2.01]},
    ],
)
def test_what_moved_little_or_is_new_is_no_drift(now: dict[str, Any]) -> None:
    assert [] == drifted(ORDER, now, 0.01)


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ({"price": "101.01"}, "price was 100 and is 101.01, 1.0 % away"),
        ({"price": "nan"}, "price was 100 and is nan"),
        ({"price": None}, "price was 100 and is None"),
        ({"symbol": "EVIL"}, "symbol was ACME and is EVIL"),
        ({"book": {"cash": 900}}, "book.cash was 1000.0 and is 900, 10.0 % away"),
        ({"quantity": True}, "quantity was 5 and is True"),
        ({"legs": [1]}, "legs had 2 parts and has 1"),
    ],
)
def test_what_moved_is_told_in_words(now: dict[str, Any], words: str) -> None:
    assert [words] == drifted(ORDER, now, 0.01)


def test_that_time_has_passed_is_no_drift() -> None:
    assert [] == drifted({"at": "2026-03-02T09:00:00Z"}, {"at": "2026-03-02T09:05:00Z"}, 0.01)


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(0, 1))
def test_nothing_passes_that_is_further_away_than_the_share(now: float, share: float) -> None:
    if not drifted({"x": 100.0}, {"x": now}, share):
        assert abs(now - 100.0) <= 100.0 * share + 1e-6
