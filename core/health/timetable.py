"""When each check is due: at fixed moments, spread, so that nothing drifts and not all come at once. Pure but for what it remembers.

Each check has a place of its own in its interval, which its name gives. So it is looked at in the same rhythm
whatever a look takes, whichever process looks, and after every start.
"""

import hashlib
import heapq
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from core.health.check import Watched

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_SOON = timedelta(seconds=10)
_WHOLE = 1 << 32


class Timetable:
    """The moments at which checks are due, the next first."""

    def __init__(self, checks: Iterable[Watched], now: datetime) -> None:
        self._latest = now
        self._due: list[tuple[datetime, tuple[str, str], Watched]] = []
        self._lay(checks, now)

    def _lay(self, checks: Iterable[Watched], now: datetime) -> None:
        self._due = [(now + place(each) * min(each.check.interval, _SOON), each.key, each) for each in checks]
        heapq.heapify(self._due)

    @property
    def next(self) -> datetime | None:
        """When something is due next; None if there is nothing to look at."""
        return self._due[0][0] if self._due else None

    def take(self, now: datetime) -> list[tuple[datetime, Watched]]:
        """Everything that is due, with when it was; each is due again at its next moment after `now`.

        What was missed is not made up for: one look says how it is. A clock that was set back begins anew.
        """
        if now < self._latest:
            self._lay([each for *_, each in self._due], now)
        self._latest = now
        taken = []
        while self._due and self._due[0][0] <= now:
            at, key, each = self._due[0]
            taken.append((at, each))
            heapq.heapreplace(self._due, (following(each, now), key, each))
        return taken


def place(watched: Watched) -> float:
    """Where in its interval a check is looked at, from 0 to 1: spread evenly over many, and always the same for one."""
    digest = hashlib.blake2s("\0".join(watched.key).encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / _WHOLE


def following(watched: Watched, now: datetime) -> datetime:
    """Its first moment after `now`."""
    interval = watched.check.interval
    first = _EPOCH + place(watched) * interval
    return first + ((now - first) // interval + 1) * interval
