"""What follows from votes: the count's consequence, the next ring of people, the end.

Whatever changes a request ends here, so that the count is drawn and the next moment is set in one place.
"""

from datetime import datetime, timedelta
from typing import Any

from core.approvals import escalation, records, states, timing, words
from core.approvals.escalation import Cause, is_over
from core.approvals.request import Final, Request, Status, Vote
from core.approvals.seats import units as seats
from core.approvals.states import Happening
from core.approvals.tally import Outcome, Tally, count
from core.store import deadlines, events, outbox
from core.store.engine import Unit

DEADLINE = "approval.due"
VIEW = "approval"


def recount(unit: Unit, request: Request, said: str) -> Request:
    """Count again after the seats changed, as `request` says, and tell why."""
    saved = records.save(unit, request)
    announce(unit, saved, said)
    saved, _ = settle(unit, saved, actor="system")
    arm(unit, saved)
    return saved


def tally_of(request: Request) -> Tally:
    """The count as it stands."""
    return _tally(request, request.votes)


def _tally(request: Request, votes: tuple[Vote, ...]) -> Tally:
    seats = [seat for seat in request.seats if seat.level <= request.level]
    return count(request.rules, seats, votes, request.digest)


def settle(unit: Unit, request: Request, *, actor: str, vote: Vote | None = None) -> tuple[Request, str]:
    """Draw the consequence of the count, and write it; what it is, in words."""
    if is_over(request, unit.now):
        return request, words.present(request)
    votes = request.votes
    if vote is not None:
        votes = (*(other for other in votes if other.person != vote.person), vote)
    tally = _tally(request, votes)
    while (cause := _too_few(request, tally)) and escalation.next_step(request) is not None:
        request = take_step(unit, request, cause)
        tally = _tally(request, votes)
    if request.is_pending and tally.outcome is Outcome.APPROVED and request.rules.objection is not None:
        return _agreed(unit, request, votes, actor, vote)
    if not request.is_pending or tally.outcome is not Outcome.PENDING:
        request = _decided(unit, request, votes, tally, (actor, vote.reason if vote else ""))
        return request, words.ended(request)
    needed = words.open_still(tally)
    said = [] if vote is None else [words.voted(request, vote, tally, needed)]
    return _left_open(unit, request, votes, actor, said), needed


def _too_few(request: Request, tally: Tally) -> Cause | None:
    """Why the people who are asked now are not enough; nothing if they are."""
    if tally.outcome is Outcome.UNREACHABLE:
        return escalation.UNREACHABLE
    if request.rules.minimum <= request.rules.needed:
        return None  # then too few people are a quorum out of reach
    barred, level = request.rules.excluded, request.level
    there = {
        one.principal
        for one in request.seats
        if one.level <= level and not one.gone and one.person not in barred
    }
    undecided = request.is_pending and tally.outcome is Outcome.PENDING
    return escalation.TOO_FEW if undecided and len(there) < request.rules.minimum else None


def _left_open(unit: Unit, request: Request, votes: tuple[Vote, ...], actor: str, said: list[str]) -> Request:
    """It is not decided: keep the vote that is spoken of, if any, and let no earlier agreement take effect."""
    changes: dict[str, Any] = {"votes": votes}
    if request.takes_effect is not None:
        events.append(unit, "approval.objected", request.id, actor=actor, data={})
        said = [*said, words.objected(request)]
        changes["takes_effect"] = None
    if not said:
        return request
    saved = records.save(unit, request, **changes)
    announce(unit, saved, " ".join(said))
    return saved


def _agreed(
    unit: Unit, request: Request, votes: tuple[Vote, ...], actor: str, vote: Vote | None
) -> tuple[Request, str]:
    """People agree, and the others have some time to object."""
    is_new = request.takes_effect is None
    if not is_new and vote is None:
        return request, words.agreed(request)
    at = request.takes_effect or unit.now + (request.rules.objection or timedelta())
    saved = records.save(unit, request, votes=votes, takes_effect=at)
    told = words.agreed(saved)
    said = told if vote is None else f"{vote.name} {words.did(vote.choice)} {request.id}. {told}"
    if is_new:
        events.append(unit, "approval.agreed", request.id, actor=actor, data={"takes_effect": at})
    announce(unit, saved, said, ping=(request.requester,) if is_new else ())
    return saved, told


