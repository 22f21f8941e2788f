"""A yes to what was asked, typed or pressed: what was shown is what is done."""

import re
from collections.abc import Mapping
from dataclasses import replace

from core.conversation.sessions import units as sessions
from core.conversation.sessions.units import Turn
from core.errors import Conflict
from core.language.clarify import missing
from core.language.intent import Intent
from core.language.leaning.consent import Leaving, accepts, leaves
from core.language.understand import Understanding
from core.people.person import Person
from core.place import Place
from core.store.engine import Unit
from core.world import World
from handlers.inbound import Click, Message
from handlers.talk import lately as talk
from handlers.talk import pending, whereabouts
from handlers.talk.grasp import CHOOSE, Grasped, ask_back, decide, known, ordered
from handlers.talk.pending import Pending, find, session, words
from handlers.talk.queued import one_less
from handlers.verb import Verb

_IT = r"\W*(?:(?:yes|yep|no|nope)\b\W*)?(?:(?:it|that|this)(?:'s|’s| is)\s)?(?:declare\s)?"
_ANOTHER = re.compile(
    rf"{_IT}(?:not the same|(?:an?\s?other|another|(?:a )?(?:different|new|separate))(?: (?:one|incident))?)\W*",
    re.IGNORECASE,
)
_SAME = re.compile(rf"{_IT}(?:the )?same(?: (?:one|incident|thing|problem))?\W*", re.IGNORECASE)


def answer(
    unit: Unit, world: World, verbs: Mapping[str, Verb], person: Person, said: Message
) -> Grasped | None:
    """A yes or a plain no to whether to go on, typed instead of pressed."""
    is_yes, is_no = accepts(said.text), leaves(said.text) is Leaving.REFUSES
    asked = find(unit, person, said.place) if is_yes or is_no else None
    if asked is None or not asked.wants_a_yes:
        return None
    pending.close(unit, person, asked)
    if is_yes:
        sessions.remember(
            unit, person, session("agreed", asked.place), Turn("", {"text": asked.text, "key": said.key})
        )
    args = {"intent": asked.intent if is_yes else Intent.NONE.value}
    args |= {"sure": "yes"} if asked.mode == "sure" else {}
    click = Click(key=said.key, actor=said.actor, place=said.place, verb=CHOOSE, object=asked.mark, args=args)
    return chosen(unit, world, verbs, person, click, asked.place)


def one_or_other(
    unit: Unit, world: World, verbs: Mapping[str, Verb], person: Person, said: Message, asked: Pending
) -> Grasped | None:
    """The answer to whether it is one thing or another, where a no does something, too: “no”, “another one”, “the same”."""
    other = pending.otherwise(unit, person, asked)
    if other is None or other.verb not in verbs:
        return None
    if leaves(said.text) is Leaving.REFUSES or _ANOTHER.fullmatch(said.text):
        pending.drop(unit, person, asked)
        return Grasped(verbs[other.verb], dict(other.raw))
    is_same = _SAME.fullmatch(said.text) is not None
    return answer(unit, world, verbs, person, said.model_copy(update={"text": "yes"})) if is_same else None


def agreed(unit: Unit, person: Person, place: Place) -> str:
    """The words that this person said yes to here just now; empty if there are none."""
    kept = sessions.last(unit, person, session("agreed", place))
    return kept.said["text"] if kept is not None and unit.now - kept.at <= whereabouts.FRESH else ""


def chosen(
    unit: Unit,
    world: World,
    verbs: Mapping[str, Verb],
    person: Person,
    click: Click,
    place: Place | None = None,
) -> Grasped:
    """What is meant by a press of a button under a question of ours. What was shown is what is done.

    `place` is where it was asked, if it is answered elsewhere.

    Raises:
        Conflict: the question is over, or it was somebody else's.
    """
    asked = sessions.take(unit, person, words(click.object))
    if asked is None:
        raise Conflict("That question is over.", "Say again what you want.")
    text, value = asked.said["text"], click.args.get("value", "")
    intent = click.args.get("intent") or asked.intent
    one_less(unit, person, place or click.place, click.place)
    if intent not in Intent.__members__ or intent == Intent.NONE:
        for where in (place or click.place, click.place):
            talk.let_go(unit, person, where)
        return Grasped(verbs[CHOOSE], {"id": click.object})
    is_sure, order = click.args.get("sure") == "yes", pending.ordered(asked)
    meant = _with(known(unit, world, person, f"{text} {value}".strip(), intent), asked.said)
    if order is not None and intent == asked.intent and order.verb in verbs:
        verb, raw = verbs[order.verb], {**order.raw, **({click.args.get("as", "id"): value} if value else {})}
        if is_sure or not verb.shown_first:
            return Grasped(verb, raw, meant)
        return ask_back(world, verbs, ordered(verb, text), "sure", verb, raw)
    # What a model took the words for is still to be agreed to by whoever only says what was missing.
    meant = replace(meant, advised="advised" in asked.said and intent == asked.intent)
    return decide(world, verbs, meant, is_sure=is_sure) or ask_back(world, verbs, meant, "known")


def retold(unit: Unit, world: World, person: Person, text: str, asked: Pending) -> Understanding:
    """What these words mean in the place of those that were asked about, with what was known of these."""
    kept = sessions.last(unit, person, words(asked.mark))
    found = known(unit, world, person, text, asked.intent)
    return _with(found, kept.said) if kept is not None else found


def _with(meant: Understanding, said: Mapping[str, str]) -> Understanding:
    """With what was known when it was asked about, where the words do not say otherwise."""
    there = {one.type for one in meant.entities}
    more = tuple(one for one in talk.entities(said.get("named", "[]")) if one.type not in there)
    named = (*meant.entities, *more)
    return replace(meant, entities=named, missing=missing(meant.intent, {one.type for one in named}))
