"""Schedules by the clock on the wall, and what daylight saving does to them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from core.cron import parse

BERLIN = "Europe/Berlin"


def moments(first: str, last: str) -> st.SearchStrategy[datetime]:
    """Moments between these two days, in UTC."""
    start, end = datetime.fromisoformat(f"{first}T00:00Z"), datetime.fromisoformat(f"{last}T00:00Z")
    seconds = st.integers(0, int((end - start).total_seconds()))
    return seconds.map(lambda passed: start + timedelta(seconds=passed))


def times(text: str, since: str, count: int, zone: str = BERLIN) -> list[str]:
    """The next times, as the clocks on the wall show them, with their distance to UTC."""
    at, found = datetime.fromisoformat(since), []
    for _ in range(count):
        came = parse(text).after(at, zone)
        assert came is not None
        at = came
        found.append(at.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M%z"))
    return found


def test_a_time_in_an_hour_that_is_skipped_comes_once_and_later() -> None:
    found = times("30 2 * * *", "2026-03-28T00:00+00:00", 3)
    assert found == ["03-28 02:30+0100", "03-29 03:30+0200", "03-30 02:30+0200"]


def test_a_time_in_an_hour_that_comes_twice_comes_once() -> None:
    found = times("30 2 * * *", "2026-10-24T12:00+00:00", 2)
    assert found == ["10-25 02:30+0200", "10-26 02:30+0100"]


def test_what_comes_every_hour_goes_by_the_time_that_passes() -> None:
    found = times("*/30 * * * *", "2026-10-25T00:15+00:00", 4)
    assert found == ["10-25 02:30+0200", "10-25 02:00+0100", "10-25 02:30+0100", "10-25 03:00+0100"]
    found = times("*/30 * * * *", "2026-03-29T00:15+00:00", 3)
    assert found == ["03-29 01:30+0100", "03-29 03:00+0200", "03-29 03:30+0200"]


def test_two_times_that_a_skipped_hour_puts_together_are_one() -> None:
    found = times("30 2,3 * * *", "2026-03-29T00:00+00:00", 2)
    assert found == ["03-29 03:30+0200", "03-30 02:30+0200"]


def test_an_hour_that_is_skipped_at_midnight_is_made_up_for_on_its_day() -> None:
    found = times("30 0 * * *", "2026-04-23T12:00+00:00", 2, "Africa/Cairo")
    assert found == ["04-24 01:30+0300", "04-25 00:30+0300"]


def test_a_day_that_a_country_skipped_is_made_up_for_on_the_next() -> None:
    found = times("0 9 30 12 *", "2011-12-30T12:00+00:00", 1, "Pacific/Apia")
    assert found == ["12-31 09:00+1400"]


def test_a_day_fits_either_field_where_both_are_narrowed() -> None:
    found = times("0 12 13 * fri", "2026-11-01T00:00+00:00", 3, "UTC")
    assert found == ["11-06 12:00+0000", "11-13 12:00+0000", "11-20 12:00+0000"]
    assert times("0 12 */2 * 7", "2026-11-01T00:00+00:00", 1, "UTC") == ["11-01 12:00+0000"]


def test_the_29th_of_february_is_waited_for() -> None:
    assert parse("0 0 29 2 *").after(datetime(2096, 3, 1, tzinfo=UTC), "UTC") == datetime(
        2104, 2, 29, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("* * * *", "it has 4 fields"),
        ("* * * * * *", "it has 6 fields"),
        ("60 * * * *", "its minute `60` is not between 0 and 59"),
        ("* 5-2 * * *", "its hour `5-2` goes backwards"),
        ("*/0 * * * *", "step of nothing"),
        ("* * 0 * *", "its day of the month `0`"),
        ("* * * foo *", "its month `foo`"),
        ("* * * * mon-", "its day of the week `mon-`"),
        ("*-5 * * * *", "is no range"),
        ("0 0 31 2 *", "no day ever fits it"),
        ("٣ * * * *", "its minute"),
    ],
)
def test_what_is_no_schedule_is_told_by_its_field(text: str, words: str) -> None:
    with pytest.raises(ValueError) as raised:
        parse(text)
    assert words in str(raised.value)


def _field(low: int, high: int) -> st.SearchStrategy[str]:
    one = st.integers(low, high)
    return st.one_of(
        st.just("*"),
        one.map(str),
        st.integers(2, 9).map("*/{}".format),
        st.tuples(one, one).map(lambda pair: f"{min(pair)}-{max(pair)}"),
        st.lists(one, min_size=1, max_size=3).map(lambda many: ",".join(map(str, many))),
    )


@given(
    minute=_field(0, 59),
    hour=_field(0, 23),
    day=st.one_of(st.just("*"), _field(1, 28)),
    month=_field(1, 12),
    since=moments("2020-01-01", "2030-01-01"),
)
def test_it_agrees_with_another_reading_of_cron(
    minute: str, hour: str, day: str, month: str, since: datetime
) -> None:
    text = f"{minute} {hour} {day} {month} *"
    theirs = CronTrigger.from_crontab(text, timezone="UTC")
    expected = theirs.get_next_fire_time(None, since + timedelta(microseconds=1))
    assert expected == parse(text).after(since, "UTC")


@given(
    minute=_field(0, 59),
    hour=_field(0, 23),
    since=moments("2026-03-27", "2026-03-31") | moments("2026-10-23", "2026-10-27"),
    zone=st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_times_only_go_forward_and_none_is_left_out(
    minute: str, hour: str, since: datetime, zone: str
) -> None:
    cron = parse(f"{minute} {hour} * * *")
    first = cron.after(since, zone)
    assert first is not None
    assert first > since
    # From any moment in between the same one comes next.
    assert first == cron.after(since + (first - since) / 2, zone)
