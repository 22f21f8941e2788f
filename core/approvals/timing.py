"""The nouns of time: which hours count, how much of them was lost, and what silence may approve. Pure."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from pydantic import BaseModel, ConfigDict

from core.hours import WEEK, Hours


class Silence(BaseModel):
    """What silence may approve: findings with these codes alone, of a program that is trusted so far by now.

    The trust score in the subject must be `min_trust` or more, and not older than `max_age`.
    """

    model_config = ConfigDict(frozen=True)

    triggers: tuple[str, ...]
    min_trust: float = 0.8
    max_age: timedelta = timedelta(minutes=15)


class OpenTime(BaseModel):
    """The only hours that count: on these days of the week (Monday is 0), from when to when, in which zone."""

    model_config = ConfigDict(frozen=True)

    days: frozenset[int] = WEEK
    opens: time
    closes: time
    zone: str

    def later(self, moment: datetime, span: timedelta) -> datetime:
        """When so much open time has passed."""
        return self._hours.add(moment, span, self.zone)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much open time there is from one moment to another."""
        total, at = timedelta(), self._hours.next_open(start, self.zone)
        while at < end:
            close = self._hours.next_close(at, self.zone)
            if close is None:
                return total + (end - at)
            total += min(close, end) - at
            at = self._hours.next_open(close, self.zone)
        return total

    @property
    def _hours(self) -> Hours:
        return Hours(self.days, self.opens, self.closes)


def later(moment: datetime, span: timedelta, hours: OpenTime | None) -> datetime:
    """When so much of the time that counts has passed."""
    return moment + span if hours is None else hours.later(moment, span)


def between(start: datetime, end: datetime, hours: OpenTime | None) -> timedelta:
    """How much of the time that counts there is from one moment to another; nothing if it is the earlier one."""
    if end <= start:
        return timedelta()
    return end - start if hours is None else hours.between(start, end)


def lost(
    since: datetime, outages: Iterable[tuple[datetime, datetime]], hours: OpenTime | None = None
) -> timedelta:
    """How much of the time that counts these outages took, from `since` on."""
    return sum((between(max(began, since), ended, hours) for began, ended in outages), timedelta())
