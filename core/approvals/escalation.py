"""What is due next on a request: a reminder, a wider ring of people, its end, or what comes after that.

Source: the trading design's monitor (5.1 - 5.3), made of moments that are fixed when the request is made.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from core.approvals.request import Request, Status, Step


class Due(StrEnum):
    """What is due."""

    REMINDER = "reminder"
    LEVEL = "level"
    EXPIRY = "expiry"
    EFFECT = "effect"
    LAPSE = "lapse"
    RESULT = "result"


@dataclass(frozen=True)
class Cause:
    """Why more people are asked: a code for the log, and the words."""

    code: str
    why: str


UNREACHABLE = Cause("UNREACHABLE", "the people asked so far cannot reach the quorum")
TOO_FEW = Cause("TOO_FEW", "too few people are there to decide")
UNTOLD = Cause("UNTOLD", "nobody of those asked so far could be told")


class Next(NamedTuple):
    """What is due, and when."""

    what: Due
    at: datetime


def following(request: Request) -> Next | None:
    """The next thing that time will do to this request; None when time does nothing to it any more.

    At one moment, a level comes before the reminder and both before the end, since a level may move the end.
    What is agreed waits for nothing but objections.
    """
    if request.status is Status.APPROVED and request.approved_until is not None:
        return Next(Due.LAPSE, request.approved_until)
    if request.status is Status.EXECUTING and request.report_by is not None:
        return Next(Due.RESULT, request.report_by)
    if not request.is_pending:
        return None
    if request.takes_effect is not None:
        return Next(Due.EFFECT, request.takes_effect)
    soonest = Next(Due.EXPIRY, request.expires)
    reminders = request.rules.reminders[request.reminded :]
    if reminders and reminders[0] < soonest.at:
        soonest = Next(Due.REMINDER, reminders[0])
    step = next_step(request)
    if step is not None:
        # Each of several steps at the deadline has its own, which begins where the one before ends.
        at = request.expires if step.extends is not None else step.at
        soonest = Next(Due.LEVEL, at) if at <= soonest.at else soonest
    return soonest


def is_over(request: Request, now: datetime) -> bool:
    """Its time has passed and it has not ended: no vote decides it any more."""
    return request.is_pending and request.takes_effect is None and request.expires <= now


def next_step(request: Request) -> Step | None:
    """The step of the escalation that has not been taken yet."""
    steps = request.rules.steps
    return steps[request.level] if request.level < len(steps) else None
