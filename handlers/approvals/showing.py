"""What people look at: a request with its buttons, everything about it, or who did one thing to it."""

from typing import Literal

from core.approvals import records
from core.approvals.request import Request
from core.approvals.talking import records as talking
from core.approvals.telling import units as telling
from core.ids import parse_numbered
from core.oncall import units as oncall
from core.people.permissions import may
from core.runbooks.rehearsing import units as rehearsing
from core.store import events
from core.store.engine import Unit
from core.world import World
from handlers.cards import approval as cards
from handlers.cards import rehearsal, request_facts, review
from handlers.cards.card import Card
from handlers.verb import Args, Call, OnObject, Reply

_ALONE = "approval.break_glass"


class Show(Args):
    """Which request; `show`: only who did that to it."""

    id: str
    show: Literal["", "approved", "rejected", "asked"] = ""


def show(unit: Unit, call: Call, args: Show) -> Reply:
    """The request's card with its buttons, or who did one thing to it."""
    if args.show:
        return Reply(card=request_facts.fact(records.get(unit, numbered(args.id)), args.show))
    return Reply(card=live(unit, call.world, numbered(args.id)))


def details(unit: Unit, call: Call, args: OnObject) -> Reply:
    """Everything about a request, for one pair of eyes."""
    request = records.get(unit, numbered(args.id))
    history = events.history(unit, request.id)
    remarks = talking.of(unit, request.id)
    told = telling.told(unit, call.world, request.id)
    card = cards.details(call.world, request, history, told, remarks)
    if (
        request.is_pending
        and request.rules.break_glass.allowed
        and may(call.person, _ALONE, call.world.roles)
    ):
        card = card.model_copy(update={"controls": (review.glass_button(request),)})
    return Reply(card=card)


def live(unit: Unit, world: World, ref: str) -> Card:
    """The card as it stands now."""
    request = records.get(unit, ref)
    card = cards.card(world, request) if not request.is_pending else _open(unit, world, request)
    if not request.is_review:
        return card
    of = records.get(unit, str(request.subject["request"]))
    return card.model_copy(update={"parts": (*card.parts, review.came_of(of))})


def _open(unit: Unit, world: World, request: Request) -> Card:
    asked = [world.people[seat.person] for seat in request.seats if seat.person in world.people]
    there = oncall.whereabouts(unit, asked, world.schedules)
    untold = telling.untold(unit, world, request.id)
    card = cards.card(world, request, untold, talking.of(unit, request.id), there)
    tried = rehearsing.latest(unit, str(request.subject.get("plan", ""))) if request.kind == "runbook" else {}
    return card.model_copy(update={"parts": (*card.parts, *rehearsal.parts(tried))})


def numbered(text: str) -> str:
    """The id of a request, as somebody wrote it."""
    return parse_numbered(text, "AP")
