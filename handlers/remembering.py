"""What of a conversation is kept: what was said to the bot and what it answered, and nothing that was said to others."""

from core.conversation.memory import units as memory
from core.conversation.memory.turn import Tier
from core.store.engine import Unit
from core.wiring import World
from handlers.inbound import Command, Message
from handlers.verb import Call, Reply, Verb

# What concerns somebody's own account is no conversation: codes are given there, and memory itself is looked at.
_ACCOUNT = "wardroom."


def mind_of(world: World) -> memory.Mind:
    """The terms of remembering in this world."""
    return memory.Mind(world.memory, world.people, world.channels, world.conceal)


def here(call: Call) -> memory.Here:
    """Whose conversation, and where."""
    return memory.Here(call.person, call.place)


def note(unit: Unit, call: Call, verb: Verb, reply: Reply) -> None:
    """Keep what was said in words or as a command, and the answer."""
    said = _said(call)
    if said and call.person.id and not verb.name.startswith(_ACCOUNT):
        both = ((Tier.PERSON, said), (Tier.BOT, _answer(reply)))
        memory.remember(unit, mind_of(call.world), here(call), both)


def _said(call: Call) -> str:
    match call.inbound:
        case Message(addressed=True, text=text):
            return text
        case Command(area=area, text=text, options=options):
            named = (f"{name}={value}" for name, value in options.items())
            return " ".join((f"/{area}", text, *named)).strip()
    return ""


def _answer(reply: Reply) -> str:
    if reply.card is not None:
        return reply.card.summary or reply.card.title
    return f"I showed {reply.ref}." if reply.view else ""
