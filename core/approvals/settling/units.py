"""What follows from votes and from time: the count's consequence, the next ring of people, the end.

Whatever changes a request ends here, so that the count is drawn and the next moment is set in one place.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from core.approvals import escalation, records, states, words
from core.approvals.draft import Judge
from core.approvals.escalation import Due, is_over
from core.approvals.request import Choice, Final, Request, Status, Vote
from core.approvals.silence import units as silence
from core.approvals.states import Happening
from core.approvals.tally import Outcome, Tally, count
from core.store import deadlines, events, outages, outbox
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


def on_due(unit: Unit, request_id: str, judge: Judge | None = None) -> None:
    """Time has come for something on this request; late, early and repeated are all the same to it.

    `judge` hears the present policies. What silence may approve is decided here and nowhere else, and without
    it silence approves nothing.
    """
    request = caught_up(unit, records.get(unit, request_id))
    if is_over(request, unit.now):
        request = _heard_silence(unit, request, judge)
    arm(unit, request)


def widen(unit: Unit, request_id: str, why: str) -> None:
    """Ask the next ring of people now; nothing if there is none, or it is decided."""
    request = caught_up(unit, records.get(unit, request_id))
    if request.is_pending and request.takes_effect is None and not is_over(request, unit.now):
        arm(unit, take_step(unit, request, why))


def tally_of(request: Request) -> Tally:
    """The count as it stands."""
    return _tally(request, request.votes)


def _tally(request: Request, votes: tuple[Vote, ...]) -> Tally:
    seats = [seat for seat in request.seats if seat.level <= request.level]
    return count(request.rules, seats, votes, request.digest)


def caught_up(unit: Unit, request: Request) -> Request:
    """The request after everything that time has done to it by now.

    Where silence might approve, the end itself is left to `on_due`, which knows the present policies; until
    then nobody's vote decides it (see `is_over`).
    """
    due = escalation.following(request)
    while due is not None and due.at <= unit.now:
        later = _BY_TIME[due.what](unit, request, due.at)
        if later is request:
            break
        request, due = later, escalation.following(later)
    return request


def settle(unit: Unit, request: Request, *, actor: str, vote: Vote | None = None) -> tuple[Request, str]:
    """Draw the consequence of the count, and write it; what it is, in words."""
    if is_over(request, unit.now):
        return request, words.present(request)
    votes = request.votes
    if vote is not None:
        votes = (*(other for other in votes if other.person != vote.person), vote)
    tally = _tally(request, votes)
    while tally.outcome is Outcome.UNREACHABLE and escalation.next_step(request) is not None:
        request = take_step(unit, request, "the people asked so far cannot reach the quorum")
        tally = _tally(request, votes)
    if request.is_pending and tally.outcome is Outcome.APPROVED and request.rules.objection is not None:
        return _agreed(unit, request, votes, actor, vote)
    if not request.is_pending or tally.outcome is not Outcome.PENDING:
        request = _decided(unit, request.model_copy(update={"votes": votes}), tally, actor, vote)
        return request, words.ended(request)
    return _left_open(unit, request, votes, actor, vote), words.open_still(tally)


def _left_open(
    unit: Unit, request: Request, votes: tuple[Vote, ...], actor: str, vote: Vote | None
) -> Request:
    """It is not decided: keep the vote, if there is one, and let no earlier agreement take effect."""
    said = []
    if vote is not None:
        tally = _tally(request, votes)
        said.append(words.voted(request, vote, tally, words.open_still(tally)))
    if request.takes_effect is not None:
        events.append(unit, "approval.objected", request.id, actor=actor, data={})
        said.append(words.objected(request))
    if not said:
        return request
    saved = records.save(unit, request, votes=votes, takes_effect=None)
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


def _take_effect(unit: Unit, request: Request) -> Request:
    """Nobody has objected: it is approved now, as of the vote that completed it."""
    at = request.takes_effect or unit.now
    since = at - (request.rules.objection or timedelta())
    gone = outages.lost(since, outages.between(unit, since, at))
    if gone:
        # While nobody of ours was there nobody could object.
        later = records.save(unit, request, takes_effect=at + gone)
        announce(unit, later, words.agreed(later))
        return later
    if request.rules.valid_until is not None and request.rules.valid_until <= at:
        return end(unit, request, Happening.EXPIRED, "TOO_LATE", "system", "")
    yes = [vote for vote in request.votes if vote.choice is Choice.APPROVE]
    last = max(yes, key=lambda vote: (vote.at, vote.person)).person if yes else "system"
    return end(unit, request, Happening.APPROVED, "APPROVED", last, "")


def _decided(unit: Unit, request: Request, tally: Tally, actor: str, vote: Vote | None) -> Request:
    reason = vote.reason if vote else ""
    if request.status is Status.APPROVED:
        return end(unit, request, Happening.REVOKED, "VETOED", actor, reason)
    if tally.outcome is Outcome.APPROVED:
        return end(unit, request, Happening.APPROVED, tally.code, actor, "")
    if tally.outcome is Outcome.REJECTED:
        return end(unit, request, Happening.REJECTED, tally.code, actor, reason)
    return end(unit, request, Happening.REJECTED, tally.code, "system", "")


def _heard_silence(unit: Unit, request: Request, judge: Judge | None) -> Request:
    """Time is up, and the policy leaves something to silence: approve it if nothing speaks against it."""
    reasons = silence.against(unit, request, judge)
    if not reasons:
        actor = f"policy:{request.rules.policy_hash}"
        return end(unit, request, Happening.APPROVED, "AUTO_APPROVED", actor, "")
    reason = f"Its policy did not let silence approve it: {'; '.join(reasons)}"
    return end(unit, request, Happening.EXPIRED, "EXPIRED", "system", reason)


def _expire(unit: Unit, request: Request) -> Request:
    """Time is up: more time if it was our own outage that took it, the end, or what silence says."""
    more = _extended(unit, request)
    if more is not None or request.rules.silence is not None:
        return more or request
    return end(unit, request, Happening.EXPIRED, "EXPIRED", "system", "")


def _extended(unit: Unit, request: Request) -> Request | None:
    """Give people the time that our own outage took, once; None if there is none to give."""
    if request.extended:
        return None
    gone = outages.lost(request.created, outages.between(unit, request.created, request.expires))
    expires = _capped(request, request.expires + gone)
    if expires <= request.expires:
        return None
    more = expires - request.expires
    saved = records.save(unit, request, expires=expires, extended=int(more.total_seconds()))
    facts = {"expires": expires, "outage_seconds": int(gone.total_seconds())}
    events.append(unit, "approval.extended", request.id, actor="system", data=facts)
    waited_for = tuple(seat.person for seat in tally_of(saved).open)
    announce(unit, saved, words.extended(saved, gone), ping=waited_for)
    return saved


def _missed_result(unit: Unit, request: Request) -> Request:
    """Whoever used the approval has not said what became of it: nobody knows, and people have to look."""
    by = request.report_by or unit.now
    since = by - request.rules.report_within
    gone = outages.lost(since, outages.between(unit, since, by))
    if gone:
        # While nobody of ours was there nothing could be reported.
        return records.save(unit, request, report_by=by + gone)
    status = states.after(request.status, Happening.UNKNOWN)
    told = words.unreported(request)
    saved = records.save(unit, request, status=status, report_by=None)
    facts = {"status": str(status), "code": "NOT_REPORTED", "detail": request.result}
    events.append(unit, "approval.executed", request.id, actor="system", data=facts)
    yes = (vote.person for vote in request.votes if vote.choice is Choice.APPROVE)
    announce(unit, saved, told, ping=tuple(dict.fromkeys((request.requester, *yes))))
    return saved


def end(unit: Unit, request: Request, happening: Happening, code: str, actor: str, reason: str) -> Request:
    """Let it end: the transition, its code and actor, and everybody who has to hear of it.

    Raises:
        Conflict: this cannot happen to it as it stands.
    """
    status = states.after(request.status, happening)
    final = Final(status=status, code=code, actor=actor, reason=reason, at=unit.now)
    update: dict[str, Any] = {"status": status, "final": final}
    if request.takes_effect is not None:
        update["takes_effect"] = None
    if status is Status.APPROVED:
        until = unit.now + request.rules.execution_window
        update["approved_until"] = min(until, request.rules.valid_until or until)
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
        expires = max(expires, _capped(request, unit.now + step.extends))
    saved = records.save(unit, request, level=level, expires=expires)
    facts = {"level": level, "why": why, "added": [seat.person for seat in step.seats], "expires": expires}
    events.append(unit, "approval.escalated", request.id, actor="system", data=facts)
    added = words.list_of([seat.name for seat in step.seats]) or "nobody new"
    ping = tuple(seat.person for seat in step.seats)
    announce(unit, saved, f"{request.id} now also asks {added}: {why}.", ping=ping)
    return saved


def _capped(request: Request, at: datetime) -> datetime:
    """A deadline that no escalation and no extension moves past what the thing itself allows."""
    last = request.rules.last_call
    return at if last is None else min(at, last)


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


_BY_TIME: Mapping[Due, Callable[[Unit, Request, datetime], Request]] = {
    Due.REMINDER: lambda unit, request, _at: _remind(unit, request),
    Due.LEVEL: lambda unit, request, at: take_step(unit, request, f"nobody finished it by {words.clock(at)}"),
    Due.EXPIRY: lambda unit, request, _at: _expire(unit, request),
    Due.EFFECT: lambda unit, request, _at: _take_effect(unit, request),
    Due.LAPSE: lambda unit, request, _at: end(unit, request, Happening.LAPSED, "LAPSED", "system", ""),
    Due.RESULT: lambda unit, request, _at: _missed_result(unit, request),
}
