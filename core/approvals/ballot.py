"""Who may say what on a request as it stands; the one gate before a vote is written. Pure."""

from core.approvals import words
from core.approvals.escalation import is_over
from core.approvals.request import Choice, Request, Seat, Status, Vote
from core.approvals.strength import is_enough
from core.errors import (
    AlreadyFinal,
    Invalid,
    NotAnApprover,
    OwnRequest,
    SecondFactorNeeded,
    StaleDigest,
    WardroomError,
)
from core.people.person import Person


def refusal(request: Request, voter: Person, vote: Vote, shown: str) -> WardroomError | None:
    """Why this person's decision cannot be taken now; None if it can.

    Args:
        request: as it stands, with everything that time has done to it.
        voter: who wants to decide.
        vote: what they say, and how sure it is that they say it.
        shown: the digest, or its beginning, of the subject that they were shown.
    """
    seat = request.seat_of(voter.id)
    if voter.id in request.rules.editors:
        return OwnRequest(f"You changed {request.id}, so you cannot vote on it.", "Others were asked.")
    if voter.id in request.rules.excluded and request.is_review:
        return OwnRequest(
            f"{request.id} is about what you did, so you cannot decide on it.", "Others were asked."
        )
    if voter.id in request.rules.excluded:
        return OwnRequest(f"You asked for {request.id}, so you cannot vote on it.", "Others were asked.")
    if seat is None or not voter.is_human or seat.level > request.level:
        return _not_asked(request, voter)
    late = _too_late(request, vote, seat)
    return late or _unfit(request, vote.choice, vote.reason, shown) or _unsure(request, vote)


def _not_asked(request: Request, voter: Person) -> WardroomError:
    asked = {group for seat in request.seats if seat.level <= request.level for group in seat.groups}
    mine = words.list_of(sorted(voter.roles)) or "none"
    said = f"{request.id} asks {words.list_of(sorted(asked))}. Your roles: {mine}."
    return NotAnApprover(said, "Your click was not counted.")


def _too_late(request: Request, vote: Vote, seat: Seat) -> WardroomError | None:
    if is_over(request, vote.at):
        return AlreadyFinal(
            f"The time of {request.id} was over at {words.clock(request.expires)}; yours came after."
        )
    revokes = request.status is Status.APPROVED and vote.choice is Choice.REJECT and seat.veto
    if request.is_pending or revokes:
        return None
    return AlreadyFinal(f"{words.present(request)}. Yours came after that and is not counted.")


def _unfit(request: Request, choice: Choice, reason: str, shown: str) -> WardroomError | None:
    if not shown or not request.digest.startswith(shown):
        return StaleDigest(
            f"{request.id} has changed since that card.", "Look at the card again, then decide."
        )
    if not reason and (choice is Choice.REJECT or request.rules.reason_to_approve):
        return Invalid("This needs a reason.", f"Say why: `/approvals {choice} {request.id} reason`.")
    return None


def _unsure(request: Request, vote: Vote) -> WardroomError | None:
    if is_enough(request.rules, vote):
        return None
    return SecondFactorNeeded(
        f"A yes to {request.id} needs your second factor, so nothing is recorded yet.",
        "Confirm it on the page that your own link opens; `/approvals show` and *Approve* give you one.",
    )
