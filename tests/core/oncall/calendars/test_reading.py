"""Calendars as other programs write them, and as nobody should."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Invalid
from core.oncall.calendars.reading import read

FROM, TO = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
BERLIN = "Europe/Berlin"
ZONE = """BEGIN:VTIMEZONE
TZID:Odd
BEGIN:STANDARD
DTSTART:16011025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE"""


def calendar(*events: str, zone: str = "") -> bytes:
    parts = [f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT" for event in events]
    text = "\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", *([zone] if zone else []), *parts]
    )
    return (text + "\nEND:VCALENDAR\n").replace("\n", "\r\n").encode()


def found(*events: str, zone: str = "") -> list[str]:
    return [
        f"{one.title} {one.begins:%m-%dT%H:%M} {one.ends:%m-%dT%H:%M}"
        for one in read(calendar(*events, zone=zone), (FROM, TO), BERLIN)
    ]


WEEKLY = """UID:1
SUMMARY:Ana
DTSTART;TZID=Europe/Berlin:20260316T090000
DTEND;TZID=Europe/Berlin:20260323T090000
RRULE:FREQ=WEEKLY;INTERVAL=2"""


def test_a_repeated_shift_stays_at_nine_when_clocks_change() -> None:
    assert [
        "Ana 03-16T08:00 03-23T08:00",
        "Ana 03-30T07:00 04-06T07:00",
        "Ana 04-13T07:00 04-20T07:00",
        "Ana 04-27T07:00 05-04T07:00",
    ] == found(WEEKLY)


def test_a_zone_that_a_calendar_brings_along_is_followed() -> None:
    odd = WEEKLY.replace("Europe/Berlin", "Odd")
    assert found(WEEKLY) == found(odd, zone=ZONE)


@pytest.mark.parametrize(
    "exception",
    ["EXDATE;TZID=Europe/Berlin:20260330T090000", "EXDATE:20260330T070000Z"],
)
def test_an_exception_leaves_one_out(exception: str) -> None:
    assert "Ana 03-30T07:00 04-06T07:00" not in found(f"{WEEKLY}\n{exception}")
    assert 3 == len(found(f"{WEEKLY}\n{exception}"))


def test_one_that_was_moved_or_given_to_somebody_else_stands_where_it_was_moved_to() -> None:
    moved = """UID:1
