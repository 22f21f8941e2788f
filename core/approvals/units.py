"""What can be done with an approval; each public function is one transaction, or part of a larger one."""

from collections.abc import Mapping
from typing import Any

from core.approvals import approvers, ballot, escalation, records, states, words
from core.approvals.delegations import records as delegations
from core.approvals.delegations.delegation import stand_ins
from core.approvals.draft import Decided, Draft, Frozen, facts_of, request_of
from core.approvals.escalation import Due
from core.approvals.request import Choice, Final, Request, Status, Vote
from core.approvals.states import Happening
from core.approvals.tally import Outcome, Tally, count
from core.digest import digest
from core.errors import AlreadyFinal, Conflict, Forbidden
from core.people.person import Person
from core.people.team import Team
from core.store import deadlines, events, outbox
from core.store.engine import Unit
from core.store.numbers import next_number

DEADLINE = "approval.due"
VIEW = "approval"


def ask(unit: Unit, draft: Draft, people: Mapping[str, Person], teams: Mapping[str, Team]) -> Request:
    """Ask people, under terms that are frozen now.

    Raises:
        Invalid: too few people may decide.
        Conflict: the same key was used for something else.
    """
    frozen = digest(draft.subject)
    known = records.by_key(unit, draft.requester.id, draft.key)
    if known is not None:
        if known.digest != frozen:
            raise Conflict(
                f"This key was used for {known.id}, which asks for something else.", "Use a new key."
            )
        return known
    excluded = approvers.excluded_by(draft.requester, draft.initiator)
    seats = approvers.seats_for(draft.terms, people, teams, excluded)
    rules, expires = approvers.freeze(draft.terms, seats, excluded, unit.now, draft.findings)
    seats = (*seats, *stand_ins(seats, delegations.current(unit), people, excluded, unit.now))
    request = request_of(draft, Frozen(next_number(unit, "AP"), rules, seats, unit.now, expires))
    records.add(unit, request, draft.key)
    events.append(unit, "approval.requested", request.id, actor=draft.requester.id, data=facts_of(request))
    for place in draft.places:
        outbox.publish(unit, VIEW, request.id, place)
    # A quorum that the first ring cannot give goes on to the next at once; one that no ring can was refused.
    request, _ = _settle(unit, request, actor="system")
    outbox.refresh_homes(unit, {request.requester, *(seat.person for seat in request.seats)})
    arm(unit, request)
    return request


def decide(  # noqa: PLR0913 - a decision is who, what, why, on what, and from where
    unit: Unit, request_id: str, voter: Person, choice: Choice, reason: str, shown: str, *, via: str = ""
) -> Decided:
    """Take one person's decision.

    Args:
        unit: the transaction.
        request_id: the request.
        voter: who decides.
        choice: what they say.
        reason: why, in their words.
        shown: the digest, or its beginning, of the subject that they were shown.
        via: the platform, for the record.

    Returns:
        What became of it. A refusal is told, not raised: what time did to the request meanwhile is kept.
    """
    request = _caught_up(unit, records.get(unit, request_id))
    refusal = ballot.refusal(request, voter, choice, reason, shown)
    if refusal is not None:
        return Decided(request, refusal.sentence(), refusal)
    before = request.vote_of(voter.id)
    if before is not None and before.choice is choice:
        said = f"You already {words.did(choice)} {request.id} at {words.clock(before.at)}; it counts once."
        return Decided(request, said)
    seat = request.seat_of(voter.id)
    vote = Vote(
        person=voter.id,
        name=seat.name if seat else voter.name,
        choice=choice,
        reason=reason,
        at=unit.now,
        digest=request.digest,
        via=via,
    )
    facts = {"choice": str(choice), "reason": reason, "digest": request.digest, "via": via}
    events.append(unit, "approval.decided", request.id, actor=voter.id, data=facts)
    before_it = (request.level, request.expires)
    request, told = _settle(unit, request, actor=voter.id, vote=vote)
    # After the request itself: whoever waits for its row must not hold a vote that another waits for.
    records.vote(unit, request.id, vote, again=before is not None)
    if request.is_pending and (request.level, request.expires) != before_it:
        arm(unit, request)
    return Decided(request, words.thanks(request, vote, told), changed=True)


def withdraw(unit: Unit, request_id: str, person: Person, reason: str = "") -> Request:
    """The requester takes the question back.

    Raises:
        NotFound, Forbidden, AlreadyFinal.
    """
    request = _caught_up(unit, records.get(unit, request_id))
    if person.id != request.requester:
        raise Forbidden(
            f"Only {request.requester_name} can withdraw {request.id}.", "You can reject it instead."
        )
    if not request.is_pending:
        raise AlreadyFinal(f"{words.present(request)}; it can no longer be withdrawn.")
    return _end(unit, request, Happening.WITHDRAWN, "WITHDRAWN", person.id, reason)


def claim(unit: Unit, request_id: str, execution: str) -> Request:
    """Use an approval, once: whoever claims it runs what was approved.

    Raises:
        Conflict: it is not approved, has lapsed, or was used; `data["code"]` says which.
    """
    request = _caught_up(unit, records.get(unit, request_id))
    if request.status is not Status.APPROVED:
        code = {Status.LAPSED: "LAPSED", Status.STALE: "STALE"}.get(request.status, "ALREADY_CLAIMED")
        raise Conflict(f"{words.present(request)}; it cannot be used.", code=code)
    status = states.after(request.status, Happening.CLAIMED)
    saved = records.save(unit, request, status=status, execution=execution)
    events.append(unit, "approval.claimed", request.id, actor="system", data={"execution": execution})
    _announce(unit, saved)
    arm(unit, saved)
    return saved


