"""Approve with changes: somebody who asked or is asked changes what is asked, and everybody is asked anew.

Source: rules 46 and 47: a new version with a digest of its own, votes void, and an editor who does not decide.
"""

from dataclasses import dataclass
from typing import Any

from core.approvals import approvers, records, words
from core.approvals.ageing import units as ageing
from core.approvals.amending.changes import differences, refuse_unlisted
from core.approvals.amending.tightening import Tightened, tightened
from core.approvals.change import Amendment, Change
from core.approvals.delegations import records as delegations
from core.approvals.delegations.delegation import stand_ins
from core.approvals.draft import Cast, Decided
from core.approvals.escalation import is_over
from core.approvals.policy import Answer, Verdict
from core.approvals.request import Request, Seat
from core.approvals.seats import records as seats_of
from core.approvals.settling import units as settling
from core.approvals.tally import Outcome, count
from core.digest import digest
from core.errors import (
    AlreadyFinal,
    Invalid,
    NotAnApprover,
    StaleDigest,
    VersionConflict,
    WardroomError,
)
from core.oncall import units as oncall
from core.people.person import Person
from core.store import events
from core.store.engine import Unit


@dataclass(frozen=True)
class Edit:
    """What is asked instead of what was, and why.

    `shown` is the digest (or its beginning) of what the editor was shown, `version` the version of the request;
    one who names neither takes it as it is. `follows` names parts that nobody changes by hand, because they
    follow from the rest, such as the steps of a plan; `title` is set if the title follows too.
    """

    subject: dict[str, Any]
    reason: str
    shown: str = ""
    version: int | None = None
    title: str = ""
    follows: frozenset[str] = frozenset()


def amend(unit: Unit, request_id: str, editor: Person, edit: Edit, cast: Cast) -> Decided:
    """Change what is asked: the policies judge it again, and every vote begins anew.

    Args:
        unit: the transaction.
        request_id: the request.
        editor: who changes it: the requester, or somebody who is asked now.
        edit: the new subject.
        cast: who there is, and what judges.

    Returns:
        What became of it. A refusal is told, not raised: what time did to the request meanwhile is kept.
    """
    request = ageing.caught_up(unit, records.get(unit, request_id))
    changes = tuple(differences(_open(request.subject, edit), _open(edit.subject, edit)))
    try:
        if is_over(request, unit.now):
            raise AlreadyFinal(f"The time for {request.id} is up; it can no longer be changed.")
        _check(request, editor, edit, changes)
        verdict = cast.judge(request.kind, edit.subject, unit.now)
        after = _judged(unit, request, editor, edit, cast, verdict)
    except WardroomError as error:
        return Decided(request, error.sentence(), error)
    saved = _write(unit, request, editor, edit, changes, after)
    events.append(unit, "approval.amended", request.id, actor=editor.id, data=_facts(request, saved, verdict))
    told = words.changed(saved)
    void = tuple(vote.person for vote in request.votes if vote.person != editor.id)
    settling.announce(unit, saved, told, ping=void)
    saved, still = settling.settle(unit, saved, actor="system")
    settling.arm(unit, saved)
    return Decided(saved, f"You changed {saved.id}. Everybody is asked anew. {still}", changed=True)


def may_edit(request: Request, person: Person) -> bool:
    """Whether this person may change what is asked: who asked, and who is asked now."""
    seat = request.seat_of(person.id)
    seated = seat is not None and seat.level <= request.level and person.is_human
    return person.id == request.requester or seated


def _open(subject: dict[str, Any], edit: Edit) -> dict[str, Any]:
    return {name: value for name, value in subject.items() if name not in edit.follows}


