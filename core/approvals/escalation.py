"""What is due next on a request that nobody has finished: a reminder, a wider ring of people, or its end.

Source: the trading design's monitor (5.1 - 5.3), made of moments that are fixed when the request is made.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.approvals.request import Request, Status, Step


class Due(StrEnum):
    """What is due."""

    REMINDER = "reminder"
    LEVEL = "level"
    EXPIRY = "expiry"
    LAPSE = "lapse"


@dataclass(frozen=True)
class Next:
    """What is due, and when."""

    what: Due
    at: datetime


def following(request: Request) -> Next | None:
    """The next thing that time will do to this request; None when time does nothing to it any more.

    At one moment, a level comes before the reminder and both before the end, since a level may move the end.
    """
    if request.status is Status.APPROVED and request.approved_until is not None:
        return Next(Due.LAPSE, request.approved_until)
    if not request.is_pending:
        return None
    soonest = Next(Due.EXPIRY, request.expires)
    reminders = request.rules.reminders[request.reminded :]
    if reminders and reminders[0] < soonest.at:
        soonest = Next(Due.REMINDER, reminders[0])
    step = next_step(request)
    if step is not None and step.at <= soonest.at:
        soonest = Next(Due.LEVEL, step.at)
    elif step is not None and request.expires <= soonest.at:
        soonest = Next(Due.LEVEL, request.expires)
    return soonest


def next_step(request: Request) -> Step | None:
    """The step of the escalation that has not been taken yet."""
    steps = request.rules.steps
    return steps[request.level] if request.level < len(steps) else None
