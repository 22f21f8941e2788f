"""The breaker: stops calls to what does not work, tries with a few probes, and forgets all once it works."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.resilience.breaker import Breaker, State, Terms
from tests.stores import START

TERMS = Terms(failures=3, window=timedelta(seconds=60), rest=timedelta(seconds=15), probes=2)


def _failed(times: int, every: float = 1.0) -> Breaker:
    breaker = Breaker()
    for number in range(times):
        breaker = breaker.failed_at(TERMS, START + timedelta(seconds=every * number))
    return breaker


def test_failures_in_a_window_open_it_and_the_rest_is_told_in_seconds() -> None:
    assert State.CLOSED is _failed(2).state(TERMS, START)
    broken = _failed(3)
    now = START + timedelta(seconds=2)
    assert State.OPEN is broken.state(TERMS, now)
    assert (broken, 10.0) == broken.admit(TERMS, now + timedelta(seconds=5))


def test_a_success_makes_failures_forgotten_so_that_rare_ones_never_add_up() -> None:
    breaker = Breaker()
    for number in range(1_000):
        now = START + timedelta(milliseconds=number)
        breaker = breaker.failed_at(TERMS, now).failed_at(TERMS, now).succeeded(TERMS)
    assert Breaker() == breaker


def test_failures_further_apart_than_the_window_do_not_open_it() -> None:
    assert State.CLOSED is _failed(50, every=31.0).state(TERMS, START)


def _half_open() -> Breaker:
    return _failed(3)


LATER = START + timedelta(seconds=30)


def test_after_the_rest_a_few_probes_go_through_and_all_of_them_must_succeed() -> None:
    one, wait = _half_open().admit(TERMS, LATER)
    two, again = one.admit(TERMS, LATER)
    assert (0.0, 0.0) == (wait, again)
    assert 0.0 < two.admit(TERMS, LATER)[1]
    proved = two.succeeded(TERMS)
    assert State.HALF_OPEN is proved.state(TERMS, LATER)
    assert 0.0 < proved.admit(TERMS, LATER)[1]  # one has proved, one is under way
    assert Breaker() == proved.succeeded(TERMS)


def test_a_probe_that_fails_opens_it_anew_from_that_moment() -> None:
    probing, _ = _half_open().admit(TERMS, LATER)
    again = probing.failed_at(TERMS, LATER)
    assert (State.OPEN, 15.0) == (again.state(TERMS, LATER), again.admit(TERMS, LATER)[1])


def test_a_probe_that_tells_nothing_gives_its_place_back() -> None:
    full = _half_open().admit(TERMS, LATER)[0].admit(TERMS, LATER)[0]
    assert 0.0 == full.unclear().admit(TERMS, LATER)[1]


@pytest.mark.parametrize("late", ["succeeded", "failed"])
def test_what_began_before_it_opened_does_not_change_it(late: str) -> None:
    broken, now = _half_open(), START + timedelta(seconds=4)
    assert broken == (broken.succeeded(TERMS) if late == "succeeded" else broken.failed_at(TERMS, now))


@given(st.lists(st.sampled_from(["call", "good", "bad", "unclear", "wait"]), max_size=60))
def test_never_more_calls_are_under_way_than_probes_while_it_is_not_closed(steps: list[str]) -> None:
    breaker, now = Breaker(), START
    for step in steps:
        now += timedelta(seconds=20 if step == "wait" else 1)
        if step == "call":
            is_closed = breaker.state(TERMS, now) is State.CLOSED
            breaker, wait = breaker.admit(TERMS, now)
            assert not (is_closed and wait)
        elif step == "good":
            breaker = breaker.succeeded(TERMS)
        elif step == "bad":
            breaker = breaker.failed_at(TERMS, now)
        elif step == "unclear":
            breaker = breaker.unclear()
        assert 0 <= breaker.probing + breaker.proved <= TERMS.probes
