"""How a check stands after each look: results in a row, and flapping damped. Pure.

A status changes after `fall` results in a row that are not healthy, or `rise` healthy ones. Each time it falls
again within a quarter of an hour, it takes longer to count as healthy: from the third fall on, twice as many good
results as the time before. So what flaps stays bad until it has been well for a while, and is told of a few times,
not of many; and no fall is ever hidden.

Source: rise and fall are those of HAProxy's health checks; the growing wait is the idea of RFC 2439's route-flap
damping, with counts in the place of penalties.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.catalogue.model import HealthCheck
from core.health.check import Finding, Status, worse

WINDOW = timedelta(minutes=15)
FREE_FALLS = 2
_DOUBLINGS = 5
_KEPT = FREE_FALLS + _DOUBLINGS + 1
_LOOKS = 60


@dataclass(frozen=True)
class Standing:
    """How a check stands.

    Attributes:
        status: what it counts as, since `since`.
        judged: whether enough was seen to say so at all.
        latest: what the last look found; `why` in words, `at` when.
        took: how long that look took.
        streak: how many results in a row speak for something else; `toward` is what they speak for.
        falls: when it ceased to be healthy, lately.
    """

    status: Status
    since: datetime
    judged: bool = False
    latest: Status = Status.UNKNOWN
    why: str = ""
    at: datetime | None = None
    took: timedelta = timedelta()
    streak: int = 0
    toward: Status = Status.UNKNOWN
    falls: tuple[datetime, ...] = ()


def new(now: datetime) -> Standing:
    """A check that nobody has looked at."""
    return Standing(status=Status.UNKNOWN, since=now)


def after(before: Standing, found: Finding, took: timedelta, check: HealthCheck, now: datetime) -> Standing:
    """How it stands after one more look."""
    seen = replace(before, latest=found.status, why=found.why, at=now, took=took)
    if before.judged and found.status is before.status:
        return replace(seen, streak=0, toward=found.status)
    streak, toward = _run(before, found.status)
    seen = replace(seen, streak=streak, toward=toward)
    if streak < needed(before, toward, check, now):
        return seen
    falls = recent(before, check, now)
    if before.judged and before.status is Status.HEALTHY:
        falls = (*falls, now)[-_KEPT:]
    return replace(seen, status=toward, since=now, judged=True, streak=0, falls=falls)


def needed(standing: Standing, toward: Status, check: HealthCheck, now: datetime) -> int:
    """How many results in a row it takes until it counts as `toward`."""
    if toward is not Status.HEALTHY:
        return check.fall
    again = len(recent(standing, check, now)) - FREE_FALLS
    return check.rise << min(max(0, again), _DOUBLINGS)


def is_flapping(standing: Standing, check: HealthCheck, now: datetime) -> bool:
    """Whether it has fallen so often lately that it takes longer to count as healthy."""
    return len(recent(standing, check, now)) > FREE_FALLS


def recent(standing: Standing, check: HealthCheck, now: datetime) -> tuple[datetime, ...]:
    """When it fell lately; what is looked at rarely has a longer memory."""
    window = max(WINDOW, _LOOKS * check.interval)
    return tuple(at for at in standing.falls if now - at < window)


def _run(before: Standing, found: Status) -> tuple[int, Status]:
    """How long the run of results is that this one belongs to, and what it speaks for.

    Of what was healthy, every result that is not counts, and the worst names the run; else only its like counts.
    """
    if before.streak:
        falling = before.status is Status.HEALTHY and before.judged
        if falling and found is not Status.HEALTHY:
            return before.streak + 1, worse(before.toward, found)
        if found is before.toward:
            return before.streak + 1, found
    return 1, found