def _decided(
    unit: Unit, request: Request, votes: tuple[Vote, ...], tally: Tally, by: tuple[str, str]
) -> Request:
    """The count decides it: `by` is who gave the last vote, and why."""
    actor, reason = by
    happening, code = Happening.REJECTED, tally.code
    if request.status is Status.APPROVED:
        happening, code = Happening.REVOKED, "VETOED"
    elif tally.outcome is Outcome.APPROVED:
        happening, reason = Happening.APPROVED, ""
    elif tally.outcome is Outcome.UNREACHABLE:
        actor, reason = "system", ""
    status = states.after(request.status, happening)
    final = Final(status=status, code=code, actor=actor, reason=reason, at=unit.now)
    return close(unit, request, happening, final, votes=votes)


def end(unit: Unit, request: Request, happening: Happening, code: str, actor: str, reason: str) -> Request:
    """Let it end: the transition, its code and actor, and everybody who has to hear of it.

    Raises:
        Conflict: this cannot happen to it as it stands.
    """
    status = states.after(request.status, happening)
    final = Final(status=status, code=code, actor=actor, reason=reason, at=unit.now)
    return close(unit, request, happening, final)


def close(
    unit: Unit,
    request: Request,
    happening: Happening,
    final: Final,
    *,
    votes: tuple[Vote, ...] | None = None,
    ping: tuple[str, ...] = (),
) -> Request:
    """Let it end in this way, on its `votes` or on these, and call these people besides whoever asked, unless they ended it.

    Raises:
        Conflict: this cannot happen to it as it stands.
    """
    status = states.after(request.status, happening)
    update: dict[str, Any] = {"status": status, "final": final}
    if votes is not None:
        update["votes"] = votes
    if request.takes_effect is not None:
        update["takes_effect"] = None
    if status is Status.APPROVED:
        until = unit.now + request.rules.execution_window
        update["approved_until"] = min(until, request.rules.valid_until or until)
    saved = records.save(unit, request, **update)
    facts = {"status": str(status), "code": final.code, "reason": final.reason}
    facts["actor_kind"] = states.actor_kind(final)
    events.append(unit, "approval.closed", request.id, actor=final.actor, data=facts)
    asked = () if final.actor == request.requester else (request.requester,)
    announce(unit, saved, words.ended(saved), ping=(*asked, *ping))
    arm(unit, saved)
    return saved


def take_step(unit: Unit, request: Request, cause: Cause) -> Request:
    """Go to the next level, whose people are asked from now on; the request as it is if there is none.

    It only widens: how many must agree, and which groups, stays as it was (rule 65).
    """
    step = escalation.next_step(request)
    if step is None:
        return request
    level = request.level + 1
    expires = request.expires
    if step.extends is not None:
        later = timing.later(unit.now, step.extends, request.rules.hours)
        expires = max(expires, capped(request, later))
    request = seats.join(unit, request, step, level)
    new = [seat for seat in request.seats if seat.level == level and not seat.gone]
    saved = records.save(unit, request, level=level, expires=expires)
    facts = {"level": level, "cause": cause.code, "why": cause.why, "emergency": step.emergency}
    facts |= {"added": [seat.person for seat in new], "expires": expires}
    events.append(unit, "approval.escalated", request.id, actor="system", data=facts)
    told = words.escalated(saved, new, cause.why, emergency=step.emergency)
    announce(unit, saved, told, ping=tuple(seat.person for seat in new))
    return saved


def capped(request: Request, at: datetime) -> datetime:
    """A deadline that no escalation and no extension moves past what the thing itself allows."""
    last = request.rules.last_call
    return at if last is None else min(at, last)


def announce(unit: Unit, request: Request, said: str | None = None, *, ping: tuple[str, ...] = ()) -> None:
    """Show the change in every copy and on every page, and say `said` in the threads."""
    people = {seat.person for seat in request.seats}
    people.add(request.requester)
    outbox.announce(unit, VIEW, request.id, said, ping=ping, homes=people)
    unit.wake("approvals")
    unit.wake(f"approval:{request.id}")


def arm(unit: Unit, request: Request) -> None:
    """Set the moment at which time will do the next thing to this request."""
    due = escalation.following(request)
    if due is None:
        deadlines.clear(unit, DEADLINE, request.id)
    else:
        deadlines.set(unit, DEADLINE, request.id, due.at)
