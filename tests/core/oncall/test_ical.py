"""A schedule as a calendar, read back by another reader of calendars than the one that wrote it."""

from datetime import UTC, datetime, timedelta

from core.oncall.ical import calendar
from core.oncall.schedule import Layer, Override, Schedule, Shift

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEEK = timedelta(weeks=1)
PLAN = Schedule("primary", "Europe/Berlin", (Layer(("ana",), "weekly", datetime(2026, 1, 5, 9)),))  # noqa: DTZ001 - on the wall


def lines(*found: Shift) -> list[str]:
    text = calendar(PLAN, "platform; and, more", found, {"ana": "Ana Ruiz"}, NOW).decode()
    assert text.endswith("END:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")


def test_a_shift_is_an_event_from_its_beginning_to_its_end() -> None:
    found = lines(Shift("ana", NOW, NOW + WEEK, 1))
    assert "DTSTART:20260302T120000Z" in found
    assert "DTEND:20260309T120000Z" in found
    assert "SUMMARY:Ana Ruiz\\, on call for platform\\; and\\, more" in found


def test_nobody_and_a_shift_without_an_end_are_no_event() -> None:
    assert "BEGIN:VEVENT" not in lines(Shift("", NOW, NOW + WEEK), Shift("ana", NOW + WEEK, None, 1))


def test_what_was_put_over_it_says_why_and_cannot_end_its_line() -> None:
    over = Override("primary", "bo", NOW, NOW + WEEK, "ana", "dentist\r\nEND:VCALENDAR")
    found = lines(Shift("bo", NOW, NOW + WEEK, None, over))
    assert 1 == found.count("END:VCALENDAR")
    assert "SUMMARY:bo\\, on call for platform\\; and\\, more" in found


def test_an_event_keeps_its_identity_as_long_as_it_is_the_same() -> None:
    def identity(*found: Shift) -> list[str]:
        return [line for line in lines(*found) if line.startswith("UID:")]

    one, other = Shift("ana", NOW, NOW + WEEK, 1), Shift("bo", NOW, NOW + WEEK, 1)
    assert identity(one) == identity(one)
    assert identity(one) != identity(other)
