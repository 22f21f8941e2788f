"""Past requests once more, through other policies: the same frozen subject, the same votes at the same times.

What people would have done under other rules nobody knows. So a difference means: with what people did, this
would have come of it. What the old policies let pass left no request, and cannot be tried here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from core.approvals.acts import Act
from core.approvals.course import Course, End
from core.approvals.request import Request
from core.approvals.simulate import Play
from core.approvals.trials.expected import Compared, ended, ring
from core.people.person import Person

_NOT_PLAYED = frozenset({"SUPERSEDED", "STALE"})


@dataclass(frozen=True)
class Stored:
    """A request as it was kept: with what was asked at first, what really came of it, and what people did about it."""

    request: Request
    course: Course
    acts: tuple[Act, ...]
    subject: Mapping[str, Any]


@dataclass(frozen=True)
class Replayed:
    """A request, what became of it then and would now, and in what that differs."""

    id: str
    title: str
    now: Course
    differences: tuple[Compared, ...]


def again(
    player: Callable[[Play], Course], people: Mapping[str, Person], stored: Stored, now: datetime
) -> Replayed:
    """Play a stored request once more, as far as time has come by `now`.

    Args:
        player: plays a scene under the policies that are tried.
        people: who there is now.
        stored: what was asked, and what came of it.
        now: the moment.
    """
    request = stored.request
    ended_at = stored.course.lines[-1][0] if stored.course.lines else timedelta()
    played = player(
        Play(
            kind=request.kind,
            subject=dict(stored.subject),
            asker=_asker(request, people),
            at=request.created,
            acts=stored.acts,
            title=request.title,
            reason=request.reason,
            key=request.id,
            initiator=_initiator(request, people),
            until=ended_at,
            stop=now - request.created if request.is_pending else None,
            changeable=request.rules.changeable,
        ),
    )
    differences = tuple(each for each in _compared(stored, played) if not each.holds)
    return Replayed(request.id, request.title, played, differences)


def is_of_a_policy(request: Request) -> bool:
    """A policy asked for it. Steps of runbooks and reviews have terms of their own, which no policy changes."""
    return bool(request.rules.policies) and not request.is_review


def _compared(stored: Stored, now: Course) -> list[Compared]:
    then, before, after = stored.course, stored.request, now.request
    outcome = Compared("outcome", then.verdict.answer.value, now.verdict.answer.value)
    if after is None:
        end = Compared("end", ended(then.end), ended(now.end))
        return [outcome, end]
    rules = (before.rules, after.rules)
    found = [
        outcome,
        Compared("approvals", *(str(each.needed) for each in rules)),
        Compared("must", *(", ".join(sorted(each.must)) or "none" for each in rules)),
        Compared("rejections to block", *(str(each.block) for each in rules)),
        Compared("veto", _vetoers(before), _vetoers(after)),
        Compared("asked", _rings(then, before), _rings(now, after)),
    ]
    if then.end is not None and now.end is not None and then.end.status not in _NOT_PLAYED:
        found.append(Compared("end", _ended(then.end, before), _ended(now.end, after)))
    return found


def _vetoers(request: Request) -> str:
    return ", ".join(sorted(seat.person for seat in request.seats if seat.veto)) or "none"


# A house that was busy or down serves deadlines late, which no policy wanted. So what time does is compared by
# when it was due.


def _rings(course: Course, request: Request) -> str:
    told = []
    for each in course.asked:
        steps = request.rules.steps[: each.level]
        due = steps[-1].at - request.created if each.level else each.after
        told.append(ring(replace(each, after=min(each.after, due))))
    return "; ".join(told)


def _ended(end: End, request: Request) -> str:
    expires = request.expires - timedelta(seconds=request.extended)
    due = {"EXPIRED": expires, "LAPSED": request.approved_until}.get(end.status)
    due = expires if end.code == "AUTO_APPROVED" else due
    return ended(end if due is None else replace(end, after=due - request.created))


def _asker(request: Request, people: Mapping[str, Person]) -> Person:
    known = people.get(request.requester)
    return known or Person(id=request.requester, name=request.requester_name, active=False)


def _initiator(request: Request, people: Mapping[str, Person]) -> Person | None:
    asker = _asker(request, people)
    known = {asker.id, asker.owner, *request.rules.editors}
    others = [name for name in request.rules.excluded if name not in known]
    return next((people[name] for name in others if name in people), None)
