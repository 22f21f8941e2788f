"""The review of a use of the glass: who is asked whether it was justified, and under which terms. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from core.approvals.alone import BreakGlass
from core.approvals.request import Finding, Request, Rules, Seat, Step
from core.approvals.tally import Outcome, count
from core.people.person import Person

_REMIND = (0.5, 0.9)
_WIDEN = 0.75


def reviewers(request: Request, person: Person, others: Iterable[Person]) -> tuple[Seat, ...]:
    """Those who were to decide, without the person it is about; where none is left, `others` who may do the same.

    Those whom nobody had asked yet come in when time runs short.
    """
    left = [
        seat for seat in request.seats if not seat.gone and person.id not in (seat.person, seat.stands_for)
    ]
    barred = {*request.rules.excluded, person.id}
    if not left:
        return tuple(
            Seat(person=one.id, name=one.name, groups=(one.id,)) for one in others if one.id not in barred
        )
    first = min(seat.level for seat in left)
    asked = max(first, request.level)
    return tuple(seat.model_copy(update={"level": int(seat.level > asked)}) for seat in left)


def terms(request: Request, person: Person, seats: tuple[Seat, ...], now: datetime, span: timedelta) -> Rules:
    """The terms of the review: those of the request, as far as the people who are left can meet them."""
    later = tuple(seat for seat in seats if seat.level)
    said = f"{person.name} broke the glass on {request.id}, and approved it alone"
    rules = Rules(
        needed=min(request.rules.needed, len({seat.principal for seat in seats})),
        must=request.rules.must,
        block=request.rules.block,
        two_roles_by_one=request.rules.two_roles_by_one,
        reason_to_approve=True,
        excluded=(person.id,),
        break_glass=BreakGlass(allowed=False),
        reminders=tuple(now + span * part for part in _REMIND),
        steps=(Step(at=now + span * _WIDEN, seats=later),) if later else (),
        policies=request.rules.policies,
        policy_hash=request.rules.policy_hash,
        findings=(Finding(policy="", code="BREAK_GLASS", severity="HIGH", message=said),),
        notify=request.rules.notify,
    )
    if count(rules, seats, (), "").outcome is not Outcome.UNREACHABLE:
        return rules
    # Whoever had to be among them was the person it is about.
    return rules.model_copy(update={"must": ()})


def subject(request: Request, person: Person, reason: str, now: datetime) -> dict[str, Any]:
    """What the reviewers look at; what came of it is on the request itself."""
    return {
        "request": request.id,
        "title": request.title,
        "person": person.id,
        "reason": reason,
        "digest": request.digest,
        "at": now.isoformat(timespec="seconds"),
    }