SUMMARY:Bo
RECURRENCE-ID;TZID=Europe/Berlin:20260330T090000
DTSTART;TZID=Europe/Berlin:20260331T120000
DTEND;TZID=Europe/Berlin:20260406T090000"""
    said = found(WEEKLY, moved)
    assert "Bo 03-31T10:00 04-06T07:00" in said
    assert not any(line.startswith("Ana 03-30") for line in said)
    cancelled = moved + "\nSTATUS:CANCELLED"
    assert 3 == len(found(WEEKLY, cancelled))


def test_count_and_until_end_it() -> None:
    assert 2 == len(found(f"{WEEKLY};COUNT=2"))
    assert 2 == len(found(f"{WEEKLY};UNTIL=20260330T070000Z"))
    assert 1 == len(found(f"{WEEKLY};UNTIL=20260330T065959Z"))


def test_more_dates_are_added_once() -> None:
    more = f"{WEEKLY};COUNT=1\nRDATE;TZID=Europe/Berlin:20260316T090000,20260406T090000"
    assert ["Ana 03-16T08:00 03-23T08:00", "Ana 04-06T07:00 04-13T07:00"] == found(more)


def test_whole_days_and_times_without_a_zone_are_of_the_schedule() -> None:
    assert ["Ana 03-27T23:00 03-29T22:00"] == found(
        "UID:1\nSUMMARY:Ana\nDTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260330"
    )
    assert ["Ana 03-27T23:00 03-28T23:00"] == found("UID:1\nSUMMARY:Ana\nDTSTART;VALUE=DATE:20260328")
    floating = "UID:1\nSUMMARY:Ana\nDTSTART:20260330T090000\nDURATION:PT12H"
    assert ["Ana 03-30T07:00 03-30T19:00"] == found(floating)


def test_what_is_over_or_takes_no_time_is_no_event() -> None:
    assert [] == found("UID:1\nSUMMARY:Ana\nDTSTART:20260330T090000")
    assert [] == found("UID:1\nSUMMARY:Ana\nDTSTART:20250330T090000Z\nDTEND:20250331T090000Z")
    assert [] == found("UID:1\nSUMMARY:Ana\nDTSTART:20260330T090000Z\nDTEND:20290331T090000Z")


def test_addresses_of_those_who_attend_go_before_the_title() -> None:
    (event,) = read(
        calendar(
            "UID:1\nSUMMARY:On call\nATTENDEE;CN=Ana:mailto:ana@acme.test\nDTSTART:20260330T090000Z\nDURATION:PT1H"
        ),
        (FROM, TO),
        BERLIN,
    )
    assert ("ana@acme.test", "On call") == event.who


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3",
        "FREQ=DAILY;BYSECOND=1",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=WEEKLY;" + "BYDAY=MO;" * 100,
    ],
)
def test_rules_that_nobody_needs_are_not_followed(rule: str) -> None:
    with pytest.raises(Invalid, match="by a rule that is not followed"):
        found(f"UID:1\nSUMMARY:Ana\nDTSTART:20260101T090000Z\nDURATION:PT1H\nRRULE:{rule}")
    folded = f"UID:1\nSUMMARY:Ana\nDTSTART:20260101T090000Z\nDURATION:PT1H\nRRU\n LE:{rule}"
    with pytest.raises(Invalid, match="by a rule that is not followed"):
        found(folded)


def test_a_zone_may_only_change_by_the_year() -> None:
    with pytest.raises(Invalid, match="by a rule that is not followed"):
        found(WEEKLY, zone=ZONE.replace("FREQ=YEARLY;BYMONTH=3", "FREQ=DAILY;BYMONTH=3"))


def test_rules_of_zones_are_bounded_by_the_events_that_need_them() -> None:
    part = ZONE[ZONE.index("BEGIN:STANDARD") : ZONE.index("BEGIN:DAYLIGHT")]
    many = ZONE.replace(part, part * 100)
    with pytest.raises(Invalid, match="more rules of time zones than can be followed"):
        found(*(f"UID:{n}\nDTSTART;TZID=Odd:20260316T090000\nDURATION:PT1H" for n in range(300)), zone=many)


def test_a_rule_that_never_holds_ends() -> None:
    assert (
        []
        == found(
            "UID:1\nSUMMARY:A\nDTSTART:19910101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5"
        )[1:]
    )


def test_repetitions_of_all_events_together_are_bounded() -> None:
    daily = [
        f"UID:{n}\nSUMMARY:A\nDTSTART:19910101T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY" for n in range(100)
    ]
    with pytest.raises(Invalid, match="repeats more than can be followed"):
        found(*daily)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>", "That is no calendar"),
        (b"", "That is no calendar"),
        (b"BEGIN:VCALENDAR\r\n" + b"x" * 2_000_000 + b"END:VCALENDAR", "more than 1,024 KiB"),
        (
            b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 5_001 + b"END:VCALENDAR",
            "more than 5,000 events",
        ),
        (calendar(WEEKLY)[:-30], "The calendar stops in the middle"),
        (calendar("DTSTART:99999999T999999\nDTEND:2"), "The calendar cannot be read"),
    ],
)
def test_what_is_no_calendar_is_said_to_be_none(body: bytes, why: str) -> None:
    with pytest.raises(Invalid, match=why):
        read(body, (FROM, TO), BERLIN)


LINES = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VTIMEZONE",
        "END:VTIMEZONE",
        "BEGIN:STANDARD",
        "END:STANDARD",
        "TZID:Odd",
        "DTSTART:20260301T000000Z",
        "DTSTART;TZID=Odd:20260301T000000",
        "DTSTART;VALUE=DATE:20260301",
        "DTEND:20260302T000000Z",
        "DURATION:P1D",
        "DURATION:-P1D",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TU",
        "RRULE:FREQ=YEARLY;COUNT=99999999",
        "RRULE:FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO;UNTIL=20270101",
        "EXDATE:20260308T000000Z",
        "EXDATE:x",
        "RDATE;VALUE=PERIOD:20260301T000000Z/PT1H",
        "RECURRENCE-ID:20260308T000000Z",
        "UID:1",
        "SUMMARY:Ana",
        "ATTENDEE:mailto:a@b",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+9999",
        "STATUS:CANCELLED",
        "RRULE:FREQ=WEEKLY;INTERVAL=0",
        "X-WR-TIMEZONE:Nowhere/At",
        "DTSTART;TZID=Nowhere:20260301T000000",
    ]
)


@settings(max_examples=150, deadline=timedelta(seconds=5))
@given(st.lists(st.one_of(LINES, st.text(max_size=30)), max_size=25))
def test_whatever_arrives_gives_events_or_a_clear_no(lines: list[str]) -> None:
    body = "\r\n".join(["BEGIN:VCALENDAR", *lines, "END:VCALENDAR"]).encode()
    events = []
    with suppress(Invalid):
        events = read(body, (FROM, TO), BERLIN)
    assert all(one.begins < one.ends and one.begins < TO and one.ends > FROM for one in events)
