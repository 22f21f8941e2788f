"""A heartbeat, when it is missed, and the key by which it is sent. Pure."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.incidents.heartbeats.config import HeartbeatConfig


@dataclass(frozen=True)
class Heartbeat:
    """What is known of one: since when it is waited for, when the last beat came, how many did, whether it is missed."""

    name: str
    since: datetime
    last: datetime | None = None
    count: int = 0
    missed: datetime | None = None


def due(beat: Heartbeat, config: HeartbeatConfig, outages: Iterable[tuple[datetime, datetime]]) -> datetime:
    """When it counts as missed, if no beat comes: time in which nobody could have taken one does not count."""
    base = beat.last or beat.since
    away = sum((ended - max(began, base) for began, ended in outages if ended > base), timedelta())
    return base + config.every + config.grace + away


def key_of(secret_key: str, name: str) -> str:
    """What lets somebody send this heartbeat, and nothing else: 32 hexadecimal digits."""
    return hmac.new(secret_key.encode(), f"heartbeat:{name}".encode(), hashlib.sha256).hexdigest()[:32]


def fits(secret_key: str, name: str, given: str) -> bool:
    """Whether `given` is that key; takes the same time whatever it is."""
    right = key_of(secret_key, name) if secret_key else ""
    return bool(right) and hmac.compare_digest(right.encode(), given.encode("utf-8", "replace"))


def address(public_url: str, secret_key: str, name: str) -> str:
    """Where its beats are sent; nothing if the house has no address or no key."""
    if not public_url or not secret_key:
        return ""
    return f"{public_url.rstrip('/')}/hooks/heartbeat/{name}/{key_of(secret_key, name)}"
