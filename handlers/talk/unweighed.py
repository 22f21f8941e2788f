"""Words that somebody said a moment ago and that nothing was made of yet, since they are weighed first: they can still be stopped."""

from typing import Any

from core.store import inbox
from core.store.engine import Unit
from handlers.inbound import Message
from handlers.talk import lately, whereabouts
from handlers.verb import Call


def dropped(unit: Unit, call: Call) -> str:
    """Close what the same person said to the bot here last and that is still weighed; what it said, or empty if there is none."""
    for row in inbox.before(unit, call.key):
        said = _said(row.payload)
        if said is None or (said.actor.platform, said.actor.user) != _who(call):
            continue
        is_here = said.addressed and whereabouts.is_same(said.place, call.place)
        if is_here and inbox.done(unit, row.key, "stopped"):
            return lately.veiled(call.world, " ".join(said.text.split()))
    return ""


def _said(payload: dict[str, Any]) -> Message | None:
    return Message.model_validate(payload) if payload.get("kind") == "message" else None


def _who(call: Call) -> tuple[str, str]:
    return call.inbound.actor.platform, call.inbound.actor.user
