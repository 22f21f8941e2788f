"""How an approval stands, and what time and other requests mean for it: head, lines and buttons of its card. Pure."""

from core.approvals import words
from core.approvals.hand import is_by_hand
from core.approvals.request import Request, Status
from handlers.cards import review
from handlers.cards.card import Bold, Button, Line, Tone, When, line

_HEADS: dict[Status, tuple[str, Tone]] = {
    Status.PENDING: ("Approval needed", "waiting"),
    Status.APPROVED: ("Approved", "good"),
    Status.REJECTED: ("Rejected", "bad"),
    Status.EXPIRED: ("Expired", "ended"),
    Status.WITHDRAWN: ("Withdrawn", "ended"),
    Status.SUPERSEDED: ("Superseded", "ended"),
    Status.EXECUTING: ("Approved, running", "good"),
    Status.REVOKED: ("Revoked", "bad"),
    Status.LAPSED: ("Lapsed", "ended"),
    Status.STALE: ("Stale", "ended"),
    Status.EXECUTED: ("Approved and done", "good"),
    Status.EXECUTION_FAILED: ("Approved, but failed", "bad"),
    Status.EXECUTION_UNKNOWN: ("Approved, outcome unknown", "bad"),
}
_AGREED: tuple[str, Tone] = ("Agreed, objections?", "partial")


def head(request: Request) -> tuple[str, Tone]:
    """What stands above the card, and its colour."""
    usual = _HEADS[request.status] if request.takes_effect is None else _AGREED
    return review.HEADS.get(request.status, usual) if request.is_review else usual


def lines(request: Request) -> list[Line]:
    """What there is to say beyond until when it can be decided."""
    found = [*_pending(request)] if request.is_pending else [*_decided(request)]
    if request.extended:
        found.append(
            line(f"People got {words.span_of(request.extended)} more, because nobody could reach Wardroom.")
        )
    return [*found, *_links(request)]


def _pending(request: Request) -> list[Line]:
    found = []
    rules = request.rules
    if request.takes_effect is not None:
        at = request.takes_effect
        takes_effect = ("takes effect ", When(at=at, ago=True), " unless somebody objects")
        found.append(line(Bold(text="Agreed: "), *takes_effect))
    if rules.valid_until is not None:
        found.append(line("Good until ", When(at=rules.valid_until, style="date_time"), ", and no longer"))
    if rules.objection is not None and request.takes_effect is None:
        found.append(line(f"What is agreed takes effect {words.left(rules.objection)} later"))
    if rules.silence is not None:
        found.append(line("If nobody answers, its policy approves it, unless anything speaks against it"))
    return found


def _decided(request: Request) -> list[Line]:
    match request.status:
        case Status.APPROVED if request.approved_until is not None:
            return [line("Can be used until ", When(at=request.approved_until), ", once")]
        case Status.EXECUTING if request.report_by is not None and is_by_hand(request):
            said = f"{request.requester_name} does it, and says what became of it; that is due "
            return [line(said, When(at=request.report_by, style="relative"))]
        case Status.EXECUTING if request.report_by is not None:
            gone = f". If its program is gone: /approvals reconcile {request.id} executed, or failed"
            return [line("Its result is due ", When(at=request.report_by, style="relative"), gone)]
        case Status.EXECUTION_UNKNOWN:
            return [line(Bold(text="What to do: "), words.reconcile(request))]
        case _:
            return []


def _links(request: Request) -> list[Line]:
    found = []
    if request.supersedes is not None:
        found.append(line(f"Takes the place of {request.supersedes}"))
    if request.superseded_by is not None:
        found.append(
            line(f"{request.superseded_by} takes its place: /approvals show {request.superseded_by}")
        )
    if request.previous is not None:
        found.append(line(f"The same was asked before as {request.previous}, and came to nothing"))
    return found


def looking(request: Request) -> tuple[Button, ...]:
    """What somebody presses who has found out what became of it."""
    if request.status is not Status.EXECUTION_UNKNOWN:
        return ()
    return tuple(
        Button(
            label=label,
            verb="approval.reconcile",
            object=request.id,
            args={"outcome": outcome},
            style=style,
            speak=f"{label} {request.id}",
        )
        for label, outcome, style in (
            ("It was done…", "executed", "primary"),
            ("It was not done…", "failed", "danger"),
        )
    )


def doing(request: Request) -> tuple[Button, ...]:
    """What whoever asked in words presses once it is approved: that they do it now, and then what became of it."""
    if not is_by_hand(request):
        return ()
    if request.status is Status.APPROVED:
        return (
            Button(
                label="Do it now",
                verb="approval.do",
                object=request.id,
                style="primary",
                speak=f"Do {request.id} now",
            ),
        )
    if request.status is not Status.EXECUTING:
        return ()
    return tuple(
        Button(
            label=label,
            verb="approval.report",
            object=request.id,
            args={"outcome": outcome},
            style=style,
            speak=f"{label} {request.id}",
        )
        for label, outcome, style in (("Done", "done", "primary"), ("It failed…", "failed", "danger"))
    )
