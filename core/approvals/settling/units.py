"""What follows from votes and from time: the count's consequence, the next ring of people, the end.

Whatever changes a request ends here, so that the count is drawn and the next moment is set in one place.
"""

from typing import Any

from core.approvals import escalation, records, states, words
from core.approvals.escalation import Due
from core.approvals.request import Final, Request, Status, Vote
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


def on_due(unit: Unit, request_id: str) -> None:
    """Time has come for something on this request; late, early and repeated are all the same to it."""
    arm(unit, caught_up(unit, records.get(unit, request_id)))


def widen(unit: Unit, request_id: str, why: str) -> None:
    """Ask the next ring of people now; nothing if there is none, or it is decided."""
    request = caught_up(unit, records.get(unit, request_id))
    if request.is_pending:
        arm(unit, take_step(unit, request, why))


def tally_of(request: Request) -> Tally:
    """The count as it stands."""
    return _tally(request, request.votes)


def _tally(request: Request, votes: tuple[Vote, ...]) -> Tally:
    seats = [seat for seat in request.seats if seat.level <= request.level]
    return count(request.rules, seats, votes, request.digest)


def caught_up(unit: Unit, request: Request) -> Request:
    """The request after everything that time has done to it by now."""
    due = escalation.following(request)
    while due is not None and due.at <= unit.now:
        match due.what:
            case Due.REMINDER:
                request = _remind(unit, request)
            case Due.LEVEL:
                request = take_step(unit, request, f"nobody finished it by {words.clock(due.at)}")
            case Due.EXPIRY:
                request = end(unit, request, Happening.EXPIRED, "EXPIRED", "system", "")
            case Due.LAPSE:
                request = end(unit, request, Happening.LAPSED, "LAPSED", "system", "")
        due = escalation.following(request)
    return request


def settle(unit: Unit, request: Request, *, actor: str, vote: Vote | None = None) -> tuple[Request, str]:
    """Draw the consequence of the count, and write it; what it is, in words."""
    votes = request.votes
    if vote is not None:
        votes = (*(other for other in votes if other.person != vote.person), vote)
    tally = _tally(request, votes)
    while tally.outcome is Outcome.UNREACHABLE and escalation.next_step(request) is not None:
        request = take_step(unit, request, "the people asked so far cannot reach the quorum")
        tally = _tally(request, votes)
    if not request.is_pending or tally.outcome is not Outcome.PENDING:
        request = _decided(unit, request.model_copy(update={"votes": votes}), tally, actor, vote)
        return request, words.ended(request)
    needed = words.open_still(tally)
    if vote is not None:
        request = records.save(unit, request, votes=votes)
        announce(unit, request, words.voted(request, vote, tally, needed))
    return request, needed


def _decided(unit: Unit, request: Request, tally: Tally, actor: str, vote: Vote | None) -> Request:
    reason = vote.reason if vote else ""
    if request.status is Status.APPROVED:
        return end(unit, request, Happening.REVOKED, "VETOED", actor, reason)
    if tally.outcome is Outcome.APPROVED:
        return end(unit, request, Happening.APPROVED, tally.code, actor, "")
    if tally.outcome is Outcome.REJECTED:
        return end(unit, request, Happening.REJECTED, tally.code, actor, reason)
    return end(unit, request, Happening.REJECTED, tally.code, "system", "")


def end(unit: Unit, request: Request, happening: Happening, code: str, actor: str, reason: str) -> Request:
    """Let it end: the transition, its code and actor, and everybody who has to hear of it.

    Raises:
        Conflict: this cannot happen to it as it stands.
    """
    status = states.after(request.status, happening)
    final = Final(status=status, code=code, actor=actor, reason=reason, at=unit.now)
    update: dict[str, Any] = {"status": status, "final": final}
    if status is Status.APPROVED:
        update["approved_until"] = unit.now + request.rules.execution_window
    saved = records.save(unit, request, **update)
    facts = {"status": str(status), "code": code, "reason": reason}
    events.append(unit, "approval.closed", request.id, actor=actor, data=facts)
    announce(unit, saved, words.ended(saved), ping=(request.requester,))
    arm(unit, saved)
    return saved


def take_step(unit: Unit, request: Request, why: str) -> Request:
    """Go to the next level, whose people are asked from now on; the request as it is if there is none."""
    step = escalation.next_step(request)
    if step is None:
        return request
    level = request.level + 1
    expires = request.expires
    if step.extends is not None:
        expires = max(expires, unit.now + step.extends)
    saved = records.save(unit, request, level=level, expires=expires)
    facts = {"level": level, "why": why, "added": [seat.person for seat in step.seats], "expires": expires}
    events.append(unit, "approval.escalated", request.id, actor="system", data=facts)
    added = words.list_of([seat.name for seat in step.seats]) or "nobody new"
    ping = tuple(seat.person for seat in step.seats)
    announce(unit, saved, f"{request.id} now also asks {added}: {why}.", ping=ping)
    return saved


def _remind(unit: Unit, request: Request) -> Request:
    # Several reminders that fell into one outage are one reminder.
    passed = sum(1 for at in request.rules.reminders if at <= unit.now)
    saved = records.save(unit, request, reminded=max(passed, request.reminded + 1))
    result = tally_of(saved)
    events.append(unit, "approval.reminded", request.id, actor="system", data={"number": saved.reminded})
    left = words.left(saved.expires - unit.now)
    said = f"{request.id} waits, {left} left. {words.open_still(result)}"
    outbox.tell(unit, VIEW, request.id, said, ping=tuple(seat.person for seat in result.open))
    return saved


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
