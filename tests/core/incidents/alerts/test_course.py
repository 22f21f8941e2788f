from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.incidents.alerts.alert import Alert, State
from core.incidents.alerts.course import Arrival, Change, Flaps, heard, settled, unmuted
from core.incidents.sources.source import News, Said
from tests.core.incidents.alerts.arrivals import arrival, firing, over
from tests.stores import START

FLAPS = Flaps(3, timedelta(minutes=30))
MINUTE = timedelta(minutes=1)


def told(*arrivals: Arrival, every: timedelta = MINUTE) -> tuple[Alert, list[Change]]:
    """What becomes of an alert when these news come one after the other."""
    alert, changes, now = None, [], START
    for one in arrivals:
        alert, change = heard(alert, one, now, FLAPS)
        changes.append(change)
        now += every
    assert alert is not None
    return alert, changes


def test_it_fires_repeats_and_is_over() -> None:
    alert, changes = told(firing(START), firing(START), over(START, START + MINUTE))
    assert changes == [Change.FIRED, Change.REPEATED, Change.RESOLVED]
    assert (alert.state, alert.count, alert.episodes, alert.announced) == (State.RESOLVED, 2, 1, False)
    assert (alert.started, alert.ended) == (START, START + MINUTE)


def test_an_end_that_arrives_before_its_beginning_leaves_it_over() -> None:
    alert, changes = told(over(START - MINUTE, START), firing(START - MINUTE), every=timedelta(seconds=2))
    assert changes == [Change.OLD, Change.OLD]
    assert (alert.state, alert.announced) == (State.RESOLVED, False)


def test_an_end_of_the_time_before_does_not_end_what_fires_now() -> None:
    alert, changes = told(firing(START), over(START - 9 * MINUTE, START - 5 * MINUTE))
    assert changes == [Change.FIRED, Change.OLD]
    assert alert.state is State.FIRING


def test_the_same_beginning_means_that_it_is_back_once_a_delivery_can_no_longer_be_late() -> None:
    _, changes = told(firing(START), over(START, START + MINUTE), firing(START), every=2 * MINUTE)
    assert changes == [Change.FIRED, Change.RESOLVED, Change.FIRED]


def test_news_are_ordered_by_the_time_of_the_sender_where_it_tells() -> None:
    ends = over(None, None, at=START + MINUTE)
    alert, changes = told(firing(at=START), ends, ends, firing(at=START), every=timedelta(seconds=5))
    assert changes == [Change.FIRED, Change.RESOLVED, Change.OLD, Change.OLD]
    assert alert.state is State.RESOLVED


def test_what_the_sender_does_not_time_fires_again_at_once() -> None:
    _, changes = told(firing(), over(None, None), firing(), every=timedelta(seconds=1))
    assert changes == [Change.FIRED, Change.RESOLVED, Change.FIRED]


def test_a_clock_that_is_ahead_begins_nothing_in_the_future() -> None:
    alert, _ = told(firing(START + timedelta(days=2)))
    assert alert.started == START


def test_who_has_it_in_hand_changes_no_fact_of_it() -> None:
    news = News("f1", "other", Said.ACKNOWLEDGED)
    alert, changes = told(firing(START, labels={"a": "1"}), arrival(news))
    assert changes == [Change.FIRED, Change.REPEATED]
    assert (alert.name, alert.labels) == ("HighErrors", {"a": "1"})


def test_coming_and_going_is_told_until_it_counts_as_flapping() -> None:
    alert, _ = told(firing(), over(None, None), firing(), over(None, None))
    assert (alert.flapping, alert.announced, alert.episodes) == (False, False, 2)
    third, _ = heard(alert, firing(), START + 5 * MINUTE, FLAPS)
    assert (third.flapping, third.announced, third.episodes) == (True, True, 3)
    ended, _ = heard(third, over(None, None), START + 6 * MINUTE, FLAPS)
    assert (ended.state, ended.announced) == (State.RESOLVED, True)
    again, _ = heard(ended, firing(), START + 7 * MINUTE, FLAPS)
    assert (again.announced, again.episodes) == (True, 3)


def test_what_flapped_is_over_once_it_was_quiet_long_enough() -> None:
    alert, _ = told(*[firing(), over(None, None)] * 3)
    assert alert.flapping
    end = alert.ended
    assert end is not None
    assert settled(alert, end + 9 * MINUTE, 10 * MINUTE) is alert
    quiet = settled(alert, end + 10 * MINUTE, 10 * MINUTE)
    assert (quiet.flapping, quiet.announced) == (False, False)


def test_what_goes_on_firing_flaps_no_more() -> None:
    alert, _ = told(*[firing(), over(None, None)] * 2, firing())
    assert alert.flapping
    later, _ = heard(alert, firing(), START + timedelta(hours=1), FLAPS)
    assert (later.flapping, later.announced) == (False, True)


def test_what_comes_back_after_a_long_time_does_not_flap() -> None:
    alert, _ = told(*[firing(), over(None, None)] * 5, every=timedelta(hours=1))
    assert not alert.flapping
    assert alert.episodes == 5


def test_a_muted_alert_is_kept_and_told_once_nobody_mutes_it() -> None:
    quiet = replace(firing(START), muted="SIL-1")
    alert, _ = heard(None, quiet, START, FLAPS)
    assert (alert.state, alert.announced, alert.episodes) == (State.FIRING, False, 0)
    assert (unmuted(alert).announced, unmuted(alert).episodes) == (True, 1)
    repeat, change = heard(alert, firing(START), START + MINUTE, FLAPS)
    assert (change, repeat.announced, repeat.muted) == (Change.FIRED, True, "")


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Arrival], State]:
    """Two or three times that it fired, the last perhaps not over, delivered in any order and some twice."""
    times = draw(st.integers(1, 3))
    open_end = draw(st.booleans())
    sent: list[Arrival] = []
    for number in range(times):
        started = START - timedelta(minutes=60 - 10 * number)
        sent.append(firing(started))
        if not (open_end and number == times - 1):
            sent.append(over(started, started + 5 * MINUTE))
    twice = draw(st.lists(st.sampled_from(sent), max_size=3))
    return draw(st.permutations([*sent, *twice])), State.FIRING if open_end else State.RESOLVED


@given(deliveries())
def test_whatever_the_order_within_a_minute_the_newest_news_stand(
    given_: tuple[list[Arrival], State],
) -> None:
    arrivals, state = given_
    alert, _ = told(*arrivals, every=timedelta(seconds=4))
    assert alert.state is state
