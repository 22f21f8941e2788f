from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import ManualClock
from core.errors import Invalid
from core.incidents import units as incidents
from core.incidents.merging import units as merging
from core.incidents.practice import units
from core.incidents.practice.figures import Heard, Paged, Spread, is_night, practice, quantile, trend
from core.store.engine import Store
from core.world import World
from tests.core.incidents.test_units import ANA, BO, declared
from tests.stores import START

MINUTE = timedelta(minutes=1)
WORLD = World(workspace="acme", people={"ana": ANA, "bo": BO})
spans = st.lists(st.integers(0, 10_000).map(lambda n: timedelta(seconds=n)), min_size=1, max_size=40)


@given(spans)
def test_nine_of_ten_take_no_longer_than_said_and_it_is_a_time_that_was(took: list[timedelta]) -> None:
    found = quantile(took, 0.9)
    assert found in took
    assert sum(one <= found for one in took) >= 0.9 * len(took)
    assert sum(one < found for one in took) < 0.9 * len(took)


@given(spans)
def test_as_many_take_longer_than_the_middle_as_less(took: list[timedelta]) -> None:
    middle = quantile(took, 0.5)
    assert middle is not None
    assert abs(sum(one < middle for one in took) - sum(one > middle for one in took)) <= sum(
        one == middle for one in took
    )


@pytest.mark.parametrize(
    ("at", "zone", "night"),
    [
        ("2026-03-02T21:30:00+00:00", "UTC", False),
        ("2026-03-02T21:30:00+00:00", "Europe/Berlin", True),
        ("2026-03-02T06:59:59+00:00", "UTC", True),
        ("2026-03-02T07:00:00+00:00", "UTC", False),
        ("2026-03-02T12:00:00+00:00", "Asia/Tokyo", False),
        ("2026-03-02T14:00:00+00:00", "Asia/Tokyo", True),
    ],
)
def test_it_is_night_by_the_clock_of_whoever_is_paged(at: str, zone: str, night: bool) -> None:
    assert night is is_night(datetime.fromisoformat(at), zone)


def test_noise_is_what_is_over_and_nobody_acted_on() -> None:
    heard = [Heard(acted=True, over=True), Heard(acted=False, over=True, alerts=3), Heard(False, over=False)]
    pages = [Paged("ana", START), Paged("ana", START - timedelta(hours=9)), Paged("bo", START)]
    found = practice((START, START), [], pages, heard, {"ana": "UTC"})
    assert (0.75, 4) == (found.noise, found.alerts)
    assert ({"ana": 2, "bo": 1}, {"ana": 1}) == (dict(found.pages), dict(found.night))
    assert practice((START, START), [], [], [], {}).noise is None


def test_a_trend_is_said_only_where_there_is_something_to_compare_with() -> None:
    assert ["+50 %", "-50 %", "the same", "", "", "-100 %"] == [
        trend(3, 2),
        trend(1, 2),
        trend(2, 2),
        trend(2, 0),
        trend(None, 2),
        trend(0, 2),
    ]


async def test_times_are_counted_from_when_it_was_declared_and_tests_are_left_out(
    any_store: Store, clock: ManualClock
) -> None:
    for minutes in (2, 4, 30):
        incident = await declared(any_store, service="checkout", severity=2)
        clock.advance(minutes * MINUTE)
        await any_store.transact(incidents.acknowledge, incident, ANA)
        clock.advance(minutes * MINUTE)
        await any_store.transact(incidents.resolve, incident, ANA, "A full disk.")
    kept = await declared(any_store)
    await declared(any_store, is_test=True)
    await any_store.transact(merging.merge, await declared(any_store), kept, ANA)
    clock.advance(timedelta(seconds=1))
    found = (await any_store.read(units.look, WORLD, 30)).now
    assert Spread(3, 4 * MINUTE, 30 * MINUTE) == found.acknowledge
    assert Spread(3, 8 * MINUTE, 60 * MINUTE) == found.resolve
    assert (4, {"checkout": 3, "none named": 1}) == (found.incidents, dict(found.services))
    assert ({2: 3, 3: 1}, [("A full disk", 3)]) == (
        dict(found.severities),
        [(one.words, one.count) for one in found.causes],
    )
    clock.advance(timedelta(days=31))
    later = await any_store.read(units.look, WORLD, 30)
    assert (0, 4) == (later.now.incidents, later.before.incidents)


@pytest.mark.parametrize(
    ("text", "days"), [("", 30), ("7d", 7), ("2 weeks", 14), ("month", 30), ("the last week", 7)]
)
def test_a_time_is_said_in_days_weeks_or_words(text: str, days: int) -> None:
    assert days == units.days_of(text)


@pytest.mark.parametrize("text", ["soon", "0d", "9999d", "-1", "1e3"])
def test_no_time_is_refused_in_words(text: str) -> None:
    with pytest.raises(Invalid, match="no time that I can look at"):
        units.days_of(text)
