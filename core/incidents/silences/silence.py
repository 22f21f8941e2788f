"""A silence: which alerts it keeps quiet, until when, who wanted it and why; and the windows of the file. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Protocol

from typing_extensions import override

from core import cel
from core.errors import Invalid
from core.incidents.config import EXPRESSION_NAMES, WindowConfig, in_zone
from core.text import one_line

LONGEST = timedelta(days=90)
MOST_MATCHERS = 10
WINDOW = "window:"
"""What the names of windows begin with where they stand for what keeps an alert quiet."""
_MATCHER = re.compile(
    r"""(?P<label>[A-Za-z_][A-Za-z0-9_.-]{0,99})(?P<op>!?=)(?:"(?P<quoted>[^"]*)"|(?P<bare>\S*))"""
)


@dataclass(frozen=True)
class Matcher:
    """A condition on one label: equal to `value`, or not; `*` stands for anything. A missing label is empty."""

    label: str
    value: str
    negated: bool = False

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether these labels meet it."""
        return fnmatchcase(labels.get(self.label, ""), _pattern(self.value)) is not self.negated

    @override
    def __str__(self) -> str:
        value = f'"{self.value}"' if re.search(r"\s", self.value) else self.value
        return f"{self.label}{'!=' if self.negated else '='}{value}"


class Told(Protocol):
    """What is known of an alert, by its sender's news or as it is kept."""

    @property
    def name(self) -> str:
        """What is wrong, by the name of its rule."""
        ...

    @property
    def fingerprint(self) -> str:
        """Its identity at its sender."""
        ...

    @property
    def severity(self) -> str:
        """In the sender's words."""
        ...

    @property
    def labels(self) -> Mapping[str, str]:
        """What it is about."""
        ...

    @property
    def annotations(self) -> Mapping[str, str]:
        """Words for people."""
        ...


def marks(source: str, service: str, told: Told) -> dict[str, str]:
    """What the matchers of silences see of an alert: its labels, and by these names what else is known of it."""
    known = {
        "alertname": told.name,
        "source": source,
        "fingerprint": told.fingerprint,
        "service": service,
        "severity": told.severity,
    }
    return {name: value for name, value in known.items() if value} | dict(told.labels)


@dataclass(frozen=True)
class Silence:
    """Alerts that meet every matcher are kept quiet from `begins` until `ends`."""

    id: str
    matchers: tuple[Matcher, ...]
    begins: datetime
    ends: datetime
    by: str
    by_name: str
    reason: str = ""
    incident: str = ""

    def covers(self, marked: Mapping[str, str]) -> bool:
        """Whether it keeps an alert with these marks quiet."""
        return all(matcher.holds(marked) for matcher in self.matchers)

    def is_active(self, now: datetime) -> bool:
        """Whether it counts at this moment."""
        return self.begins <= now < self.ends


def parse(text: str) -> tuple[tuple[Matcher, ...], str]:
    """The matchers at the beginning of `text`, and the words after them: `service=checkout env!=dev we move it`.

    Raises:
        Invalid: there is none, there are too many, or they would keep everything quiet.
    """
    found = []
    rest = text.strip()
    while match := _MATCHER.match(rest):
        value = match["bare"] if match["quoted"] is None else match["quoted"]
        found.append(Matcher(match["label"], one_line(value, 300), match["op"] == "!="))
        rest = rest[match.end() :].strip()
    if not found:
        raise Invalid(
            "I do not know which alerts to keep quiet.",
            "Name labels: `/alerts silence 2h service=checkout alertname=High*`.",
        )
    if len(found) > MOST_MATCHERS:
        raise Invalid(f"{MOST_MATCHERS} labels are the most.", "Name those that matter.")
    if all(one.negated or not one.value.strip("*?") for one in found):
        raise Invalid("That would keep every alert quiet.", "Name at least one label with a value.")
    return tuple(found), rest


def window_of(
    windows: Iterable[WindowConfig], zone: str, now: datetime, facts: Mapping[str, object]
) -> tuple[str, datetime] | None:
    """The maintenance window that covers an alert of these facts now, and when it ends."""
    for window in windows:
        ends = end_of(window, zone, now)
        if ends is not None and _matches(window, facts):
            return f"{WINDOW}{window.name}", ends
    return None


def is_window(keeper: str, name: str = "") -> bool:
    """Whether what keeps an alert quiet is a maintenance window, or the one of this name."""
    return keeper == f"{WINDOW}{name}" if name else keeper.startswith(WINDOW)


def called(keeper: str) -> str:
    """What people call the silence or the window that keeps an alert quiet."""
    return f"the window “{keeper.removeprefix(WINDOW)}”" if is_window(keeper) else keeper


def end_of(window: WindowConfig, zone: str, now: datetime) -> datetime | None:
    """When a window that is open now ends; None while it is not open."""
    where = window.timezone or zone
    if window.hours is not None:
        hours = window.hours.hours
        return (hours.next_close(now, where) or now + LONGEST) if hours.is_open(now, where) else None
    if window.begins is None or window.ends is None:
        return None
    ends = in_zone(window.ends, where)
    return ends if in_zone(window.begins, where) <= now < ends else None


def next_begin(window: WindowConfig, zone: str, now: datetime) -> datetime | None:
    """When a window begins next, after this moment; None if it does not any more."""
    where = window.timezone or zone
    if window.hours is None:
        begins = in_zone(window.begins, where) if window.begins else now
        return begins if begins > now else None
    ends = window.hours.hours.next_close(now, where) if window.hours.hours.is_open(now, where) else now
    return window.hours.hours.next_open(ends, where) if ends else None


def _matches(window: WindowConfig, facts: Mapping[str, object]) -> bool:
    try:
        return cel.compile(window.match, EXPRESSION_NAMES).holds(facts)
    except Invalid:
        # A label that is not there: such an alert is not meant. Quiet by mistake is worse than loud by mistake.
        return False


def _pattern(value: str) -> str:
    """`*` stands for anything; nothing else is special."""
    return value.replace("[", "[[]").replace("?", "[?]")
