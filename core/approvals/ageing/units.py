"""What time does to a request: reminders, wider rings, its end, and what has to come after a decision.

Late, early and repeated are all the same to it: everything that is due by now is done, in its order.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from core.approvals import escalation, records, states, timing, words
from core.approvals.draft import Judge
from core.approvals.escalation import Cause, Due, is_over
from core.approvals.request import Choice, Request
from core.approvals.settling import units as settling
from core.approvals.silence import units as silence
from core.approvals.states import Happening
from core.approvals.tally import Outcome
from core.store import events, outages, outbox
from core.store.engine import Unit


def on_due(unit: Unit, request_id: str, judge: Judge | None = None) -> None:
    """Time has come for something on this request; late, early and repeated are all the same to it.

    `judge` hears the present policies. What silence may approve is decided here and nowhere else, and without
    it silence approves nothing.
    """
    request = caught_up(unit, records.get(unit, request_id))
    if is_over(request, unit.now):
        request = _heard_silence(unit, request, judge)
    settling.arm(unit, request)


def widen(unit: Unit, request_id: str, cause: Cause) -> None:
    """Ask the next ring of people now; nothing if there is none, or it is decided."""
    request = caught_up(unit, records.get(unit, request_id))
    if request.is_pending and request.takes_effect is None and not is_over(request, unit.now):
        settling.arm(unit, settling.take_step(unit, request, cause))


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


def _take_effect(unit: Unit, request: Request) -> Request:
    """Nobody has objected: it is approved now, as of the vote that completed it."""
    at = request.takes_effect or unit.now
    since = at - (request.rules.objection or timedelta())
    gone = timing.lost(since, outages.between(unit, since, at))
    if gone:
        # While nobody of ours was there nobody could object.
        later = records.save(unit, request, takes_effect=at + gone)
        settling.announce(unit, later, words.agreed(later))
        return later
    if settling.tally_of(request).outcome is not Outcome.APPROVED:
        return records.save(unit, request, takes_effect=None)
    if request.rules.valid_until is not None and request.rules.valid_until <= at:
        return settling.end(unit, request, Happening.EXPIRED, "TOO_LATE", "system", "")
    yes = [vote for vote in request.votes if vote.choice is Choice.APPROVE]
    last = max(yes, key=lambda vote: (vote.at, vote.person)).person if yes else "system"
    return settling.end(unit, request, Happening.APPROVED, "APPROVED", last, "")


def _heard_silence(unit: Unit, request: Request, judge: Judge | None) -> Request:
    """Time is up, and the policy leaves something to silence: approve it if nothing speaks against it."""
    reasons = silence.against(unit, request, judge)
    if not reasons:
        actor = f"policy:{request.rules.policy_hash}"
        return settling.end(unit, request, Happening.APPROVED, "AUTO_APPROVED", actor, "")
    reason = f"Its policy did not let silence approve it: {'; '.join(reasons)}"
    return settling.end(unit, request, Happening.EXPIRED, "EXPIRED", "system", reason)


def _expire(unit: Unit, request: Request) -> Request:
    """Time is up: more time if it was our own outage that took it, the end, or what silence says."""
    more = _extended(unit, request)
    if more is not None or request.rules.silence is not None:
        return more or request
    return settling.end(unit, request, Happening.EXPIRED, "EXPIRED", "system", "")


def _extended(unit: Unit, request: Request) -> Request | None:
    """Give people the time that our own outage took, once; None if there is none to give."""
    if request.extended:
        return None
    hours = request.rules.hours
    gone = timing.lost(request.created, outages.between(unit, request.created, request.expires), hours)
    expires = settling.capped(request, timing.later(request.expires, gone, hours))
    if expires <= request.expires:
        return None
    more = expires - request.expires
    saved = records.save(unit, request, expires=expires, extended=int(more.total_seconds()))
    facts = {"expires": expires, "outage_seconds": int(gone.total_seconds())}
    events.append(unit, "approval.extended", request.id, actor="system", data=facts)
    waited_for = tuple(seat.person for seat in settling.tally_of(saved).open)
    settling.announce(unit, saved, words.extended(saved, gone), ping=waited_for)
    return saved


def _missed_result(unit: Unit, request: Request) -> Request:
    """Whoever used the approval has not said what became of it: nobody knows, and people have to look."""
    by = request.report_by or unit.now
    since = by - request.rules.report_within
    gone = timing.lost(since, outages.between(unit, since, by))
    if gone:
        # While nobody of ours was there nothing could be reported.
        return records.save(unit, request, report_by=by + gone)
    status = states.after(request.status, Happening.UNKNOWN)
    told = words.unreported(request)
    saved = records.save(unit, request, status=status, report_by=None)
    facts = {"status": str(status), "code": "NOT_REPORTED", "detail": request.result}
    events.append(unit, "approval.executed", request.id, actor="system", data=facts)
    yes = (vote.person for vote in request.votes if vote.choice is Choice.APPROVE)
    settling.announce(unit, saved, told, ping=tuple(dict.fromkeys((request.requester, *yes))))
    return saved


def _remind(unit: Unit, request: Request) -> Request:
    # Several reminders that fell into one outage are one reminder.
    passed = sum(1 for at in request.rules.reminders if at <= unit.now)
    saved = records.save(unit, request, reminded=max(passed, request.reminded + 1))
    result = settling.tally_of(saved)
    events.append(unit, "approval.reminded", request.id, actor="system", data={"number": saved.reminded})
    left = words.left(saved.expires - unit.now)
    said = f"{request.id} waits, {left} left. {words.open_still(result)}"
    outbox.tell(unit, settling.VIEW, request.id, said, ping=tuple(seat.person for seat in result.open))
    return saved


_BY_TIME: Mapping[Due, Callable[[Unit, Request, datetime], Request]] = {
    Due.REMINDER: lambda unit, request, _at: _remind(unit, request),
    Due.LEVEL: lambda unit, request, at: settling.take_step(
        unit, request, Cause("TIME", f"nobody finished it by {words.clock(at)}")
    ),
    Due.EXPIRY: lambda unit, request, _at: _expire(unit, request),
    Due.EFFECT: lambda unit, request, _at: _take_effect(unit, request),
    Due.LAPSE: lambda unit, request, _at: settling.end(
        unit, request, Happening.LAPSED, "LAPSED", "system", ""
    ),
    Due.RESULT: lambda unit, request, _at: _missed_result(unit, request),
}
