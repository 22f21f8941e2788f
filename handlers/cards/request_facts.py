"""Who said what to a request, in a line or two, for whoever does not ask for all of it. Pure."""

from core.approvals import words
from core.approvals.request import Choice, Request, Vote
from core.approvals.settling.units import tally_of
from core.text import cut, moment, one_line
from handlers.cards.card import Button, Card, say

_FACTS, _REASON = 900, 160
_DONE = {Choice.APPROVE: "approved", Choice.REJECT: "rejected"}
_BY_VOTES = ("APPROVED", "EXECUTED")


def fact(request: Request, about: str) -> Card:
    """What is asked `about` a request: who `approved` it, who `rejected` it, or who `asked` for it."""
    said = _asked(request) if about == "asked" else _decided(request, about)
    show = Button(
        label=f"Show {request.id}", verb="approval.show", object=request.id, speak=f"Show {request.id}"
    )
    return say(cut(said, _FACTS)).model_copy(update={"controls": (show,)})


def _asked(request: Request) -> str:
    what = one_line(request.title, 120)
    asked = f"{request.requester_name} asked for {request.id} at {moment(request.created)}: {what}."
    if request.final is not None and request.final.code in _BY_VOTES:
        return f"{asked} {_votes(request, Choice.APPROVE)}".rstrip()
    return f"{asked} {_stands(request)}"


def _decided(request: Request, about: str) -> str:
    choices = [Choice.APPROVE, Choice.REJECT]
    if about == "rejected":
        choices.reverse()
    told = [_votes(request, one) for one in choices]
    nobody = "" if told[0] else f"Nobody has {about} {request.id}."
    voted = not request.is_pending and any(vote.choice is not Choice.ABSTAIN for vote in request.votes)
    stands = "" if voted else _stands(request)
    return " ".join(one for one in (nobody, *told, stands, _besides(request)) if one)


def _votes(request: Request, choice: Choice) -> str:
    found = [vote for vote in request.votes if vote.choice is choice]
    people = words.list_of([f"{vote.name} at {moment(vote.at)}{_why(vote)}" for vote in found])
    return f"{request.id} was {_DONE[choice]} by {people}." if found else ""


def _why(vote: Vote) -> str:
    return f" (“{one_line(vote.reason, _REASON)}”)" if vote.reason else ""


def _stands(request: Request) -> str:
    if request.is_pending:
        return f"It waits for people. {words.open_still(tally_of(request))}"
    return words.ended(request)


def _besides(request: Request) -> str:
    """Who was asked and has said nothing; while it waits, that is said already."""
    if request.is_pending:
        return ""
    voted = {vote.person for vote in request.votes}
    seats = [seat for seat in request.seats if not seat.gone and seat.level <= request.level]
    silent = dict.fromkeys(seat.name for seat in seats if seat.person not in voted)
    return f"Asked as well: {words.list_of(list(silent))}." if silent else ""
