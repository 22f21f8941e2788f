"""What of a calendar may reach the reader at all: of bounded size, with rules that cost little to follow. Pure.

A rule of six words can ask for more moments than there is memory, so rules are looked at as text before anything reads them.
"""

import re
from collections.abc import Iterator

from core.errors import Invalid
from core.text import one_line

LARGEST = 1024 * 1024
"""Bytes of a calendar that are read."""
_EVENTS, _LINES = 5_000, 200_000
_EVERY = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_YEARLY = frozenset({"YEARLY"})
_PARTS = frozenset(
    {
        "FREQ",
        "UNTIL",
        "COUNT",
        "INTERVAL",
        "BYDAY",
        "BYMONTHDAY",
        "BYMONTH",
        "BYSETPOS",
        "BYWEEKNO",
        "BYYEARDAY",
        "WKST",
    }
)
_LONGEST_RULE = 400
_RULE = re.compile(r"(?:RRULE|EXRULE)[;:]", re.IGNORECASE)
_INTERVAL = re.compile(r"[1-9][0-9]{0,3}")
_ZONES = 200
# Each time of an event is looked up in every part of its zone, which takes a fifth of a millisecond.
_WORK = 20_000


def admitted(body: bytes) -> str:
    """The text of a calendar that may be read.

    Raises:
        Invalid: it is too large, is none, or has a rule that nobody would use for people who take turns.
    """
    if len(body) > LARGEST:
        raise Invalid(f"The calendar has more than {LARGEST // 1024:,} KiB.", "Publish fewer days of it.")
    text = body.decode("utf-8", "replace").lstrip("\ufeff").replace("\x00", "")
    if not text.lstrip()[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise Invalid(
            "That is no calendar.", "The address has to lead to iCalendar, which begins BEGIN:VCALENDAR."
        )
    if not text.rstrip().upper().endswith("END:VCALENDAR"):
        raise Invalid("The calendar stops in the middle.", "What was said before counts on; try again.")
    events = zones = 0
    in_zone = False
    for lines, line in enumerate(_unfolded(text)):
        word = line.strip().upper()
        in_zone = (in_zone or word == "BEGIN:VTIMEZONE") and word != "END:VTIMEZONE"
        events += word == "BEGIN:VEVENT"
        zones += in_zone and word.startswith("BEGIN:")
        if events > _EVENTS or lines > _LINES or zones > _ZONES:
            raise Invalid(f"The calendar has more than {_EVENTS:,} events.", "Publish fewer days of it.")
        if _RULE.match(line):
            _judge(line, _YEARLY if in_zone else _EVERY)
    if events * zones > _WORK:
        what = "The calendar brings along more rules of time zones than can be followed for so many events."
        raise Invalid(what, "Publish fewer days of it, or use time zones by their usual names.")
    return text


def _judge(line: str, every: frozenset[str]) -> None:
    name, _, rule = line.partition(":")
    parts = dict(part.upper().partition("=")[::2] for part in rule.strip().split(";") if part)
    odd = parts.keys() - _PARTS or name.upper().startswith("EXRULE")
    odd = odd or not _INTERVAL.fullmatch(parts.get("INTERVAL", "1"))
    if odd or parts.get("FREQ") not in every or len(rule) > _LONGEST_RULE:
        what = f"The calendar repeats something by a rule that is not followed: {one_line(rule, 80)}."
        raise Invalid(what, "Rules may be daily, weekly, monthly or yearly, on days and not on hours.")


def _unfolded(text: str) -> Iterator[str]:
    """The lines, with those that were folded put together again."""
    held = ""
    for line in text.splitlines():
        if line[:1] in (" ", "\t"):
            held = (held + line[1:])[:4_000]
            continue
        yield held
        held = line
    yield held
