"""Which of several guesses is meant, said by its place or its name instead of pressed: “the second”, “declare an incident”."""

from collections.abc import Mapping

from core.language.clarify import MEANINGS
from core.language.intent import Intent
from core.language.leaning import choosing
from core.people.person import Person
from core.store.engine import Unit
from core.world import World
from handlers.inbound import Click, Message
from handlers.talk import pending
from handlers.talk.grasp import CHOOSE, Grasped, known
from handlers.talk.pending import Pending
from handlers.verb import Verb

_NOTHING = (Intent.NONE, Intent.CLARIFICATION)


def picked(
    unit: Unit, world: World, verbs: Mapping[str, Verb], person: Person, said: Message, asked: Pending
) -> Grasped | None:
    """What is meant, by the guesses as they stand under the question; None if the words pick none of them."""
    weighed = known(unit, world, person, asked.text, "").guesses
    offered = {MEANINGS[one.intent]: one.intent for one in weighed if one.intent not in _NOTHING}
    names = {name.casefold(): name for name in offered}
    text = " ".join(said.text.split()).strip(" .!?")
    meant = names.get(text.casefold()) or choosing.picked(text, tuple(offered))
    if not meant:
        return None
    args = {"intent": offered[meant].value}
    click = Click(key=said.key, actor=said.actor, place=said.place, verb=CHOOSE, object=asked.mark, args=args)
    return pending.chosen(unit, world, verbs, person, click, asked.place)
