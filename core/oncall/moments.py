"""Moments and spans as people type them after a command: `18:00`, `sat 09:00`, `8h`, `sat 09:00/8h`. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.errors import Invalid
from core.hours import DAYS, at_wall, parse_time
from core.quantity import parse_duration, spoken_duration
from core.text import one_line

_DAY = timedelta(days=1)
# Times far away are mistakes, and arithmetic beyond the calendar's end would fail.
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def moment(text: str, now: datetime, zone: str) -> datetime:
    """The moment that is meant: now, a time (the next such), a day with a time, a date with one, or so long from now.

    Raises:
        Invalid: it is none, or before 2000 or after 2100.
    """
    try:
        found = _moment(" ".join(text.lower().split()), now, ZoneInfo(zone))
    except (ValueError, OverflowError):
        mend = "Write `18:00`, `in 30m`, `tomorrow 09:00`, `sat 09:00` or `2026-12-24T18:00`."
        raise Invalid(f"“{one_line(text, 40)}” is no moment that I understand.", mend) from None
    return within(found)


def within(at: datetime) -> datetime:
    """This moment, if it is near enough to be meant.

    Raises:
        Invalid: it is before 2000 or after 2100.
    """
    if not FIRST <= at < LAST:
        raise Invalid(f"{at.year} is too far away.", "Name a moment between 2000 and 2100.")
    return at


def span(text: str, now: datetime, zone: str) -> tuple[datetime, datetime]:
    """From when until when: `8h` is from now, `sat 09:00/8h` and `18:00/22:00` are from a moment on.

    Raises:
        Invalid: it is no span, or ends before it begins.
    """
    first, slash, last = text.partition("/")
    begins = moment(first, now, zone) if slash else now
    try:
        ends = begins + parse_duration(last if slash else first)
    except (ValueError, OverflowError):
        if not slash:
            mend = "Write `8h`, `2d`, `18:00/22:00` or `sat 09:00/8h`."
            raise Invalid(f"“{one_line(text, 40)}” is no span of time.", mend) from None
        ends = moment(last, begins, zone)
    if ends <= begins:
        raise Invalid("That ends before it begins.", "Write the beginning, a `/`, and the end.")
    return begins, within(ends)


def _moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    if text in ("", "now"):
        return now
    if (lasts := _later(text)) is not None:
        return now + lasts
    today = now.astimezone(zone).date()
    first, _, rest = text.partition(" ")
    day = _day(first, today)
    if day is not None:
        return at_wall(day, parse_time(rest) if rest else time(9), zone)
    if "-" in text:
        at = datetime.fromisoformat(text.upper())
        return at.astimezone(UTC) if at.tzinfo else at_wall(at.date(), at.time(), zone)
    at = at_wall(today, parse_time(text), zone)
    return at if at > now else at_wall(today + _DAY, parse_time(text), zone)


def _later(text: str) -> timedelta | None:
    """How long from now `30m` and `in 30 minutes` are; None for what is no such span."""
    if not any(letter.isalpha() for letter in text):
        return None
    try:
        return spoken_duration(text)
    except ValueError:
        return None


def _day(word: str, today: date) -> date | None:
    """The day that a word names: today, tomorrow, or the next day of the week of that name, today included."""
    if word in ("today", "tomorrow"):
        return today + (_DAY if word == "tomorrow" else timedelta())
    if word[:3] in DAYS and (word in DAYS or word.endswith("day")):
        return today + (DAYS.index(word[:3]) - today.weekday()) % len(DAYS) * _DAY
    return None
