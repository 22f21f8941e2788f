"""The words that files may use for names, accounts, addresses, time zones and hours of the week."""

import re
from datetime import time
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field

from core.hours import WEEK, Hours, parse_days, parse_time
from core.source import Section, suggestion, wrong
from core.text import one_line

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_MAIL = re.compile(r"[^@\s<>]{1,64}@[^@\s<>]{1,190}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
_URL = re.compile(r"https?://[^\s/?#]+[^\s]*")
_SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_SLACK_CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,20}")
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|MG[0-9a-fA-F]{32}|[A-Za-z0-9 ]{1,11}")
_HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
_DISCORD = re.compile(r"[0-9]{1,20}")


def _matching(pattern: re.Pattern[str], what: str, mend: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise wrong(f"`{one_line(value, 60)}` is not {what}.", mend)
        return value

    return AfterValidator(check)


def _digits(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        short = suggestion(value, available_timezones()).split(" Valid here")[0]
        hint = short if short.startswith("Did") else "Write it as in Europe/Berlin or UTC."
        raise wrong(f"`{one_line(value, 60)}` is not a time zone.", hint) from None
    return value


Name = Annotated[str, _matching(_NAME, "a name", "Use letters, digits, `-`, `_` and `.`, at most 63.")]
"""The key of a person, service, role ...: what others refer to it by."""

Label = Annotated[str, AfterValidator(one_line)]
"""Words for people, on one line, at most 200 characters."""

Zone = Annotated[str, AfterValidator(_zone)]
"""A time zone of the tz database."""

Mail = Annotated[str, _matching(_MAIL, "an e-mail address", "Write it as in ana@example.org.")]
Phone = Annotated[str, _matching(_PHONE, "a telephone number", 'Write it as in "+491700000001", in quotes.')]
Sender = Annotated[
    str,
    _matching(_SENDER, "a sender of text messages", 'Write a number, "+491700000001", or MG and 32 digits.'),
]
Host = Annotated[str, _matching(_HOST, "a host", "Write a name or an address, with `:port` if it matters.")]
Url = Annotated[str, _matching(_URL, "an address", "It begins with http:// or https://.")]

Variable = Annotated[
    str, _matching(_VARIABLE, "the name of an environment variable", "Write it as in SIEM_SECRET.")
]

SlackUser = Annotated[
    str,
    _matching(
        _SLACK_USER, "a Slack member id", "Copy it from the profile in Slack: it looks like U012AB3CD."
    ),
]
SlackChannel = Annotated[
    str,
    _matching(
        _SLACK_CHANNEL, "a Slack channel id", "Copy it from the channel's details: it looks like C012AB3CD."
    ),
]
DiscordId = Annotated[
    str,
    BeforeValidator(_digits),
    _matching(_DISCORD, "a Discord id", "Switch on developer mode and use Copy ID: it is a long number."),
]


def _days(value: Any) -> Any:
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else value
    try:
        return parse_days(str(text)) if not isinstance(text, frozenset) else text
    except ValueError:
        mend = "Write mon-fri, or [mon, wed, sat], or daily."
        raise wrong(f"`{one_line(str(value), 40)}` names no days of the week.", mend) from None


def _clock(value: Any) -> Any:
    try:
        return value if isinstance(value, time) else parse_time(str(value))
    except ValueError:
        mend = 'Write it in quotes, as in "09:00" or "17:30".'
        raise wrong(f"`{one_line(str(value), 40)}` is not a time of day.", mend) from None


class HoursConfig(Section):
    """Hours of the week: from when to when, on which days. What ends no later than it begins ends a day later."""

    days: Annotated[frozenset[int], BeforeValidator(_days)] = WEEK
    opens: Annotated[time, BeforeValidator(_clock)] = Field(alias="from")
    closes: Annotated[time, BeforeValidator(_clock)] = Field(alias="to")

    @property
    def hours(self) -> Hours:
        """What they say."""
        return Hours(self.days, self.opens, self.closes)
