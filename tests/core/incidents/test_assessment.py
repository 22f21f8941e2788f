from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.incidents.severity import Inputs, assess

WORST = Inputs(
    service="checkout",
    tier=0,
    users=120_000,
    error_rate=0.5,
    latency=9.0,
    dependents=("a", "b", "c", "d"),
    slo=True,
    status="unhealthy",
    hour=11,
    history=0,
)
CALM = replace(WORST, tier=5, users=10, error_rate=0.0, latency=1.0, dependents=(), status="healthy", hour=3)


def test_the_weights_are_those_of_the_design_and_sum_to_one() -> None:
    assert [0.30, 0.25, 0.20, 0.15, 0.10] == [factor.weight for factor in assess(WORST).factors]


def test_the_worst_of_all_is_critical_and_the_calmest_informational() -> None:
    assert (1, 98.0, 1.0) == (assess(WORST).severity, assess(WORST).score, assess(WORST).confidence)
    assert (5, 2.0) == (assess(CALM).severity, assess(CALM).score)


def test_what_is_missing_is_neutral_labelled_and_lowers_the_confidence() -> None:
    found = assess(Inputs())
    assert (3, 50.0, 0.0) == (found.severity, found.score, found.confidence)
    assert all("missing" in factor.why for factor in found.factors)
    some = assess(replace(WORST, error_rate=None, latency=None))
    assert (0.8, "failing requests missing (neutral, 20 of 40)" in some.factors[0].why) == (
        some.confidence,
        True,
    )


@pytest.mark.parametrize(
    ("tier", "status", "severity"), [(0, "unhealthy", 2), (0, "degraded", 3), (1, "unhealthy", 3)]
)
def test_a_service_of_tier_0_that_is_down_is_never_below_high(tier: int, status: str, severity: int) -> None:
    assert assess(replace(CALM, tier=tier, status=status, hour=11)).severity == severity


@pytest.mark.parametrize(
    ("status", "tier", "history", "severity"),
    [("unhealthy", 4, 2, 5), ("unhealthy", 4, 3, 4), ("degraded", 3, 9, 5), ("unhealthy", 4, None, 5)],
)
def test_how_often_it_happened_breaks_ties_and_nothing_else(
    status: str, tier: int, history: int | None, severity: int
) -> None:
    # 19.5 of 20 for the first, 17.25 for the other.
    assert severity == assess(replace(CALM, status=status, tier=tier, history=history)).severity


_maybe = st.none() | st.floats(0, 1)
INPUTS = st.builds(
    Inputs,
    service=st.just("s"),
    tier=st.none() | st.integers(0, 5),
    users=st.none() | st.integers(0, 10**7),
    error_rate=_maybe,
    latency=st.none() | st.floats(0, 50),
    dependents=st.none() | st.lists(st.sampled_from("abcdef"), unique=True).map(tuple),
    slo=st.none() | st.booleans(),
    status=st.none() | st.sampled_from(["healthy", "degraded", "unhealthy"]),
    hour=st.none() | st.integers(0, 23),
    is_weekday=st.booleans(),
    history=st.none() | st.integers(0, 50),
)


@given(INPUTS)
def test_the_same_is_judged_the_same_within_bounds_and_each_factor_says_why(known: Inputs) -> None:
    found = assess(known)
    assert found == assess(known)
    assert 0 <= found.score <= 100
    assert 0 <= found.confidence <= 1
    assert 1 <= found.severity <= 5
    assert all(factor.why and 0 <= factor.score <= 100 for factor in found.factors)


@given(INPUTS, st.floats(0.11, 1))
def test_more_failing_requests_never_make_it_less_grave(known: Inputs, rate: float) -> None:
    assert assess(replace(known, error_rate=rate)).severity <= assess(replace(known, error_rate=0.0)).severity
