"""What a notice may say: named facts, and per channel the list of those that may leave by it. Pure.

What a list does not name never leaves. Source: the trading design's dispatcher (3.1), which sent everything
everywhere.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

FACTS = (
    *("id", "kind", "title", "reason", "requester", "priority", "severity", "status", "why", "needed"),
    *("still_needed", "created", "expires", "digest", "outcome", "result", "question", "link", "subject"),
    *("code", "actor_kind", "approved_until", "approvers", "dissent", "execution"),
)
"""What can be listed; `subject.name` lists one value of the subject."""

_INSIDE = re.compile(r"subject(\.[A-Za-z0-9_-]{1,64}){1,8}")

USUAL: Mapping[str, tuple[str, ...]] = {
    "email": (
        *("id", "title", "requester", "priority", "status", "why", "reason", "needed", "expires", "digest"),
        *("outcome", "result", "question", "link"),
    ),
    "sms": ("id", "title", "status", "expires", "link"),
    "webhook": ("id", "kind", "status", "priority", "digest", "created", "expires"),
    "websocket": ("id", "kind", "title", "status", "priority", "digest", "created", "expires"),
    "callback": (
        *("id", "kind", "status", "code", "actor_kind", "digest", "subject", "approved_until", "approvers"),
        *("dissent", "execution", "outcome", "result", "question"),
    ),
}
"""What leaves by each way where the configuration lists nothing."""


def is_listed_well(name: str) -> bool:
    """Whether a list may have this name."""
    return name in FACTS or _INSIDE.fullmatch(name) is not None


def only(facts: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """The facts that are listed, in the order of the list; what is missing or empty is left out."""
    kept: dict[str, Any] = {}
    for name in fields:
        value = _inside(facts, name) if name.startswith("subject.") else facts.get(name)
        if value not in (None, "", [], {}, ()):
            kept[name] = value
    return kept


def _inside(facts: Mapping[str, Any], name: str) -> Any:
    value: Any = facts
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


@dataclass(frozen=True)
class Letter:
    """One thing to send by one way, with nothing in it that its channel does not list.

    `key` is the same for every try, so that whoever gets it twice can know. `asks` says that the reader is
    asked to decide; then `link` and `code` may be set. `page` is where everything about it can be read, `reader`
    the person it goes to, if it goes to one; `view` the card of it that chats show. `happened` is when what it tells of came to be.
    `count` is how many things it asks for at once: where these are several, the headline names the first and `others` the rest.
    """

    key: str
    channel: str
    way: str
    target: str
    about: str
    event: str
    headline: str
    facts: Mapping[str, Any]
    happened: datetime
    options: Mapping[str, object]
    link: str = ""
    code: str = ""
    page: str = ""
    asks: bool = False
    reader: str = ""
    view: str = "approval"
    count: int = 1
