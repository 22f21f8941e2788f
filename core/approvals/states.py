"""The only table of an approval's transitions; whatever is not in it is an error.

Source: the trading design's state machine (6.1 - 6.3), with timeouts as EXPIRED, escalation as a level and
single use of an approval.
"""

from enum import StrEnum
from typing import Literal

from core.approvals.request import Final, Status
from core.errors import Conflict


class Happening(StrEnum):
    """What can happen to a request as a whole."""

    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    LAPSED = "lapsed"
    WENT_STALE = "went_stale"
    CLAIMED = "claimed"
    EXECUTED = "executed"
    FAILED = "failed"
    UNKNOWN = "unknown"


TABLE: dict[tuple[Status, Happening], Status] = {
    (Status.PENDING, Happening.APPROVED): Status.APPROVED,
    (Status.PENDING, Happening.REJECTED): Status.REJECTED,
    (Status.PENDING, Happening.EXPIRED): Status.EXPIRED,
    (Status.PENDING, Happening.WITHDRAWN): Status.WITHDRAWN,
    (Status.PENDING, Happening.SUPERSEDED): Status.SUPERSEDED,
    (Status.APPROVED, Happening.CLAIMED): Status.EXECUTING,
    (Status.APPROVED, Happening.REVOKED): Status.REVOKED,
    (Status.APPROVED, Happening.LAPSED): Status.LAPSED,
    (Status.APPROVED, Happening.WENT_STALE): Status.STALE,
    (Status.EXECUTING, Happening.EXECUTED): Status.EXECUTED,
    (Status.EXECUTING, Happening.FAILED): Status.EXECUTION_FAILED,
    (Status.EXECUTING, Happening.UNKNOWN): Status.EXECUTION_UNKNOWN,
    (Status.EXECUTION_UNKNOWN, Happening.EXECUTED): Status.EXECUTED,
    (Status.EXECUTION_UNKNOWN, Happening.FAILED): Status.EXECUTION_FAILED,
}


def after(status: Status, happening: Happening) -> Status:
    """The status that follows.

    Raises:
        Conflict: this cannot happen to a request in that status.
    """
    following = TABLE.get((status, happening))
    if following is None:
        raise Conflict(f"A request that is {status.lower()} cannot be {happening.replace('_', ' ')}.")
    return following


def is_final(status: Status) -> bool:
    """Nothing can happen to it any more."""
    return all(start is not status for start, _ in TABLE)


def actor_kind(final: Final) -> Literal["human", "policy", "time", "system", "requester"]:
    """What ended it: people who decide, a policy, time, the house itself, or whoever had asked."""
    if final.actor.startswith("policy:"):
        return "policy"
    if final.code in ("EXPIRED", "TOO_LATE", "LAPSED"):
        return "time"
    if final.actor == "system":
        return "system"
    return "requester" if final.status in (Status.WITHDRAWN, Status.SUPERSEDED) else "human"
