"""Where an incident is followed: shown in another channel, or on another platform, as the same incident."""

from core.incidents.rooms import units
from core.incidents.rooms.room import chat
from core.store.engine import Unit
from handlers.cards.card import Code, say
from handlers.incidents.named import Words, about, which
from handlers.verb import Call, Reply, Verb


def room(unit: Unit, call: Call, args: Words) -> Reply:
    """Try at once to give it a room of its own, where there is none yet."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.room", args)
    there, tried = units.demand(unit, call.world, incident_id)
    said = [f"It is worked on in {one.name} ({chat(one.platform)})." for one in there]
    said += [f"I try it on {one.platform.title()} now; its thread says what came of it." for one in tried]
    return Reply(card=say(" ".join(said)))


_ID = r"(?:incident\s+)?(?P<id>inc-\d+)"


def follow(unit: Unit, call: Call, args: Words) -> Reply:
    """Show the card here too; what is told of it anywhere is told in its thread here."""
    incident_id, args = about(unit, call, args, "text")
    if incident_id is None:
        return which(unit, call, "incident.follow", args)
    incident = units.follow(unit, incident_id, call.place)
    words = (
        " is followed here now. Its card is in this channel, and what you ask for in its thread is about it."
    )
    return Reply(card=say(Code(text=incident.id), words))


VERBS = (
    Verb(
        name="incident.room",
        command="incident room",
        help="Give an incident a channel or post of its own at once, where that did not work before.",
        example="/incident room INC-1",
        args=Words,
        run=room,
        rest="text",
        permission="incident.update",
    ),
    Verb(
        name="incident.follow",
        command="incident follow",
        help="Show an incident in this channel too, also of another platform.",
        example="/incident follow INC-1",
        args=Words,
        run=follow,
        rest="text",
        permission="incident.read",
        patterns=(rf"follow\s+{_ID}(?:\s+here)?[.!]*",),
    ),
)
