"""What came of a dry run, told to whoever planned it, alone, and shown to those who are asked."""

from core.errors import Forbidden
from core.people.permissions import may
from core.place import Actor, Place
from core.runbooks.gate import permit
from core.runbooks.plan import Plan
from core.runbooks.rehearsing import units
from core.runbooks.rehearsing.records import Rehearsal
from core.runbooks.rehearsing.units import want
from core.store import outbox
from core.store.engine import Unit
from handlers.cards.card import Part
from handlers.cards.rehearsal import announced, card
from handlers.verb import Call


def tried(unit: Unit, call: Call, plan: Plan) -> tuple[Part, ...]:
    """Wish for a dry run whose outcome is told to whoever asked, alone; what to say of it meanwhile.

    Trying starts programs, so it is for those who could run it.
    """
    if call.only_looks or not may(call.person, "runbook.run", call.world.roles):
        return ()
    try:
        permit(plan, call.person, call.world.teams)
    except Forbidden:
        return ()
    inbound = call.inbound
    whom = {
        "actor": inbound.actor.model_dump(mode="json"),
        "place": inbound.place.model_dump(mode="json"),
        "answering": inbound.key,
    }
    return announced(want(unit, call.world, plan, whom))


def finish(unit: Unit, one: Rehearsal, texts: dict[str, str]) -> None:
    """Keep what came of it, and tell it."""
    units.finish(unit, one, texts)
    if one.whom:
        told = card(Plan.model_validate(one.plan), texts).model_dump(mode="json")
        actor, place = Actor.model_validate(one.whom["actor"]), Place.model_validate(one.whom["place"])
        outbox.whisper(unit, actor, place, told, answering=str(one.whom["answering"]))
