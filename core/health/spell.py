"""A spell: a time in which a service is not healthy. It has one card, which is edited until it is over."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from core.health.check import Status

PREFIX = "HLT"
VIEW = "health"
AGAIN = timedelta(minutes=15)
"""What begins again so soon is the same spell."""
_KEPT = 20


class Change(BaseModel):
    """The service became `status`, for these reasons."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    status: Status
    why: tuple[str, ...] = ()


class Stretch(NamedTuple):
    """A time without a healthy moment in it; `ended` is None while it lasts."""

    began: datetime
    ended: datetime | None


class Spell(BaseModel):
    """A time in which a service is not healthy; `ended` is None while it lasts.

    `changes` are the newest twenty. `version` grows with each.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    service: str
    began: datetime
    ended: datetime | None = None
    status: Status
    changes: tuple[Change, ...] = ()
    version: int = 1

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """When it was not healthy, the first one first: what begins again soon is the same spell, and was well in between."""
        found: list[Stretch] = []
        for change in self.changes:
            is_open = bool(found) and found[-1].ended is None
            if change.status is Status.HEALTHY and is_open:
                found[-1] = Stretch(found[-1].began, change.at)
            elif change.status is not Status.HEALTHY and not is_open:
                found.append(Stretch(change.at, None))
        if found and found[-1].ended is None and self.ended is not None:
            found[-1] = Stretch(found[-1].began, self.ended)
        return tuple(found) or (Stretch(self.began, self.ended),)

    def with_change(self, change: Change) -> dict[str, Any]:
        """What is different after this change."""
        is_over = change.status is Status.HEALTHY
        return {
            "status": change.status,
            "ended": change.at if is_over else None,
            "changes": (*self.changes, change)[-_KEPT:],
        }

    def goes_on(self, now: datetime) -> bool:
        """Whether what happens now belongs to it."""
        return self.ended is None or now - self.ended < AGAIN
