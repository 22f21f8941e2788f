"""Whether somebody is there: on call, seen just now, in their hours, outside of them, away. Pure.

It orders whom one tells first and says nothing about who may decide (rule 27): somebody who is away still may.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from core.hours import Hours

PRESENCE = timedelta(minutes=15)
"""For so long after they clicked or wrote somebody is taken to be there."""


class Standing(IntEnum):
    """How likely somebody is to answer at once; the likeliest first."""

    ON_CALL = 0
    HERE = 1
    IN_HOURS = 2
    OUTSIDE = 3
    AWAY = 4


@dataclass(frozen=True)
class Whereabouts:
    """What is known of somebody at a moment.

    Attributes:
        zone: the time zone in which their hours are meant.
        hours: when they work; None if nobody said, which means always.
        away: until when they are out of office, if they are now.
        seen: when they last clicked or wrote, if they did.
        on_call: whether a schedule has them now.
    """

    zone: str
    hours: Hours | None = None
    away: datetime | None = None
    seen: datetime | None = None
    on_call: bool = False


@dataclass(frozen=True)
class There:
    """How somebody stands, and from when on they are expected where that is later."""

    standing: Standing
    back: datetime | None = None

    @property
    def is_available(self) -> bool:
        """Whether it makes sense to tell them now."""
        return self.standing < Standing.OUTSIDE


def there(known: Whereabouts, now: datetime) -> There:
    """How somebody stands now."""
    if known.away is not None and known.away > now:
        return There(Standing.AWAY, _at_work(known, known.away))
    if known.seen is not None and now - known.seen <= PRESENCE:
        return There(Standing.ON_CALL if known.on_call else Standing.HERE)
    if known.on_call or known.hours is None or known.hours.is_open(now, known.zone):
        return There(Standing.IN_HOURS)
    return There(Standing.OUTSIDE, _at_work(known, now))


def _at_work(known: Whereabouts, moment: datetime) -> datetime:
    """The first moment of their hours from then on."""
    return moment if known.hours is None else known.hours.next_open(moment, known.zone)
