"""The risk score stays between nothing and all, and is never better than its worst part."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.approvals.limits import RiskWeights
from core.trading.risk import Facts, assess, clamp

WEIGHTS = RiskWeights()
numbers = st.decimals(allow_nan=False, allow_infinity=False)
facts = st.builds(Facts, *[st.none() | numbers] * 5)
CALM = Facts(Decimal("0.1"), Decimal("0.01"), Decimal("0.001"), Decimal(12), Decimal("0.8"))


@given(st.decimals(allow_infinity=True, allow_nan=True))
def test_a_part_is_never_below_nothing_nor_above_all(value: Decimal) -> None:
    assert 0 <= clamp(value) <= 1
    if value.is_finite() and 0 <= value <= 1:
        assert value == clamp(value)


@given(facts)
def test_the_score_is_never_better_than_its_worst_part(told: Facts) -> None:
    risk = assess(told, WEIGHTS)
    assert all(0 <= part.score <= risk.score <= 1 for part in risk.components)
    assert 0 <= risk.mean <= 1
    assert 5 == len(risk.components)


@given(facts, st.sampled_from(["volatility", "size", "turnover", "vix", "win_rate"]))
def test_to_know_less_never_helps(told: Facts, name: str) -> None:
    less = Facts(**{**vars(told), name: None})
    assert assess(less, WEIGHTS).score == 1 >= assess(told, WEIGHTS).score


# What the design's mean made of them: 0.41, 0.50, -5.5 and -1.8.
@pytest.mark.parametrize(
    "extreme",
    [{"turnover": Decimal(10)}, {"size": Decimal(3)}, {"win_rate": Decimal(-5)}, {"volatility": Decimal(4)}],
)
def test_a_mean_does_not_hide_an_extreme(extreme: dict[str, Decimal]) -> None:
    risk = assess(Facts(**{**vars(CALM), **extreme}), WEIGHTS)
    assert risk.score == 1 > risk.mean


@given(st.decimals(0, 1, places=3), st.decimals(0, 200, places=1))
def test_luck_and_the_mood_of_the_market_never_make_an_order_better(win_rate: Decimal, vix: Decimal) -> None:
    grave = Facts(Decimal("0.4"), CALM.size, CALM.turnover, vix, win_rate)
    assert assess(grave, WEIGHTS).score >= Decimal("0.8")


def test_the_parts_are_as_the_design_has_them() -> None:
    told = Facts(Decimal("0.25"), Decimal("0.05"), Decimal("0.01"), Decimal(16), Decimal("0.6"))
    risk = assess(told, WEIGHTS)
    assert ["0.5", "0.2", "0.1", "0.4", "0.4"] == [str(part.score.normalize()) for part in risk.components]
    assert Decimal("0.305") == risk.mean
    assert ("volatility", Decimal("0.5")) == (risk.worst.name, risk.score)
