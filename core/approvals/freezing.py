"""When policies forbid changes: now and until when, or next; what they say is tried hour by hour. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from core import cel
from core.approvals.config import EXPRESSION_NAMES, Policy
from core.errors import Invalid

_CHANGES = "runbook"
_STEP, _FINE = timedelta(hours=1), timedelta(minutes=1)
_AHEAD = 24 * 60
_MOST = 10


class Freeze(NamedTuple):
    """A policy that forbids changes, in these environments (none: everywhere), as far as it can be told.

    `holds`: now; None where that hangs on what is changed. `until` is when that turns, if within sixty days.
    """

    policy: Policy
    where: tuple[str, ...] = ()
    holds: bool | None = None
    until: datetime | None = None


def freezes(policies: Iterable[Policy], environments: Sequence[str], now: datetime) -> list[Freeze]:
    """The first ten policies that forbid runbooks, each as it stands `now` for what changes these environments."""
    denying = [one for one in policies if one.effect == "deny" and one.applies_to == _CHANGES]
    return [_freeze(one, environments, now) for one in denying[:_MOST]]


def _freeze(policy: Policy, environments: Sequence[str], now: datetime) -> Freeze:
    if not policy.when and not policy.triggers and policy.pack is None and not policy.fresh:
        return Freeze(policy, holds=True)
    if not policy.when or policy.triggers or policy.pack is not None:
        return Freeze(policy)
    frozen = _where(policy, environments, now)
    if frozen is None:
        return Freeze(policy)
    hours = (now.replace(minute=0, second=0, microsecond=0) + _STEP * hour for hour in range(1, _AHEAD + 1))
    turned = next((hour for hour in hours if bool(_where(policy, environments, hour)) != bool(frozen)), None)
    if turned is None:
        return Freeze(policy, frozen, bool(frozen))
    there = frozen or _where(policy, environments, turned) or ()
    return Freeze(policy, there, bool(frozen), _first(policy, environments, turned, now, was=bool(frozen)))


def _first(
    policy: Policy, environments: Sequence[str], turned: datetime, now: datetime, *, was: bool
) -> datetime:
    """The minute of the hour before `turned` in which it is not any more as it `was`."""
    minutes = (turned - _STEP + _FINE * one for one in range(61))
    later = (one for one in minutes if one > now)
    return next((one for one in later if bool(_where(policy, environments, one)) != was), turned)


def _where(policy: Policy, environments: Sequence[str], at: datetime) -> tuple[str, ...] | None:
    """Where a change is forbidden then; None if that hangs on more than where it is."""
    program = cel.compile(policy.when, EXPRESSION_NAMES)
    try:
        return tuple(
            one
            for one in environments
            if program.holds({"subject": {"environment": one, "destructive": True}, "now": at})
        )
    except Invalid:
        return None
