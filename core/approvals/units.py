"""Asking, deciding and taking back; each public function is one transaction, or part of a larger one."""

from collections.abc import Mapping
from typing import Any

from core.approvals import approvers, ballot, records, words
from core.approvals.ageing import units as ageing
from core.approvals.delegations import records as delegations
from core.approvals.delegations.delegation import stand_ins
from core.approvals.draft import Decided, Draft, Frozen, facts_of, request_of
from core.approvals.request import Choice, Request, Vote
from core.approvals.settling import units as settling
from core.approvals.settling.units import VIEW
from core.approvals.states import Happening
from core.approvals.strength import strength_of
from core.digest import digest
from core.errors import AlreadyFinal, Conflict, Forbidden
from core.oncall import units as oncall
from core.oncall.schedule import Schedule
from core.people.person import Person
from core.people.team import Team
from core.store import events, outbox
from core.store.engine import Unit
from core.store.numbers import next_number


def ask(
    unit: Unit,
    draft: Draft,
    people: Mapping[str, Person],
    teams: Mapping[str, Team],
    schedules: Mapping[str, Schedule] | None = None,
) -> Request:
    """Ask people, under terms that are frozen now; who is on call by the `schedules` now, is asked until the end.

    Raises:
        Invalid: too few people may decide.
        Conflict: the same key was used for something else.
    """
    known = records.by_key(unit, draft.requester.id, draft.key)
    if known is not None:
        return asked_before(known, draft.kind, draft.subject)
    request = foresee(unit, draft, people, teams, schedules)
    request = request.model_copy(update={"id": next_number(unit, "AP")})
    records.add(unit, request, draft.key)
    events.append(unit, "approval.requested", request.id, actor=draft.requester.id, data=facts_of(request))
    for place in draft.places:
        outbox.publish(unit, VIEW, request.id, place)
    # A quorum that the first ring cannot give goes on to the next at once; one that no ring can was refused.
    request, _ = settling.settle(unit, request, actor="system")
    outbox.refresh_homes(unit, {request.requester, *(seat.person for seat in request.seats)})
    settling.arm(unit, request)
    return request


def foresee(
    unit: Unit,
    draft: Draft,
    people: Mapping[str, Person],
    teams: Mapping[str, Team],
    schedules: Mapping[str, Schedule] | None = None,
) -> Request:
    """The request that a draft would become now, without a number. Nothing is kept, and nobody hears of it.

    Raises:
        Invalid: too few people may decide.
    """
    excluded = approvers.excluded_under(draft.terms, draft.requester, draft.initiator)
    on_call = oncall.on_call(unit, approvers.asked_now(draft.terms, teams, schedules or {}))
    seats = approvers.seats_for(draft.terms, people, teams, excluded, on_call)
    watches = approvers.watches_of(draft.terms, people, teams, schedules or {})
    rules, expires = approvers.freeze(draft.terms, seats, excluded, unit.now, draft.findings, watches)
    seats = (*seats, *stand_ins(seats, delegations.current(unit), people, excluded, unit.now))
    return request_of(draft, Frozen("", rules, seats, unit.now, expires))


def asked_before(known: Request, kind: str, subject: Mapping[str, Any], asked: str | None = None) -> Request:
    """The request that was made under this key; `asked` is the digest of what was told, if more was frozen than that.

    Raises:
        Conflict: it asks for something else.
    """
    if (known.kind, asked or known.asked) != (kind, digest(subject)):
        raise Conflict(
            f"This key was used for {known.id}, which asks for something else.",
            "Use a new key.",
            code="KEY_USED",
        )
    return known


def decide(  # noqa: PLR0913 - a decision is who, what, why, on what, and from where
    unit: Unit,
    request_id: str,
    voter: Person,
    choice: Choice,
    reason: str,
    shown: str,
    *,
    via: str = "",
    factor: str = "",
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
        factor: the second factor that was shown beside it, `totp` or `oidc`; "" if none was.

    Returns:
        What became of it. A refusal is told, not raised: what time did to the request meanwhile is kept.
    """
    request = ageing.caught_up(unit, records.get(unit, request_id))
    seat = request.seat_of(voter.id)
    vote = Vote(
        person=voter.id,
        name=seat.name if seat else voter.name,
        choice=choice,
        reason=reason,
        at=unit.now,
        digest=request.digest,
        via=via,
        strength=strength_of(via, factor),
    )
    refusal = ballot.refusal(request, voter, vote, shown)
    if refusal is not None:
        return Decided(request, refusal.sentence(), refusal)
    before = request.vote_of(voter.id)
    if before is not None and before.choice is choice:
        said = f"You already {words.did(choice)} {request.id} at {words.clock(before.at)}; it counts once."
        return Decided(request, said)
    facts = {name: getattr(vote, name) for name in ("reason", "digest", "via", "strength")}
    facts["choice"] = str(choice)
    events.append(unit, "approval.decided", request.id, actor=voter.id, data=facts)
    before_it = (request.level, request.expires, request.takes_effect)
    request, told = settling.settle(unit, request, actor=voter.id, vote=vote)
    # After the request itself: whoever waits for its row must not hold a vote that another waits for.
    records.vote(unit, request.id, vote, again=before is not None)
    if request.is_pending and (request.level, request.expires, request.takes_effect) != before_it:
        settling.arm(unit, request)
    return Decided(request, words.thanks(request, vote, told), changed=True)


def withdraw(unit: Unit, request_id: str, person: Person, reason: str = "") -> Request:
    """The requester takes the question back.

    Raises:
        NotFound, Forbidden, AlreadyFinal.
    """
    request = ageing.caught_up(unit, records.get(unit, request_id))
    if person.id != request.requester:
        raise Forbidden(
            f"Only {request.requester_name} can withdraw {request.id}.", "You can reject it instead."
        )
    if not request.is_pending:
        raise AlreadyFinal(f"{words.present(request)}; it can no longer be withdrawn.")
    return settling.end(unit, request, Happening.WITHDRAWN, "WITHDRAWN", person.id, reason)
