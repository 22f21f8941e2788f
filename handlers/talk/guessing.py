"""Which of several guesses or things is meant, said by its place or its name instead of pressed: “the second”, “declare an incident”."""

from collections.abc import Mapping
from dataclasses import replace

from core.incidents import records as incidents
from core.language.clarify import MEANINGS
from core.language.entity import Entity, EntityType
from core.language.intent import Intent
from core.language.leaning import choosing
from core.language.leaning.consent import accepts, nods
from core.language.leaning.frame import frame
from core.language.smalltalk import is_chatter
from core.people.person import Person
from core.store.engine import Unit
from core.world import World
from handlers.inbound import Click, Message
from handlers.talk import consenting, pending, queued
from handlers.talk.grasp import CHOOSE, Grasped, known, meaning
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
    return consenting.chosen(unit, world, verbs, person, click, asked.place)


def next_one(
    unit: Unit, world: World, verbs: Mapping[str, Verb], person: Person, said: Message, asked: Pending
) -> Grasped | None:
    """One of what else was asked for, by its place on the card or by its words; None if the words pick none of it."""
    left = queued.offered(unit, person, asked.place)
    text = " ".join(said.text.split()).strip(" .!")
    marks = {words.casefold(): (mark, intent) for mark, intent, words in left}
    found = marks.get((choosing.picked(text, tuple(words for _, _, words in left)) or text).casefold())
    if found is None:
        return None
    pending.close(unit, person, asked)
    mark, intent = found
    click = Click(
        key=said.key, actor=said.actor, place=said.place, verb=CHOOSE, object=mark, args={"intent": intent}
    )
    return consenting.chosen(unit, world, verbs, person, click, asked.place)


def placed(
    unit: Unit, world: World, verbs: Mapping[str, Verb], person: Person, said: Message, asked: Pending
) -> Grasped | None:
    """The order with the incident that it is about, of those that were offered for it; None if the words pick none of them."""
    meant = _incident(unit, world, person, said, asked.offered)
    if not meant:
        return None
    args = {"intent": asked.intent, "value": meant}
    click = Click(key=said.key, actor=said.actor, place=said.place, verb=CHOOSE, object=asked.mark, args=args)
    found = consenting.chosen(unit, world, verbs, person, click, asked.place)
    pointed_at = (Entity(EntityType.INCIDENT_ID, meant, "", 0, 0, 1.0),)
    return replace(found, meant=replace(found.meant, entities=pointed_at)) if found.meant else found


def titled(
    unit: Unit, world: World, verbs: Mapping[str, Verb], person: Person, said: Message, asked: Pending
) -> Grasped | None:
    """The incident that these words say what is wrong for, shown before it is declared; None if they ask for something else."""
    text = " ".join(said.text.split())
    shape = frame(text, ())
    is_other = shape.asks_openly or shape.looks or shape.orders or text.endswith("?")
    if is_other or is_chatter(text) or accepts(text) or nods(text):
        return None
    args = {"intent": asked.intent, "value": text, "as": "title"}
    click = Click(key=said.key, actor=said.actor, place=said.place, verb=CHOOSE, object=asked.mark, args=args)
    return consenting.chosen(unit, world, verbs, person, click, asked.place)


def _incident(unit: Unit, world: World, person: Person, said: Message, offered: tuple[str, ...]) -> str:
    """By its place, its id, what only its title names, or with a yes where there is but one."""
    text = " ".join(said.text.split()).strip(" .!?")
    if accepts(text) and len(offered) == 1:
        return offered[0]
    if text.upper() in offered:
        return text.upper()
    if by_place := choosing.picked(text, offered):
        return by_place
    if not frame(text, meaning(unit, world, person, said).entities).bare:
        return ""
    titles = tuple(f"{one} {incidents.get(unit, one).title}" for one in offered)
    found = choosing.chosen(text, titles)
    return found.text.partition(" ")[0] if found is not None else ""


BY_MODE = {"which": picked, "of": placed, "title": titled, "next": next_one}
"""By what was asked how words are read that may answer it."""
