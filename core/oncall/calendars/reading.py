"""From the text of a calendar to its events within a span: repeated, excepted and moved as it says. Pure.

Source: RFC 5545. Repetitions are counted on the wall of the event's own zone, so nine o'clock stays nine when clocks change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import Invalid
from core.oncall.calendars.calendar import Event
from core.oncall.calendars.gate import admitted
from core.text import clean, one_line

Component = Any
"""An event as the reader gives it; each of its properties may be anything that a calendar can hold."""
Span = tuple[datetime, datetime]
_DAY = timedelta(days=1)
_LONGEST = timedelta(days=366)
_FIRST_YEAR = 1990
_STEPS = 200_000  # repetitions of all events that are looked at, wanted or not
_MOST = 10_000  # events that come of it
_PERIODS = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_WORDS = 200


@dataclass
class _Budget:
    """How much of the work that a calendar may ask for is left."""

    steps: int = _STEPS

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise Invalid("The calendar repeats more than can be followed.", "Let old repetitions end.")


def read(body: bytes, span: Span, zone: str) -> list[Event]:
    """The events of a calendar that touch a span, in order. `zone` is for times that name none, and for whole days.

    Raises:
        Invalid: it is no calendar, or asks for more than is read.
    """
    from icalendar import Calendar

    text = admitted(body)
    try:
        calendars = Calendar.from_ical(text.encode(), multiple=True)
        components = [event for one in calendars for event in one.walk("VEVENT")]
        events = list(_events(components, span, ZoneInfo(zone)))
    except Invalid:
        raise
    except Exception as error:
        # The reader raises whatever its parts raise; what it cannot read is no calendar for us either.
        what = f"The calendar cannot be read: {one_line(str(error), 160) or type(error).__name__}."
        raise Invalid(what, "Look at it with another program that reads calendars.") from error
    return sorted(events, key=lambda event: (event.begins, event.ends, event.who))


def _events(components: Sequence[Component], span: Span, zone: ZoneInfo) -> Iterator[Event]:
    moved = {
        (str(one.get("UID", "")), _utc(one["RECURRENCE-ID"].dt, zone))
        for one in components
        if "RECURRENCE-ID" in one
    }
    budget, made = _Budget(), 0
    for one in components:
        if str(one.get("STATUS", "")).upper() == "CANCELLED" or "DTSTART" not in one:
            continue
        who, length = _who(one), _length(one, zone)
        if not timedelta() < length <= _LONGEST:
            continue
        is_moved = "RECURRENCE-ID" in one
        for local in _begins(one, span, length, budget):
            begins = _utc(local, zone)
            if not is_moved and (str(one.get("UID", "")), begins) in moved:
                continue
            ends = _utc(_later(local, length), zone)
            if begins < span[1] and ends > span[0]:
                made += 1
                if made > _MOST:
                    raise Invalid(
                        f"The calendar has more than {_MOST:,} events ahead.", "Publish fewer days of it."
                    )
                yield Event(begins, ends, who)


def _begins(one: Component, span: Span, length: timedelta, budget: _Budget) -> Iterator[date]:
    """When an event begins, each time, on the wall of its zone."""
    first = one["DTSTART"].dt
    excepted = {_key(each, first) for each in _dates(one, "EXDATE")}
    seen = set()
    for each in (*_repeated(one, first, span, length, budget), *_dates(one, "RDATE")):
        key = _key(each, first)
        if key not in excepted and key not in seen:
            seen.add(key)
            yield each


def _repeated(one: Component, first: date, span: Span, length: timedelta, budget: _Budget) -> Iterator[date]:
    rules = one.get("RRULE")
    if rules is None:
        yield first
        return
    from dateutil.rrule import rrulestr

    for rule in rules if isinstance(rules, list) else [rules]:
        wall = _naive(first)
        last = span[1].replace(tzinfo=None) + 2 * _DAY
        if wall.year < _FIRST_YEAR:
            raise Invalid(
                f"Something in the calendar repeats since {wall.year}.", f"Let it begin after {_FIRST_YEAR}."
            )
        period = _PERIODS[str(rule["FREQ"][0]).upper()]
        budget.spend(max(0, (last - wall).days) // period + 1)
        count, text = _bounded(rule, wall, last, first)
        for number, found in enumerate(rrulestr(text, dtstart=wall)):
            if count is not None and number >= count:
                break
            if found + length + _DAY > span[0].replace(tzinfo=None):
                yield _like(found, first)


def _bounded(rule: Any, wall: datetime, last: datetime, first: date) -> tuple[int | None, str]:
    """The rule with an end that is not far away, and how often it may repeat: a rule that never holds has to end too."""
    parts = {str(name).upper(): values for name, values in rule.items()}
    count = parts.pop("COUNT", None)
    until = parts.pop("UNTIL", None)
    if until:
        at = until[0]
        if (
            isinstance(at, datetime)
            and at.tzinfo is not None
            and isinstance(first, datetime)
            and first.tzinfo
        ):
            at = at.astimezone(first.tzinfo)
        end = _naive(at)
        last = min(last, end if isinstance(at, datetime) else end + _DAY - timedelta(seconds=1))
    last = max(last, wall - _DAY)
    said = ";".join(f"{name}={','.join(map(_part, values))}" for name, values in parts.items())
    return (int(count[0]) if count else None), f"{said};UNTIL={last:%Y%m%dT%H%M%S}"


def _part(value: Any) -> str:
    to_ical = getattr(value, "to_ical", None)
    return to_ical().decode() if to_ical else str(value)


def _dates(one: Component, name: str) -> Iterator[date]:
    found = one.get(name)
    for each in found if isinstance(found, list) else [found] if found is not None else []:
        for entry in each.dts:
            yield entry.dt[0] if isinstance(entry.dt, tuple) else entry.dt


def _length(one: Component, zone: ZoneInfo) -> timedelta:
    """How long it is: on the wall where both ends are on the same one, so that a day stays a day."""
    begins = one["DTSTART"].dt
    if "DTEND" in one:
        ends = one["DTEND"].dt
        if getattr(begins, "tzinfo", None) == getattr(ends, "tzinfo", None) and type(begins) is type(ends):
            return _naive(ends) - _naive(begins)
        return _utc(ends, zone) - _utc(begins, zone)
    if "DURATION" in one:
        length = one["DURATION"].dt
        return length if isinstance(length, timedelta) else timedelta()
    return timedelta() if isinstance(begins, datetime) else _DAY


def _later(local: date, length: timedelta) -> datetime:
    at = local if isinstance(local, datetime) else datetime.combine(local, time())
    return at + length


def _naive(at: date) -> datetime:
    return at.replace(tzinfo=None) if isinstance(at, datetime) else datetime.combine(at, time())


def _like(wall: datetime, first: date) -> date:
    """A moment on the wall as the first one was written: with its zone, or as a whole day."""
    return wall.replace(tzinfo=first.tzinfo) if isinstance(first, datetime) else wall.date()


def _key(at: date, first: date) -> object:
    """What makes two times of an event the same one: an exception may be written in UTC, or as a day."""
    if isinstance(at, datetime) and at.tzinfo is not None:
        return at.astimezone(UTC)
    if isinstance(at, datetime) and isinstance(first, datetime) and first.tzinfo is not None:
        return at.replace(tzinfo=first.tzinfo).astimezone(UTC)
    return _naive(at)


def _utc(at: date, zone: ZoneInfo) -> datetime:
    """The moment; a time without a zone is of `zone`, and a day begins at its midnight."""
    moment = at if isinstance(at, datetime) else datetime.combine(at, time())
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)


def _who(one: Component) -> tuple[str, ...]:
    """What may name a person: the addresses of those who attend, then the title."""
    attend = one.get("ATTENDEE")
    found = [str(each) for each in (attend if isinstance(attend, list) else [attend] if attend else [])]
    mails = [each.partition(":")[2] for each in found if each.lower().startswith("mailto:")]
    words = (one_line(clean(each), _WORDS) for each in (*mails[:20], str(one.get("SUMMARY", ""))))
    return tuple(each for each in words if each)
