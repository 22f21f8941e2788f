"""Stopping what runs by itself for an incident, and letting it go on."""

from core.incidents.remedies import units
from core.store.engine import Unit
from handlers.cards.card import say
from handlers.incidents.named import Words, about, which
from handlers.verb import Call, Reply, Verb

_ID = r"(?:incident\s+)?(?P<id>inc-\d+)"


def hold(unit: Unit, call: Call, args: Words) -> Reply:
    """Let nothing begin by itself any more."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.hold", args)
    incident = units.hold(unit, call.world, incident_id, call.person, args.text)
    said = f"Nothing begins by itself for {incident.id} now. `/incident release` lets it go on."
    return Reply(card=say(said, tone="good"))


def release(unit: Unit, call: Call, args: Words) -> Reply:
    """Let runbooks begin by themselves again."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.release", args)
    incident = units.release(unit, incident_id, call.person)
    return Reply(card=say(f"Runbooks may begin by themselves for {incident.id} again, within their limits."))


VERBS = (
    Verb(
        name="incident.hold",
        command="incident hold",
        help="Let nothing begin by itself for an incident any more.",
        example="/incident hold INC-1 I am on it",
        args=Words,
        run=hold,
        rest="text",
        patterns=(rf"(?:hold|halt)(?:\s+(?:the\s+)?automation\s+(?:for|of|on))?\s+{_ID}[.!]*",),
    ),
    Verb(
        name="incident.release",
        command="incident release",
        help="Let runbooks begin by themselves for an incident again.",
        example="/incident release INC-1",
        args=Words,
        run=release,
        rest="text",
    ),
)
