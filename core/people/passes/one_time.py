"""A pass: what a one-time link lets its person do. Pure.

The key in the link is made from the house's key and the pass, and stands nowhere: a message with the link is
made when it is sent, and nothing that is stored opens anything.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Purpose = Literal["signin", "enrol", "confirm"]
LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True)
class Errand:
    """What a pass is for, beyond its purpose: an `action` on the thing `about`, as it was shown (`digest`).

    `reason` is what the person wrote, `via` the way by which they asked for it.
    """

    action: str = ""
    about: str = ""
    digest: str = ""
    reason: str = ""
    via: str = ""


NOTHING_MORE = Errand()


@dataclass(frozen=True)
class Pass:
    """A pass as it is kept."""

    id: str
    purpose: Purpose
    person: str
    errand: Errand
    created: datetime
    expires: datetime
    used: datetime | None = None


def key_of(secret_key: str, pass_id: str) -> str:
    """What opens the pass: 192 bits."""
    return hmac.new(secret_key.encode(), f"pass:{pass_id}".encode(), hashlib.sha256).hexdigest()[:48]


def fits(secret_key: str, pass_id: str, given: str) -> bool:
    """Whether `given` opens the pass; takes the same time whatever it is."""
    return hmac.compare_digest(key_of(secret_key, pass_id).encode(), given.encode("utf-8", "replace"))


def path_of(secret_key: str, pass_id: str) -> str:
    """The path of the page that the pass opens."""
    return f"/p/{pass_id}?k={key_of(secret_key, pass_id)}"
