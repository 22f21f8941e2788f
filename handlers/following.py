"""What follows an answer: it is kept for the words that lean on it, and what else was asked for is offered."""

import re

from core.language.leaning.turns import Turn
from core.language.understand import Understanding
from core.store import outbox
from core.store.engine import Unit
from core.text import message, one_line
from handlers import talk
from handlers.cards import meaning as cards
from handlers.cards.card import Card
from handlers.grasp import keep, meaning
from handlers.inbound import Message
from handlers.verb import Call, Reply, Verb

_CHATTER = re.compile(
    r"(?:[\W_]|\b(?:thanks?|thx|thank you|ty|cheers|ok(?:ay)?|cool|great|nice|perfect|good|morning|night|evening|hi|hey|hello|bye|lol|haha"
    r"|very much|a lot|so much|you too|got it|no worries|np|everyone|all|team|that helped|:[a-z_+-]+:)\b)+",
    re.IGNORECASE,
)


_OWN_TALK = frozenset({"runbook.tell"})  # what answers the question of another room means nothing here


def is_chatter(text: str) -> bool:
    """Whether a message is made of thanks, greetings and the like alone."""
    said = one_line(message(text))
    return bool(said) and any(letter.isalpha() for letter in said) and _CHATTER.fullmatch(said) is not None


def note(unit: Unit, call: Call, verb: Verb, meant: Understanding | None, reply: Reply) -> None:
    """Keep what was said and answered, and offer what else the message asked for."""
    said = call.inbound
    if not isinstance(said, Message) or not said.addressed or not call.person.id or said.text.startswith("/"):
        return
    if verb.name in _OWN_TALK:
        return
    if meant is None:
        meant = meaning(unit, call.world, call.person, said)
    told = reply.card.summary or reply.card.title if reply.card is not None else reply.ref
    turns = (Turn("user", said.text, meant.intent.value, meant.entities), Turn("bot", told))
    talk.note(unit, call.person, call.place, turns)
    _offer(unit, call, meant)


def _offer(unit: Unit, call: Call, meant: Understanding) -> None:
    if not meant.others:
        return
    marked = [
        (keep(unit, call.person, f"{call.key}:{place}", one), one) for place, one in enumerate(meant.others)
    ]
    card: Card = cards.others([(mark, one.intent, one.text) for mark, one in marked])
    outbox.whisper(unit, call.inbound.actor, call.place, card.model_dump(mode="json"))
