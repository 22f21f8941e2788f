"""A schedule as a calendar that other programs subscribe to: iCalendar (RFC 5545). Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from core.digest import digest
from core.oncall.schedule import Schedule, Shift

PRODUCT = "-//Wardroom//On call//EN"
TYPE = "text/calendar"


def calendar(
    schedule: Schedule, title: str, shifts: Iterable[Shift], names: Mapping[str, str], now: datetime
) -> bytes:
    """The shifts in which somebody is on call as events, each with an identity that stays while it stays.

    Args:
        schedule: whose shifts these are.
        title: what people call it.
        shifts: in order; one without an end is left out, since an event has one.
        names: what people are called, by id.
        now: when this is written.
    """
    # A fifth of a second to load, for those who have calendars.
    from icalendar import Calendar, Event

    made = Calendar()
    for name, value in (
        *(("prodid", PRODUCT), ("version", "2.0"), ("method", "PUBLISH")),
        *(("x-wr-calname", f"On call for {title}"), ("x-wr-timezone", schedule.zone)),
        *(("refresh-interval;value=duration", "PT1H"), ("x-published-ttl", "PT1H")),
    ):
        made.add(name, value)
    for shift in shifts:
        if shift.person and shift.ends is not None:
            event = Event()
            facts = [schedule.name, shift.person, shift.begins.isoformat(), shift.ends.isoformat()]
            event.add("uid", f"{digest(facts)[:32]}@wardroom")
            event.add("dtstamp", now)
            event.add("dtstart", shift.begins)
            event.add("dtend", shift.ends)
            event.add("summary", f"{names.get(shift.person, shift.person)}, on call for {title}")
            if shift.override is not None and shift.override.reason:
                event.add("description", shift.override.reason)
            made.add_component(event)
    return bytes(made.to_ical())
