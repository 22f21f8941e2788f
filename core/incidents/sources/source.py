"""What a sender says of alerts, in one shape, with everything foreign cleaned and bounded. Pure."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from core.catalogue.deployments import deployment
from core.digest import canonical, digest
from core.errors import Invalid
from core.text import cut, one_line

MOST_ALERTS = 5_000
MOST_LABELS = 50
KEY, VALUE, NOTE, TEXT = 100, 300, 1_000, 200
FINGERPRINT, GROUP, LINK = 128, 1_000, 1_000
_PREPARED = 4  # times the limit is looked at: cleaning a label of a megabyte costs more than it is worth
_EARLIEST, _LATEST = 1970, 2200


class Said(StrEnum):
    """What the sender says of an alert."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


_WORDS: Mapping[str, Said] = {
    **dict.fromkeys(("firing", "alerting", "alert", "open", "opened", "trigger", "triggered"), Said.FIRING),
    **dict.fromkeys(("problem", "critical", "warning", "error", "failed", "down", "active"), Said.FIRING),
    **dict.fromkeys(("acknowledged", "acknowledge", "ack", "acked"), Said.ACKNOWLEDGED),
    **dict.fromkeys(("resolved", "resolve", "ok", "closed", "recovered", "recovery"), Said.RESOLVED),
    **dict.fromkeys(("up", "healthy", "normal", "inactive", "cleared"), Said.RESOLVED),
}


@dataclass(frozen=True)
class Delivery:
    """One request of a sender: the names of its headers are in lower case, `body` is parsed JSON."""

    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class News:
    """What a sender says of one alert.

    Attributes:
        fingerprint: its identity, the sender's own where it has one.
        name: what is wrong, by the name of its rule.
        said: firing, acknowledged or resolved.
        group: the key of the group as the sender made it; empty if it makes none.
        labels: what it is about; conditions of routes and silences look at them.
        annotations: words for people, such as `summary`.
        severity: in the sender's words.
        service: what it concerns, in the sender's words.
        started: when it began to fire, by the sender's clock.
        ended: when it ended.
        at: when this was said, where the sender tells; older news are recognised by it.
        url: where the sender shows it.
    """

    fingerprint: str
    name: str
    said: Said
    group: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    severity: str = ""
    service: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    at: datetime | None = None
    url: str = ""


@dataclass(frozen=True)
class Report:
    """Everything one delivery says, of alerts and deployments. `left_out` is how many alerts the sender cut off; `id` its own key."""

    news: tuple[News, ...]
    left_out: int = 0
    id: str = ""
    deployments: tuple[deployment.Report, ...] = ()


Read = Callable[[Delivery], Report]
"""Reads a delivery. Raises Invalid for what the sender should not have sent."""


def said(word: Any, where: str) -> Said:
    """The state that a sender's word means.

    Raises:
        Invalid: none that is known.
    """
    found = _WORDS.get(str(word).strip().casefold()) if isinstance(word, str) else None
    if found is None:
        shown = one_line(str(word)[:80], 40)
        raise Invalid(f"`{where}` is “{shown}”, which is no state of an alert.", "Send firing or resolved.")
    return found


def mapping(value: Any, where: str) -> Mapping[str, Any]:
    """A JSON object.

    Raises:
        Invalid: it is something else.
    """
    if not isinstance(value, dict):
        raise Invalid(f"`{where}` must be a JSON object.", "The how-to of this source shows one that works.")
    return value


def listed(value: Any, where: str) -> list[Any]:
    """A JSON list of at most 5,000 alerts.

    Raises:
        Invalid: it is something else, or longer.
    """
    if not isinstance(value, list):
        raise Invalid(f"`{where}` must be a JSON list.", "The how-to of this source shows one that works.")
    if len(value) > MOST_ALERTS:
        mend = f"{MOST_ALERTS:,} are the most: let the sender cut its groups, or send several requests."
        raise Invalid(f"`{where}` has {len(value):,} entries.", mend)
    return value


def words(value: Any, limit: int = TEXT) -> str:
    """A value as one clean line; nothing for what is missing."""
    match value:
        case None:
            return ""
        case str():
            text = value
        case bool():
            text = str(value).lower()
        case int() | float() if math.isfinite(value):
            text = str(value)
        case _:
            text = canonical(value).decode()
    return one_line(text[: limit * _PREPARED], limit)


def pairs(value: Any, where: str, limit: int = VALUE) -> dict[str, str]:
    """Names and values: at most 50, each bounded; none for what is missing.

    Raises:
        Invalid: it is no object.
    """
    if value is None:
        return {}
    known = mapping(value, where)
    kept = ((words(name, KEY), words(each, limit)) for name, each in sorted(known.items())[:MOST_LABELS])
    return {name: each for name, each in kept if name}


def moment(value: Any) -> datetime | None:
    """The moment that a sender writes by RFC 3339, or in seconds since 1970; None for none or nonsense."""
    try:
        match value:
            case str():
                at = datetime.fromisoformat(value[:64].strip())
            case int() | float() if not isinstance(value, bool):
                at = datetime.fromtimestamp(value, UTC)
            case _:
                return None
        at = (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if _EARLIEST <= at.year <= _LATEST else None


def identity(value: Any, *parts: Any) -> str:
    """The sender's own identity of an alert, or one made of what it is about."""
    own = words(value, FINGERPRINT)
    return own or digest(parts)[:32]


def group_key(value: Any) -> str:
    """A group's key as the sender made it; a very long one keeps its beginning and its digest."""
    text = words(value, GROUP * 2)
    return text if len(text) <= GROUP else f"{cut(text, GROUP - 40)} {digest(text)[:32]}"


def link(value: Any) -> str:
    """An address that a page may lead to; nothing for any other."""
    text = value.strip() if isinstance(value, str) else ""
    fine = text.startswith(("http://", "https://")) and len(text) <= LINK
    return words(text, LINK) if fine else ""