def _check(request: Request, editor: Person, edit: Edit, changes: tuple[Change, ...]) -> None:
    if not may_edit(request, editor) and editor.id not in request.rules.editors:
        raise NotAnApprover(
            f"Only {request.requester_name} and those who are asked may change {request.id}.",
            "You can ask a question about it instead.",
        )
    if not request.is_pending:
        raise AlreadyFinal(f"{words.present(request)}; it can no longer be changed.")
    if edit.shown and not request.digest.startswith(edit.shown):
        raise StaleDigest(
            f"{request.id} has changed since that card.", "Look at the card again, then change it."
        )
    if edit.version is not None and edit.version != request.version:
        raise VersionConflict(
            f"{request.id} is at version {request.version}, and you changed version {edit.version}.",
            "Look at it again, then change it.",
        )
    if not changes:
        raise Invalid("Nothing would change.", "Give at least one value another one.")
    refuse_unlisted(changes, request.rules.changeable)
    if not edit.reason:
        raise Invalid("A change needs a reason.", "Say why; everybody who decides reads it.")


def _judged(
    unit: Unit, request: Request, editor: Person, edit: Edit, cast: Cast, verdict: Verdict
) -> Tightened:
    """The terms that hold from now on.

    Raises:
        Denied: a policy does not allow what it would become.
        Invalid: without the editor too few people may decide.
    """
    if verdict.answer is Answer.DENY:
        raise verdict.refusal()
    watched = approvers.asked_now(verdict.terms, cast.teams, cast.schedules) if verdict.terms else {}
    after = tightened(request, editor, verdict, cast, oncall.on_call(unit, watched))
    more = stand_ins(after.seats, delegations.current(unit), cast.people, after.rules.excluded, unit.now)
    seats = (*after.seats, *more)
    if count(after.rules, seats, (), digest(edit.subject)).outcome is Outcome.UNREACHABLE:
        must = f" with {words.list_of(list(after.rules.must))}" if after.rules.must else ""
        needs = f"the {after.rules.needed} approvals{must} that it needs then"
        if request.seat_of(editor.id) is None:
            raise Invalid(
                f"Too few people may decide on what it would become to get {needs}.", "Change less."
            )
        raise Invalid(
            f"Whoever changes {request.id} does not decide on it, and without you it cannot get {needs}.",
            "Let somebody else change it, or ask for it anew.",
        )
    return Tightened(after.rules, seats, after.severity)


def _write(
    unit: Unit,
    request: Request,
    editor: Person,
    edit: Edit,
    changes: tuple[Change, ...],
    after: Tightened,
) -> Request:
    amended = Amendment(
        by=editor.id,
        name=editor.name,
        at=unit.now,
        reason=edit.reason,
        changes=changes,
        void=tuple(vote.name for vote in request.votes),
        asked=request.asked,
    )
    saved = records.save(
        unit,
        request,
        subject=edit.subject,
        digest=digest(edit.subject),
        title=edit.title or request.title,
        severity=after.severity,
        priority=approvers.priority_of(after.severity),
        rules=after.rules,
        amended=amended,
        takes_effect=None,
        expires=min(request.expires, after.rules.last_call or request.expires),
        seats=after.seats,
        votes=(),
    )
    records.void_votes(unit, request.id)
    _reseat(unit, request.id, request.seats, after.seats)
    return saved


def _reseat(unit: Unit, request_id: str, before: tuple[Seat, ...], after: tuple[Seat, ...]) -> None:
    known = {seat.person: seat for seat in before}
    for seat in after:
        if seat.person in known and seat != known[seat.person]:
            seats_of.reseat(unit, request_id, seat)
    records.seat_all(unit, request_id, [seat for seat in after if seat.person not in known])


def _facts(before: Request, after: Request, verdict: Verdict) -> dict[str, Any]:
    amended = after.amended
    return {
        "before": before.digest,
        "digest": after.digest,
        "changes": [change.model_dump(mode="json") for change in amended.changes] if amended else [],
        "reason": amended.reason if amended else "",
        "void": {vote.person: str(vote.choice) for vote in before.votes},
        "needed": after.rules.needed,
        "must": list(after.rules.must),
        "seats": [seat.person for seat in after.seats if not seat.gone],
        "verdict": verdict.facts(),
    }
