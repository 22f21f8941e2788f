"""What of a conversation is kept and noticed: what was said to the bot, what it answered, and how somebody works with it."""

import re
from collections.abc import Mapping

from core.catalogue.names import Named
from core.conversation.answering import units as answering
from core.conversation.learning import units as learning
from core.conversation.memory import units as memory
from core.conversation.memory.turn import Tier
from core.people.person import Person
from core.runbooks.definition import Runbook
from core.store import outbox
from core.store.engine import Unit
from core.world import World
from handlers.cards import learning as cards
from handlers.inbound import Asked, Command, Message
from handlers.talk import pending, secrecy
from handlers.verb import Call, Reply, Verb

# What concerns somebody's own account is no conversation: codes are given there, and memory itself is looked at.
_ACCOUNT = "wardroom."
# What is asked of the bot about itself, or answered to it, is no work that could be usual.
ABOUT_US = "/wardroom "
# These begin runs, which are noticed where they begin, whatever words they came from.
_RUNS = ("runbook.run", "runbook.tell")
_KINDS = ("service", "environment")


def mind_of(world: World) -> memory.Mind:
    """The terms of remembering in this world."""
    return memory.Mind(world.memory, world.people, world.channels, world.conceal)


def here(call: Call) -> memory.Here:
    """Whose conversation, and where."""
    return memory.Here(call.person, call.place)


def as_agreed(unit: Unit, person: Person | None, inbound: Asked) -> tuple[Person | None, Asked]:
    """Who says what: in the time zone that they prefer, and with what they agreed to mean by words of their own."""
    if person is None or not isinstance(inbound, Message | Command):
        return person, inbound
    zone = learning.preferred(unit, person.id).get("zone", person.timezone)
    words = learning.words(unit, person.id)
    if words:
        known = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})(?![\w-])", re.IGNORECASE)
        changes = {"text": known.sub(lambda found: words[found[0].casefold()], inbound.text)}
        inbound = inbound.model_copy(update=changes)
    return person.model_copy(update={"timezone": zone}), inbound


def note(unit: Unit, call: Call, verb: Verb, reply: Reply) -> None:
    """Keep what was said in words or as a command and the answer; ask about what was noticed, if it is time to."""
    if not call.person.id or verb.name.startswith(_ACCOUNT):
        return
    said = secrecy.remembered(verb, _said(call))
    if said:
        both = ((Tier.PERSON, said), (Tier.BOT, _answer(reply)))
        memory.remember(unit, mind_of(call.world), here(call), both)
    if not call.world.memory.turns:
        return
    command = f"/{verb.command}"
    if verb.name not in _RUNS and not command.startswith(ABOUT_US):
        learning.did(unit, call.person, command)
    # Under a question of another kind, a yes would be to that.
    waits = pending.at(unit, call.person, call.place)
    asked = learning.due(unit, call.person.id) if waits is None else None
    if asked is not None:
        card = cards.offer(asked).model_dump(mode="json")
        outbox.whisper(unit, call.inbound.actor, call.place, card)


def ran(unit: Unit, call: Call, runbook: str, values: dict[str, str]) -> None:
    """Notice that somebody ran a runbook, and with what."""
    if call.world.memory.turns:
        learning.did(unit, call.person, f"/runbook run {runbook}")
        learning.chose(unit, call.person, runbook, values)


def fill(unit: Unit, call: Call, book: Runbook, values: dict[str, str]) -> dict[str, str]:
    """What somebody prefers for what they have not said; it wins over what the runbook takes by itself."""
    known = learning.defaults(unit, call.person.id, book.name)
    found = {
        name: known.get(name) or (known.get(param.type) if param.type in _KINDS else None)
        for name, param in book.params.items()
        if not values.get(name)
    }
    return {name: value for name, value in found.items() if value}


def meant(unit: Unit, call: Call, book: Runbook, before: dict[str, str], after: dict[str, str]) -> None:
    """Notice which words of somebody meant something else: those that are nobody's name."""
    if not call.world.memory.turns:
        return
    known: dict[str, Mapping[str, Named]] = {
        "service": call.world.services,
        "environment": call.world.environments,
    }
    for name, value in after.items():
        things = known.get(book.params[name].type) if name in book.params else None
        said = before.get(name, "")
        if things and said and said != value and value in things:
            names = {one.casefold() for thing in things.values() for one in (thing.name, *thing.aliases)}
            if said.casefold() not in names:
                learning.corrected(unit, call.person, said, value)


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
    # An answer that is still coming is kept once it is there.
    return f"I showed {reply.ref}." if reply.view and reply.view != answering.VIEW else ""
