from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import ConfigError
from core.hours import Hours, parse_days, parse_time
from core.source import load, validate
from core.wording import HoursConfig

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
_SCARCE = timedelta(days=3640)  # beyond, no moment is looked for
OFFICE = Hours(parse_days("mon-fri"), time(9), time(17))

zones = st.sampled_from([BERLIN, NEW_YORK, "UTC", "Asia/Kathmandu", "Australia/Lord_Howe"])
hours = st.builds(
    Hours,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
moments = st.integers(0, 2 * 365 * 86_400).map(
    lambda it: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=it)
)


def at(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_hours_are_those_of_the_wall_in_the_zone_of_the_person() -> None:
    assert OFFICE.is_open(at("2026-03-27T09:00"), BERLIN)
    assert not OFFICE.is_open(at("2026-03-27T09:00"), NEW_YORK)
    assert not OFFICE.is_open(at("2026-03-27T17:00"), BERLIN)
    assert OFFICE.is_open(at("2026-03-30T09:00"), BERLIN)  # an hour earlier in UTC since Sunday


def test_after_friday_comes_monday() -> None:
    assert at("2026-03-30T09:00") == OFFICE.next_open(at("2026-03-27T17:00"), BERLIN)
    assert at("2026-03-27T12:00") == OFFICE.next_open(at("2026-03-27T12:00"), BERLIN)
    assert at("2026-03-30T17:00") == OFFICE.next_close(at("2026-03-28T12:00"), BERLIN)


def test_a_night_ends_on_the_following_day_and_belongs_to_the_one_it_begins_on() -> None:
    night = Hours(parse_days("fri"), time(22), time(6))
    assert night.is_open(at("2026-03-28T05:59"), BERLIN)
    assert not night.is_open(at("2026-03-27T05:59"), BERLIN)
    assert at("2026-03-28T06:00") == night.next_close(at("2026-03-27T23:00"), BERLIN)


def test_open_time_adds_up_over_the_weekend() -> None:
    assert at("2026-03-30T11:00") == OFFICE.add(at("2026-03-27T15:00"), timedelta(hours=4), BERLIN)
    assert at("2026-03-27T17:00") == OFFICE.add(at("2026-03-27T15:00"), timedelta(hours=2), BERLIN)


@pytest.mark.parametrize(
    ("zone", "day", "lasted"),
    [
        (BERLIN, "2026-03-29", 23),
        (BERLIN, "2026-10-25", 25),
        (NEW_YORK, "2026-03-08", 23),
        (NEW_YORK, "2026-11-01", 25),
    ],
)
def test_a_day_on_which_clocks_change_is_open_for_as_long_as_it_lasts(
    zone: str, day: str, lasted: int
) -> None:
    sundays = Hours(parse_days("sun"))
    begins = at(f"{day}T00:00", zone)
    assert begins + timedelta(hours=lasted) == sundays.next_close(begins, zone)


def test_whole_days_side_by_side_are_one_stretch_and_all_of_them_never_close() -> None:
    assert at("2026-03-28T00:00") == Hours(parse_days("mon-fri")).next_close(at("2026-03-24T12:00"), BERLIN)
    assert None is Hours().next_close(at("2026-03-24T12:00"), BERLIN)


def test_scarce_hours_end_the_search_after_ten_years() -> None:
    minute = Hours(parse_days("mon"), time(9), time(9, 1))
    start = at("2026-03-24T12:00")
    assert timedelta(days=3640) < minute.add(start, timedelta(days=60), BERLIN) - start < timedelta(days=3670)


@given(hours, moments, zones)
def test_the_next_opening_is_open_and_nothing_before_it_is(each: Hours, now: datetime, zone: str) -> None:
    opening = each.next_open(now, zone)
    assert each.is_open(opening, zone)
    assert each.is_open(now, zone) == (opening == now)
    assert (
        opening == now
        or not each.is_open(opening - timedelta(seconds=1), zone)
        or opening - now < timedelta(seconds=1)
    )


@given(hours, moments, zones, st.timedeltas(timedelta(), timedelta(days=1)))
def test_adding_open_time_in_two_parts_is_adding_it_at_once(
    each: Hours, now: datetime, zone: str, span: timedelta
) -> None:
    whole = each.add(now, span, zone)
    assume(whole - now < _SCARCE)
    assert whole == each.add(each.add(now, span / 2, zone), span - span / 2, zone)
    assert whole - now >= span


@given(hours, moments, zones)
def test_what_is_open_stays_so_until_it_closes(each: Hours, now: datetime, zone: str) -> None:
    closing = each.next_close(now, zone)
    if closing is not None:
        assert closing > now
        assert each.is_open(closing - timedelta(microseconds=1), zone)
        assert not each.is_open(closing, zone)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("fri-mon", {4, 5, 6, 0}),
        ("Monday, wed - thu", {0, 2, 3}),
        ("sat", {5}),
        ("daily", {0, 1, 2, 3, 4, 5, 6}),
    ],
)
def test_days_are_read_as_people_write_them(text: str, days: set[int]) -> None:
    assert days == parse_days(text)


@given(st.text(max_size=20))
def test_reading_days_and_times_refuses_everything_else(text: str) -> None:
    for read in (parse_days, parse_time):
        try:
            read(text)
        except ValueError:
            continue


def test_mistakes_in_hours_are_told_with_their_line() -> None:
    text = "hours:\n  days: [mon, fry]\n  from: 25:00\n  to: '17:00'\n"
    with pytest.raises(ConfigError) as caught:
        validate(load(text, "wardroom.yaml"), HoursConfig, ("hours",))
    told = [(it.line, it.what) for it in caught.value.problems]
    assert [
        (2, "`['mon', 'fry']` names no days of the week."),
        (3, "`25:00` is not a time of day."),
    ] == told


def test_hours_are_read_from_a_file() -> None:
    text = "hours: {days: mon-fri, from: '09:00', to: '17:00'}"
    assert OFFICE == validate(load(text, "wardroom.yaml"), HoursConfig, ("hours",)).hours
