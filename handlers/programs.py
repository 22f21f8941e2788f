"""What programs may ask for, whatever door they come through: REST, gRPC or MCP. Each call is one unit's work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.approvals import records, states, units
from core.approvals.draft import Draft
from core.approvals.drift import drifted
from core.approvals.granting.units import grant
from core.approvals.policy import Answer, Verdict, evaluate
from core.approvals.request import Finding, Request, Status, Terms
from core.approvals.search import records as searching
from core.approvals.states import Happening
from core.approvals.succession import units as succession
from core.approvals.using import units as using
from core.digest import digest
from core.errors import Conflict, Forbidden, NotFound, TooMany, WardroomError
from core.notify import units as notices
from core.store import events
from core.store.engine import Unit
from core.text import clean
from core.trading import records as orders
from core.trading import units as trading
from core.trading.completing import stripped
from core.trading.fit import misfit
from core.trading.look import Look
from core.wiring import PACKS
from handlers.asking import Question, terms_of
from handlers.caller import Caller, may_see
from handlers.judging import judged, policies_of, policies_on


@dataclass(frozen=True)
class Asked:
    """What became of a question: the request, whether it is new, or why there is none."""

    request: Request | None
    fresh: bool = False
    refusal: WardroomError | None = None


def judge(unit: Unit, caller: Caller, question: Question, told: Mapping[str, Any] | None = None) -> Verdict:
    """What the policies would say to a question asked now, which claims nothing; `told` as in `ask`.

    Raises:
        Invalid: it names a policy that does not exist.
    """
    return _judged(unit, caller, question, told)[1]


def _judged(
    unit: Unit, caller: Caller, question: Question, told: Mapping[str, Any] | None
) -> tuple[Look | None, Verdict]:
    policies = policies_of(caller.world, question.kind, question.policy)
    return judged(unit, caller.person, policies, question.kind, question.subject, told)


def ask(
    unit: Unit, caller: Caller, question: Question, key: str, told: Mapping[str, Any] | None = None
) -> Asked:
    """Ask people, or learn at once that nobody is needed or nobody could allow it.

    A refusal is returned, not raised, so that the log keeps what was tried. `told`: the subject of an order as the book
    completes it.

    Raises:
        Invalid: people, teams or the policy do not exist, or too few people may decide.
        Conflict: the key was used for another question.
        NotFound, AlreadyFinal: what it wants to take the place of is not an open request of the caller's.
    """
    world = caller.world
    known = records.by_key(unit, caller.person.id, key)
    if known is not None:
        return Asked(_before(unit, known, question))
    earlier = _not_worn_down(unit, caller, question)
    look, verdict = _judged(unit, caller, question, told)
    facts = verdict.facts() | {"kind": question.kind, "title": question.title}
    events.append(unit, "policy.evaluated", caller.person.id, actor=caller.person.id, data=facts)
    if verdict.answer is Answer.DENY:
        return Asked(None, refusal=verdict.refusal())
    terms = terms_of(question, verdict.terms, world)
    old = succession.named(unit, question.supersedes, caller.person.id)
    previous = _last(unit, caller, question, searching.IN_VAIN)
    draft = Draft(
        kind=question.kind,
        title=clean(question.title),
        reason=clean(question.reason),
        subject=look.frozen() if look else question.subject,
        requester=caller.person,
        terms=terms or Terms(ask=(), valid_until=question.valid_until, named=question.policy or ""),
        key=key,
        findings=(*verdict.findings, *earlier),
        supersedes=old.id if old else None,
        previous=previous[0] if previous else None,
    )
    made = (
        grant(unit, draft, "policy:none")
        if terms is None
        else units.ask(unit, draft, world.people, world.teams, world.schedules)
    )
    if look:
        trading.keep(unit, made, question.subject)
    if old is not None:
        succession.replace(unit, old, made)
    if question.callback:
        notices.keep_callback(unit, made.id, caller.person.id, question.callback)
    return Asked(made, fresh=True)


def _before(unit: Unit, known: Request, question: Question) -> Request:
    return units.asked_before(known, question.kind, question.subject, orders.asked(unit, known.id))


def _not_worn_down(unit: Unit, caller: Caller, question: Question) -> tuple[Finding, ...]:
    """Check that people are not flooded, and say if this very thing was refused before.

    Raises:
        TooMany: too many questions are open, or this one was refused a moment ago.
    """
    limits, me = caller.world.limits, caller.person.id
    most = limits.pending_per_program + int(question.supersedes is not None)
    if not caller.person.is_human and searching.open_of(unit, me) >= most:
        raise TooMany(
            f"{caller.person.name} has {limits.pending_per_program} questions open, which is the most.",
            "Wait for answers, or withdraw some.",
            retry_after=60,
        )
    refused = _last(unit, caller, question, searching.REFUSED)
    if refused is None:
        return ()
    left = (refused[1] + limits.cool_down - unit.now).total_seconds()
    if left > 0:
        raise TooMany(
            f"{refused[0]}, which was about the same, was refused a moment ago.",
            f"It can be asked again in {max(1, round(left))} s; people see then that it was refused.",
            retry_after=left,
        )
    said = f"{refused[0]}, which was about the same, was refused"
    return (
        Finding(policy="", code="ASKED_BEFORE", severity="LOW", message=said, inputs={"refused": refused[0]}),
    )


def _last(
    unit: Unit, caller: Caller, question: Question, ended: frozenset[Status]
) -> tuple[str, datetime] | None:
    """The caller's last request for this very thing that ended so, whatever the book or people made of it since."""
    me, asked = caller.person.id, digest(question.subject)
    return orders.last_of(unit, me, asked, ended) or searching.last_of(unit, me, question.kind, asked, ended)


