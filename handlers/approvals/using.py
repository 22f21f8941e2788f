"""Using what was approved, once, and saying what became of it, whoever asked for it: a program, or a person in chat."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.approvals import records, states
from core.approvals.drift import drifted
from core.approvals.policy import Answer, evaluate
from core.approvals.request import Request, Status
from core.approvals.states import Happening
from core.approvals.using import units as using
from core.errors import Conflict, Forbidden, WardroomError
from core.store.engine import Unit
from core.text import clean
from core.trading import units as trading
from core.trading.completing import stripped
from core.trading.fit import misfit
from core.world import PACKS
from handlers.approvals.asking import Asker
from handlers.approvals.judging import policies_on


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


def use(
    unit: Unit,
    asker: Asker,
    request: Request,
    execution: str,
    now: Now,
) -> Claimed:
    """Use an approval once; the same execution asking again is told the same.

    Hard limits are looked at again, on the subject as it is now where the program says how it is; what has
    moved too far since it was approved makes the approval stale. That is returned, not raised, so that it is kept.

    Raises:
        Forbidden: somebody else asked for it.
        Conflict: it is not approved, has lapsed, or was used by another.
        StaleDigest: it was changed, and `now.shown` is not the digest of what was approved.
        Unavailable: the book does not tell what has to be known; nothing was changed.
    """
    _theirs(asker, request)
    if request.execution == execution:
        return Claimed(request)
    if request.status is Status.APPROVED:
        using.refuse_outdated(request, now.shown)
    if request.status is Status.APPROVED and (why := _moved_on(unit, asker, request, now)):
        stale = using.go_stale(unit, request, why)
        return Claimed(stale, Conflict(f"{request.id} no longer fits: {why}.", "Ask again.", code="STALE"))
    return Claimed(using.claim(unit, request.id, execution, now.shown, awaits_report=True))


def _moved_on(unit: Unit, asker: Asker, request: Request, now: Now) -> str:
    """Why an approval must not be used any more; nothing if it may.

    Raises:
        Unavailable: the book does not tell what has to be known.
    """
    moved = drifted(request.subject, now.current, request.rules.drift)
    if moved:
        return "; ".join(moved[:5])
    subject = {**request.subject, **now.current}
    policies = policies_on(asker.world, request)
    asking = trading.asking(asker.person, request.kind, policies)
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


def tell(unit: Unit, asker: Asker, request: Request, said: tuple[str, Happening | None, str]) -> Reported:
    """Say what became of what was approved: (execution id, happening, detail); None: only a part of it is done.

    If that is known already, because people have found it out, what the program says is kept and changes nothing; where
    it says otherwise, that is refused, and returned, so that it is kept.

    Raises:
        Forbidden: somebody else asked for it.
        Conflict: this execution did not claim it, or it is not running.
    """
    execution, outcome, detail = said
    _theirs(asker, request)
    if request.execution != execution:
        raise Conflict(
            f"{request.id} was not claimed by {execution[:64]}.", "Claim it first.", code="NOT_CLAIMED"
        )
    told = clean(detail)[:2_000]
    if outcome is None:
        return Reported(using.progress(unit, request.id, told))
    if (request.status, request.result) == (states.TABLE.get((Status.EXECUTING, outcome)), told):
        return Reported(request)
    if request.status in (Status.EXECUTED, Status.EXECUTION_FAILED) and outcome is not Happening.UNKNOWN:
        refusal = using.reported_late(unit, request, outcome, told, asker.person.id)
        return Reported(records.get(unit, request.id), refusal)
    return Reported(using.report(unit, request.id, outcome, told))


def _theirs(asker: Asker, request: Request) -> None:
    if request.requester != asker.person.id:
        raise Forbidden(f"{request.id} was asked for by somebody else.", "Only who asked may use it.")
