"""How somebody wants to be called: by which ways, in which order, and when not. Pure.

Written as people say it: `slack, discord, sms 2m, email 5m`, each time counted from when they began to be called.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from core.hours import WEEK, Hours, parse_days, parse_time
from core.quantity import parse_duration, span
from core.text import one_line

WAYS = ("slack", "discord", "local", "email", "sms")
CHATS = ("slack", "discord", "local")
_WORDS = {
    **dict(zip(WAYS, WAYS, strict=True)),
    **dict.fromkeys(("mail", "e-mail"), "email"),
    **dict.fromkeys(("text", "phone"), "sms"),
}
_LONGEST = timedelta(hours=24)
_MOST = 10
_MINUTE = timedelta(minutes=1)


class Urgency(StrEnum):
    """Whether somebody is woken for it."""

    HIGH = "high"
    LOW = "low"


class Rung(BaseModel):
    """One way of reaching somebody, so long after they began to be called."""

    model_config = ConfigDict(frozen=True)

    way: str
    after: timedelta = timedelta(0)


USUAL: dict[Urgency, tuple[Rung, ...]] = {
    Urgency.HIGH: (
        *(Rung(way=way) for way in CHATS),
        Rung(way="sms", after=2 * _MINUTE),
        Rung(way="email", after=2 * _MINUTE),
    ),
    Urgency.LOW: (*(Rung(way=way) for way in CHATS), Rung(way="email", after=30 * _MINUTE)),
}
"""What holds for whoever has said nothing: every chat at once, then the telephone and mail."""


class Contact(BaseModel):
    """One person's own rules; None where they leave it to the house. `quiet` holds back what can wait, and nothing else."""

    model_config = ConfigDict(frozen=True)

    high: tuple[Rung, ...] | None = None
    low: tuple[Rung, ...] | None = None
    quiet: Hours | None = None

    def rungs(self, urgency: Urgency) -> tuple[Rung, ...] | None:
        """The ways for one urgency, if they are said."""
        return self.high if urgency is Urgency.HIGH else self.low

    def over(self, other: "Contact") -> "Contact":
        """These rules where they say something, the other ones where they do not."""
        return Contact(
            high=self.high or other.high, low=self.low or other.low, quiet=self.quiet or other.quiet
        )


NOTHING_SAID = Contact()


def parse_rungs(text: str) -> tuple[Rung, ...]:
    """The ways that a text names, earliest first.

    Raises:
        ValueError: it names none, an unknown one, one twice, or a time beyond a day; says what is wrong.
    """
    found: dict[str, Rung] = {}
    for part in (each.split() for each in text.replace(" after ", " ").lower().split(",")):
        if not part:
            continue
        way = _WORDS.get(part[0])
        if way is None:
            raise ValueError(f"“{one_line(part[0], 30)}” is no way to reach somebody")
        if way in found:
            raise ValueError(f"{way} is named twice")
        found[way] = Rung(way=way, after=_after("".join(part[1:])))
    if not found or len(found) > _MOST:
        raise ValueError("it names no way to reach somebody")
    return tuple(sorted(found.values(), key=lambda one: one.after))


def parse_quiet(text: str) -> Hours:
    """Quiet hours: `22:00-07:00`, or with days, `sat,sun 00:00-24:00`.

    Raises:
        ValueError: it is none.
    """
    *days, clock = text.lower().split()
    opens, dash, closes = clock.partition("-")
    if not dash or len(days) > 1:
        raise ValueError(text)
    return Hours(parse_days(days[0]) if days else WEEK, parse_time(opens), parse_time(closes))


def written(rungs: tuple[Rung, ...]) -> str:
    """Ways as they are read: `slack, sms 2m`."""
    return ", ".join(f"{one.way} {span(one.after)}" if one.after else one.way for one in rungs)


def ladder(wanted: tuple[Rung, ...] | None, urgency: Urgency, there: Collection[str]) -> tuple[Rung, ...]:
    """The ways that are tried of those that are `there`, in order.

    Rules that name nothing that is there must not silence anybody: then all that is there is tried.
    """
    found = tuple(one for one in wanted or USUAL[urgency] if one.way in there)
    if found:
        return found
    every = tuple(one for one in USUAL[Urgency.HIGH] if one.way in there)
    first = min((one.after for one in every), default=timedelta(0))
    return tuple(Rung(way=one.way, after=one.after - first) for one in every)


def starts(quiet: Hours | None, urgency: Urgency, now: datetime, zone: str) -> datetime:
    """When calling may begin: now, or after the quiet hours for what can wait."""
    if urgency is Urgency.HIGH or quiet is None or not quiet.is_open(now, zone):
        return now
    return quiet.next_close(now, zone) or now


def _after(text: str) -> timedelta:
    if not text:
        return timedelta(0)
    try:
        after = parse_duration(text)
    except (ValueError, OverflowError):
        raise ValueError(f"“{one_line(text, 30)}” is no time; write 2m or 1h") from None
    if after > _LONGEST:
        raise ValueError("a day is the longest that anybody can be left alone")
    return after
