from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.hours import Hours, parse_days, parse_time
from core.oncall.rotation import next_shift_of, shift_at, shifts, turn
from core.oncall.schedule import Layer, Override, Rotate, Schedule

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
OFFICE = Hours(parse_days("mon-fri"), parse_time("09:00"), parse_time("17:00"))
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def at(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def layer(
    *people: str, rotate: Rotate = "weekly", start: str = "2026-01-05T09:00", hours: Hours | None = None
) -> Layer:
    return Layer(people or ("ana", "bo"), rotate, wall(start), hours)


def schedule(*layers: Layer, zone: str = BERLIN) -> Schedule:
    return Schedule("platform-primary", zone, layers or (layer(),))


def over(person: str, begins: str, ends: str) -> Override:
    return Override("platform-primary", person, at(begins), at(ends), by="ana")


moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
walls = st.integers(0, 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1) + timedelta(minutes=minutes))  # noqa: DTZ001 - the wall has no zone
layers = st.builds(
    Layer,
    st.lists(st.sampled_from(["ana", "bo", "chi", "dev"]), min_size=1, max_size=4).map(tuple),
    st.sampled_from(["daily", "weekly", "monthly"]) | st.integers(6, 200).map(lambda it: timedelta(hours=it)),
    walls,
    st.none()
    | st.builds(
        Hours,
        st.frozensets(st.integers(0, 6), min_size=1),
        st.times().map(lambda it: it.replace(second=0, microsecond=0)),
        st.times().map(lambda it: it.replace(second=0, microsecond=0)),
    ),
)
schedules = st.builds(
    Schedule,
    st.just("platform-primary"),
    st.sampled_from([BERLIN, NEW_YORK, "UTC", "Australia/Lord_Howe"]),
    st.lists(layers, min_size=1, max_size=3).map(tuple),
)
overrides = st.lists(
    st.builds(
        lambda person, begins, span: Override("platform-primary", person, begins, begins + span, by="ana"),
        st.sampled_from(["eve", "ana"]),
        moments,
        st.timedeltas(timedelta(minutes=1), timedelta(days=30)),
    ),
    max_size=3,
)


def test_people_take_turns_and_hand_over_at_the_hour_of_the_start() -> None:
    weekly = schedule()
    assert "ana" == shift_at(weekly, [], at("2026-01-12T08:59")).person
    assert "bo" == shift_at(weekly, [], at("2026-01-12T09:00")).person
    assert at("2026-01-19T09:00") == shift_at(weekly, [], at("2026-01-14T00:00")).ends


@pytest.mark.parametrize(
    ("zone", "begins", "ends", "lasted"),
    [
        (BERLIN, "2026-03-28T09:00", "2026-03-29T09:00", 23),
        (BERLIN, "2026-10-24T09:00", "2026-10-25T09:00", 25),
        (NEW_YORK, "2026-03-07T09:00", "2026-03-08T09:00", 23),
        (NEW_YORK, "2026-10-31T09:00", "2026-11-01T09:00", 25),
    ],
)
def test_a_handover_stays_at_nine_when_clocks_change(zone: str, begins: str, ends: str, lasted: int) -> None:
    daily = schedule(layer(rotate="daily"), zone=zone)
    shift = shift_at(daily, [], at(begins, zone))
    assert (at(ends, zone), timedelta(hours=lasted)) == (shift.ends, at(ends, zone) - shift.begins)


def test_a_handover_in_the_hour_that_is_skipped_comes_an_hour_later_and_once() -> None:
    daily = layer(rotate="daily", start="2026-03-01T02:30")
    before, after = at("2026-03-28T02:30"), at("2026-03-30T02:30")
    ends = turn(daily, BERLIN, before)
    assert ends is not None
    assert datetime(2026, 3, 29, 1, 30, tzinfo=UTC) == ends[2]
    following = turn(daily, BERLIN, ends[2])
    assert following is not None
    assert (ends[0] + 1, after) == (following[0], following[2])


def test_a_month_without_that_day_hands_over_on_its_last() -> None:
    monthly = schedule(layer("ana", "bo", "chi", rotate="monthly", start="2026-01-31T09:00"))
    begun = [shift.begins for shift in islice(shifts(monthly, [], at("2026-01-31T09:00")), 4)]
    assert [at(f"2026-{day}T09:00") for day in ("01-31", "02-28", "03-31", "04-30")] == begun


def test_before_the_start_nobody_is_on_call_until_it_comes() -> None:
    shift = shift_at(schedule(layer(start="2026-06-01T09:00")), [], at("2026-05-01T12:00"))
    assert ("", at("2026-06-01T09:00")) == (shift.person, shift.ends)


