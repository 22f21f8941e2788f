"""Questions that a fact answers which somebody told the bot to remember there; asked in one's own words, without a command."""

from core.conversation.memory import records
from core.conversation.memory import units as memory
from core.conversation.memory.turn import Tier
from core.language.leaning.frame import frame
from core.people.person import Person
from core.stems import terms
from core.store.engine import Unit
from core.text import message
from core.world import World
from handlers.inbound import Message
from handlers.talk.remembering import mind_of

_ROOM = 600  # tokens of what is looked through
_ENOUGH = 2 / 3  # of a question's words are in the fact
_FEW = 2  # words; fewer say too little of what is asked


def answers(unit: Unit, world: World, person: Person, said: Message) -> bool:
    """Whether a fact that was told there, and may be seen there, is plainly about this question."""
    text = message(said.text)
    asked = set(terms(text))
    if len(asked) < _FEW or not frame(text, ()).asks:
        return False
    found = memory.recall(unit, mind_of(world), memory.Here(person, said.place), text, _ROOM)
    rows = records.get_all(unit, [int(one.said.id) for one in found])
    facts = (set(terms(row.text)) for row in rows if row.tier is Tier.FACT)
    return any(len(asked & fact) >= _ENOUGH * len(asked) for fact in facts)