def seen(unit: Unit, caller: Caller, request_id: str) -> Request:
    """A request, for somebody who may see it.

    Raises:
        NotFound: there is none, or it is not theirs to see; both look the same.
    """
    request = records.get(unit, request_id)
    if not may_see(caller, request):
        raise NotFound(
            f"There is no approval {request_id}.", "`GET /api/v1/approvals` lists those you may see."
        )
    return request


@dataclass(frozen=True)
class Now:
    """How things are when an approval is used.

    `current`: the subject as it is now, as far as the program says. `shown`: the digest of what is going to be run.
    `book`: the subject of an order as the book completes it, if there is a book.
    """

    current: Mapping[str, Any] = field(default_factory=dict)
    shown: str = ""
    book: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Claimed:
    """What became of a claim: the request as it is now, or why it cannot be used."""

    request: Request
    refusal: WardroomError | None = None


def claim(
    unit: Unit,
    caller: Caller,
    request_id: str,
    execution: str,
    now: Now,
) -> Claimed:
    """Use an approval once; the same execution asking again is told the same.

    Hard limits are looked at again, on the subject as it is now where the program says how it is; what has
    moved too far since it was approved makes the approval stale. That is returned, not raised, so that it is kept.

    Raises:
        NotFound, Forbidden: it is not the caller's.
        Conflict: it is not approved, has lapsed, or was used by another.
        StaleDigest: it was changed, and `now.shown` is not the digest of what was approved.
        Unavailable: the book does not tell what has to be known; nothing was changed.
    """
    request = _mine(unit, caller, request_id)
    if request.execution == execution:
        return Claimed(request)
    if request.status is Status.APPROVED:
        using.refuse_outdated(request, now.shown)
    if request.status is Status.APPROVED and (why := _moved_on(unit, caller, request, now)):
        stale = using.go_stale(unit, request, why)
        return Claimed(stale, Conflict(f"{request_id} no longer fits: {why}.", "Ask again.", code="STALE"))
    return Claimed(using.claim(unit, request_id, execution, now.shown, awaits_report=True))


def _moved_on(unit: Unit, caller: Caller, request: Request, now: Now) -> str:
    """Why an approval must not be used any more; nothing if it may.

    Raises:
        Unavailable: the book does not tell what has to be known.
    """
    moved = drifted(request.subject, now.current, request.rules.drift)
    if moved:
        return "; ".join(moved[:5])
    subject = {**request.subject, **now.current}
    policies = policies_on(caller.world, request)
    asking = trading.asking(caller.person, request.kind, policies)
    if asking is not None:
        look = trading.look(unit, asking, now.book or stripped(subject), without=request.id)
        said = evaluate(policies, request.kind, look.subject, unit.now, look.among(PACKS))
        return misfit(request, look, said)
    verdict = evaluate(policies, request.kind, subject, unit.now, PACKS)
    denied = verdict.answer is Answer.DENY
    return "; ".join(finding.message for finding in verdict.findings) if denied else ""


@dataclass(frozen=True)
class Reported:
    """What became of a report: the request as it is now, or why it does not stand."""

    request: Request
    refusal: WardroomError | None = None


def report(unit: Unit, caller: Caller, request_id: str, said: tuple[str, Happening | None, str]) -> Reported:
    """Say what became of what was approved: (execution id, happening, detail); None: only a part of it is done.

    If that is known already, because people have found it out, what the program says is kept and changes nothing; where
    it says otherwise, that is refused, and returned, so that it is kept.

    Raises:
        NotFound, Forbidden: it is not the caller's.
        Conflict: this execution did not claim it, or it is not running.
    """
    execution, outcome, detail = said
    request = _mine(unit, caller, request_id)
    if request.execution != execution:
        raise Conflict(
            f"{request_id} was not claimed by {execution[:64]}.", "Claim it first.", code="NOT_CLAIMED"
        )
    told = clean(detail)[:2_000]
    if outcome is None:
        return Reported(using.progress(unit, request_id, told))
    if (request.status, request.result) == (states.TABLE.get((Status.EXECUTING, outcome)), told):
        return Reported(request)
    if request.status in (Status.EXECUTED, Status.EXECUTION_FAILED) and outcome is not Happening.UNKNOWN:
        refusal = using.reported_late(unit, request, outcome, told, caller.person.id)
        return Reported(records.get(unit, request_id), refusal)
    return Reported(using.report(unit, request_id, outcome, told))


def _mine(unit: Unit, caller: Caller, request_id: str) -> Request:
    request = seen(unit, caller, request_id)
    if request.requester != caller.person.id:
        raise Forbidden(f"{request_id} was asked for by somebody else.", "Only who asked may use it.")
    return request