def test_a_later_layer_goes_before_an_earlier_one_in_its_hours() -> None:
    both = schedule(layer(), layer("chi", hours=OFFICE))
    assert [("ana", 1), ("chi", 2), ("ana", 1)] == [
        (shift.person, shift.layer)
        for shift in (shift_at(both, [], at(f"2026-01-06T{hour}")) for hour in ("08:59", "09:00", "17:00"))
    ]
    assert at("2026-01-06T17:00") == shift_at(both, [], at("2026-01-06T12:00")).ends


def test_whoever_follows_themselves_is_on_call_until_somebody_else_is() -> None:
    twice = schedule(layer("ana", "ana", "bo"))
    assert at("2026-01-19T09:00") == shift_at(twice, [], at("2026-01-05T09:00")).ends
    assert None is shift_at(schedule(layer("ana")), [], at("2026-01-05T09:00")).ends


def test_an_override_goes_before_every_layer_and_a_newer_one_before_an_older() -> None:
    known = [
        over("chi", "2026-01-06T10:00", "2026-01-06T20:00"),
        over("dev", "2026-01-06T12:00", "2026-01-06T14:00"),
    ]
    seen = [
        (shift.person, shift.begins) for shift in islice(shifts(schedule(), known, at("2026-01-06T09:00")), 5)
    ]
    hours = (("ana", "09"), ("chi", "10"), ("dev", "12"), ("chi", "14"), ("ana", "20"))
    assert [(person, at(f"2026-01-06T{hour}:00")) for person, hour in hours] == seen


def test_the_next_shift_of_somebody_is_the_rest_of_the_one_they_have() -> None:
    now = at("2026-01-06T12:00")
    mine, theirs = next_shift_of("ana", schedule(), [], now), next_shift_of("bo", schedule(), [], now)
    assert mine is not None
    assert theirs is not None
    assert (now, at("2026-01-12T09:00")) == (mine.begins, mine.ends)
    assert (at("2026-01-12T09:00"), at("2026-01-19T09:00")) == (theirs.begins, theirs.ends)
    assert None is next_shift_of("chi", schedule(), [], now)


@given(schedules, moments)
def test_a_layer_has_exactly_one_person_from_its_start_on_and_nobody_before(
    each: Schedule, now: datetime
) -> None:
    for one in each.layers:
        found = turn(one, each.zone, now)
        begun = one.start.replace(tzinfo=ZoneInfo(each.zone)).astimezone(UTC) <= now
        assert begun == (found is not None)
        if found is not None:
            number, begins, ends = found
            assert begins <= now < ends
            following = turn(one, each.zone, ends)
            assert following is not None
            assert (number + 1, ends) == following[:2]


@given(schedules, overrides, moments)
def test_there_is_no_gap_where_a_layer_covers_and_shifts_follow_without_one(
    each: Schedule, known: list[Override], now: datetime
) -> None:
    covered = any(
        turn(one, each.zone, now) is not None and (one.hours is None or one.hours.is_open(now, each.zone))
        for one in each.layers
    )
    held = any(it.begins <= now < it.ends for it in known)
    assert (covered or held) == bool(shift_at(each, known, now).person)
    for one, other in pairwise(islice(shifts(each, known, now), 20)):
        assert one.ends == other.begins
        assert one.person != other.person


@given(schedules, overrides, moments, st.timedeltas(timedelta(), timedelta(days=40)))
def test_whoever_is_on_call_until_a_moment_is_so_at_every_moment_before(
    each: Schedule, known: list[Override], now: datetime, later: timedelta
) -> None:
    shift = shift_at(each, known, now)
    if shift.ends is None or now + later < shift.ends:
        assert shift.person == shift_at(each, known, now + later).person
    else:
        assert shift.person != shift_at(each, known, shift.ends).person


def test_turns_of_a_span_change_at_the_same_times_of_day_also_when_clocks_change() -> None:
    half_days = schedule(layer("ana", "bo", rotate=timedelta(hours=12), start="2026-03-27T08:00"))
    found = [
        (shift.person, shift.begins.astimezone(ZoneInfo(BERLIN)).isoformat("T", "minutes")[:16])
        for shift in islice(shifts(half_days, [], at("2026-03-28T08:00")), 5)
    ]
    wanted = [
        "2026-03-28T08:00",
        "2026-03-28T20:00",
        "2026-03-29T08:00",
        "2026-03-29T20:00",
        "2026-03-30T08:00",
    ]
    assert list(zip(["ana", "bo", "ana", "bo", "ana"], wanted, strict=True)) == found