def go_stale(unit: Unit, request: Request, why: str) -> Request:
    """The world has moved on since this was approved: it can no longer be used.

    Raises:
        Conflict: it is not approved.
    """
    return _end(unit, request, Happening.WENT_STALE, "STALE", "system", why)


def report(unit: Unit, request_id: str, outcome: Happening, detail: str) -> Request:
    """Say what became of the thing that was approved: EXECUTED, FAILED or UNKNOWN.

    Raises:
        Conflict: it is not being executed.
    """
    request = records.get(unit, request_id)
    status = states.after(request.status, outcome)
    saved = records.save(unit, request, status=status, result=detail)
    facts = {"status": str(status), "detail": detail}
    events.append(unit, "approval.executed", request.id, actor="system", data=facts)
    _announce(unit, saved)
    return saved


def recount(unit: Unit, request: Request, said: str) -> Request:
    """Count again after the seats changed, as `request` says, and tell why."""
    saved = records.save(unit, request)
    _announce(unit, saved, said)
    saved, _ = _settle(unit, saved, actor="system")
    arm(unit, saved)
    return saved


def on_due(unit: Unit, request_id: str) -> None:
    """Time has come for something on this request; late, early and repeated are all the same to it."""
    arm(unit, _caught_up(unit, records.get(unit, request_id)))


def widen(unit: Unit, request_id: str, why: str) -> None:
    """Ask the next ring of people now; nothing if there is none, or it is decided."""
    request = _caught_up(unit, records.get(unit, request_id))
    if request.is_pending:
        arm(unit, _widen(unit, request, why))


def tally_of(request: Request) -> Tally:
    """The count as it stands."""
    return _tally(request, request.votes)


def _tally(request: Request, votes: tuple[Vote, ...]) -> Tally:
    seats = [seat for seat in request.seats if seat.level <= request.level]
    return count(request.rules, seats, votes, request.digest)


def _caught_up(unit: Unit, request: Request) -> Request:
    """The request after everything that time has done to it by now."""
    due = escalation.following(request)
    while due is not None and due.at <= unit.now:
        match due.what:
            case Due.REMINDER:
                request = _remind(unit, request)
            case Due.LEVEL:
                request = _widen(unit, request, f"nobody finished it by {words.clock(due.at)}")
            case Due.EXPIRY:
                request = _end(unit, request, Happening.EXPIRED, "EXPIRED", "system", "")
            case Due.LAPSE:
                request = _end(unit, request, Happening.LAPSED, "LAPSED", "system", "")
        due = escalation.following(request)
    return request


def _settle(unit: Unit, request: Request, *, actor: str, vote: Vote | None = None) -> tuple[Request, str]:
    """Draw the consequence of the count, and write it; what it is, in words."""
    votes = request.votes
    if vote is not None:
        votes = (*(other for other in votes if other.person != vote.person), vote)
    tally = _tally(request, votes)
    while tally.outcome is Outcome.UNREACHABLE and escalation.next_step(request) is not None:
        request = _widen(unit, request, "the people asked so far cannot reach the quorum")
        tally = _tally(request, votes)
    if not request.is_pending or tally.outcome is not Outcome.PENDING:
        request = _decided(unit, request.model_copy(update={"votes": votes}), tally, actor, vote)
        return request, words.ended(request)
    needed = words.open_still(tally)
    if vote is not None:
        request = records.save(unit, request, votes=votes)
        _announce(unit, request, words.voted(request, vote, tally, needed))
    return request, needed


def _decided(unit: Unit, request: Request, tally: Tally, actor: str, vote: Vote | None) -> Request:
    reason = vote.reason if vote else ""
    if request.status is Status.APPROVED:
        return _end(unit, request, Happening.REVOKED, "VETOED", actor, reason)
    if tally.outcome is Outcome.APPROVED:
        return _end(unit, request, Happening.APPROVED, tally.code, actor, "")
    if tally.outcome is Outcome.REJECTED:
        return _end(unit, request, Happening.REJECTED, tally.code, actor, reason)
    return _end(unit, request, Happening.REJECTED, tally.code, "system", "")


def _end(unit: Unit, request: Request, happening: Happening, code: str, actor: str, reason: str) -> Request:
    status = states.after(request.status, happening)
    final = Final(status=status, code=code, actor=actor, reason=reason, at=unit.now)
    update: dict[str, Any] = {"status": status, "final": final}
    if status is Status.APPROVED:
        update["approved_until"] = unit.now + request.rules.execution_window
    saved = records.save(unit, request, **update)
    facts = {"status": str(status), "code": code, "reason": reason}
    events.append(unit, "approval.closed", request.id, actor=actor, data=facts)
    _announce(unit, saved, words.ended(saved), ping=(request.requester,))
    arm(unit, saved)
    return saved


def _widen(unit: Unit, request: Request, why: str) -> Request:
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
    _announce(unit, saved, f"{request.id} now also asks {added}: {why}.", ping=ping)
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


def _announce(unit: Unit, request: Request, said: str | None = None, *, ping: tuple[str, ...] = ()) -> None:
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
