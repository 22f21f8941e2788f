"""When a message leaves, so that one person gets no more than one by one way within a window. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Told:
    """The newest message of its kind to somebody by one way: when it left or is to leave, and which one it is."""

    at: datetime
    delivery: str


def held_until(last: Told | None, now: datetime, window: timedelta, left: timedelta) -> datetime | None:
    """Until when what is to be told now waits for more; None: it leaves at once.

    Args:
        last: the newest message before it.
        now: the moment.
        window: so long after a message nothing more leaves, and then all of it in one.
        left: how long is left until somebody else is called; of that waiting may take half at most.
    """
    if last is None or last.at + window <= now or left < 2 * window:
        return None
    return last.at if last.at > now else last.at + window
