"""Which words are said to the bot as such, whatever way they come: `/ask` with a question is what the question would be."""

import re
from functools import partial

from core.language.entities import find
from core.language.intent import Intent
from core.language.leaning import wavering
from core.people.person import Person
from core.store.engine import Unit
from core.text import message
from core.world import World
from handlers.inbound import Asked, Command, Message

_ASK = re.compile(r"\s*/ask\s+(?=\S)", re.IGNORECASE)
_OF_ONE = re.compile(r"\s*(?:again|stop)\s+ASK-\d+\s*$", re.IGNORECASE)


def in_words(inbound: Asked) -> Asked:
    """The same, as a message to the bot if it is `/ask` with a question."""
    match inbound:
        case Command(area=area, text=text, options=options) if area.lower() == "ask":
            said = options.get("question", text)
        case Message(text=text, addressed=True):
            said = _ASK.sub("", text, count=1)
        case _:
            return inbound
    is_as_it_was = isinstance(inbound, Message) and said == inbound.text
    if not said.strip() or is_as_it_was or _OF_ONE.match(said):
        return inbound
    known = Message(key=inbound.key, actor=inbound.actor, place=inbound.place, text=said, addressed=True)
    return known.model_copy(update={"opinion": inbound.opinion})


def question(inbound: Asked) -> str:
    """The words of a message to the bot that is no command; empty for everything else."""
    if not isinstance(inbound, Message) or not inbound.addressed:
        return ""
    text = " ".join(message(inbound.text).split())
    return "" if text.startswith("/") else text


def settled(unit: Unit, world: World, person: Person, said: Message) -> Message:
    """The message as it is meant after all, where it takes back a piece of itself and it is clear which."""
    text = " ".join(said.text.split())
    if not wavering.wavers(text):
        return said
    meant = Intent.INCIDENT_UPDATE.value  # names of all kinds count then
    named = partial(find, now=unit.now, zone=person.timezone, names=world.names, intent=meant)
    order = wavering.settled(text, named)
    return said if order is None else said.model_copy(update={"text": order})
