"""From words to a verb: what somebody means, or what has to be asked back first. Nothing is done here.

Source: the co-pilot design's request handler (1.2), steps 5 and 7. Where a language model is configured, it says what it takes
unsure words for (the pipeline has it asked), and gets what nothing here answers; it may look, and changes nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.conversation.memory.turn import session_of
from core.conversation.sessions import units as sessions
from core.conversation.sessions.units import Turn
from core.digest import digest, short
from core.errors import Conflict
from core.language.clarify import missing
from core.language.entity import Entity, EntityType, Names
from core.language.intent import Intent
from core.language.leaning.finder import Finder
from core.language.leaning.frame import frame
from core.language.leaning.turns import Turn as Heard
from core.language.quoted import own
from core.language.understand import ASKS, Request, Understanding, as_intent, opined, understand
from core.people.person import Person
from core.place import Place
from core.store.engine import Unit
from core.text import message, one_line
from core.wiring import World
from handlers import talk
from handlers.happenings import facts
from handlers.inbound import Click, Message
from handlers.talk import history
from handlers.verb import Verb

MEANING = "ask.meaning"
CHOOSE = "ask.choose"
HOW = "wardroom.how"
_LONGEST = 1_000
# A typed yes has the weight of a press, so it is one only when nothing else is said.
_YES = re.compile(
    r"\W*(?:(?:great|good|perfect|cool|nice|fine|alright|well|so)\b\W*)?"
    r"(?:(?:yes|yep|yeah|yup|y|sure|ok|okay|correct|go(?: on| ahead)?|do it|please do|proceed|confirm(?:ed)?)\b\W*){1,2}"
    r"(?:(?:then|please|pls|now)\b\W*){0,2}",
    re.IGNORECASE,
)
_NO = re.compile(r"\W*(?:no|nope|never\s?mind|cancel|stop|forget it|don'?t)\W*", re.IGNORECASE)
# A wish for a run asks for what it lacks by itself, one thing after the other.
_ASK_BACK = frozenset({Intent.INCIDENT_UPDATE, Intent.WORKFLOW_CANCEL})


@dataclass(frozen=True)
class Grasped:
    """A verb, what it is to work on, and the meaning that led to it; None where a button said it all."""

    verb: Verb
    raw: dict[str, str]
    meant: Understanding | None = None


def names_of(world: World) -> Names:
    """The names that are known in this world."""
    chats = {
        book.name: tuple(trigger.chat for trigger in book.triggers if trigger.chat)
        for book in world.runbooks.values()
    }
    return Names(
        services={one.name: tuple(one.aliases) for one in world.services.values()},
        environments={one.name: tuple(one.aliases) for one in world.environments.values()},
        runbooks=chats,
        people={one.id: (one.name,) for one in world.people.values()},
        channels=dict.fromkeys(world.channels, ()),
    )


def meaning(unit: Unit, world: World, person: Person, said: Message) -> Understanding:
    """What this person means by these words, after what was said before in the same place."""
    text = one_line(own(message(said.text)), _LONGEST)
    before = history(unit, person, said.place)
    meant = understand(
        text,
        now=unit.now,
        zone=person.timezone,
        names=names_of(world),
        history=before,
        addressed=True if said.addressed else None,
        facts=facts(unit, world, text, said.place),
        llm=opined(Intent(said.opinion)) if said.opinion else None,
    )
    earlier = next((turn for turn in reversed(before) if turn.intent == meant.intent), None)
    if earlier is not None and meant.how != "alone":
        meant = replace(meant, advised=meant.advised or earlier.advised)
    if earlier is None or meant.how not in ("answer", "fragment", "correction"):
        return meant
    finder = Finder(unit.now, person.timezone, names_of(world))
    return replace(meant, text=_retold(earlier, meant, finder))


def _retold(earlier: Heard, meant: Understanding, finder: Finder) -> str:
    """The request before in its own words, with what is meant now in the place of what was; and what else was said."""
    old = {(one.type, str(one.value)) for one in earlier.entities}
    new = {one.type: one for one in meant.entities if (one.type, str(one.value)) not in old}
    text, placed = earlier.text, set[EntityType]()
    for one in reversed(finder.find(text, earlier.intent)):
        if one.type in new:
            text = f"{text[: one.start]}{_words(new[one.type])}{text[one.end :]}"
            placed.add(one.type)
    is_bare = frame(meant.text, meant.entities).bare
    rest = [_words(one) for kind, one in new.items() if kind not in placed] if is_bare else [meant.text]
    return " ".join((text, *rest))


def _words(one: Entity) -> str:
    return one.value if isinstance(one.value, str) else one.text or str(one.value)


def known(unit: Unit, world: World, person: Person, text: str, intent: str) -> Understanding:
    """What the words mean, where it was said what they ask for; without an intent they are weighed alone."""
    names, when = names_of(world), facts(unit, world, text)
    if intent in Intent.__members__:
        return as_intent(text, Intent(intent), now=unit.now, zone=person.timezone, names=names, facts=when)
    return understand(text, now=unit.now, zone=person.timezone, names=names, facts=when)


def chosen(unit: Unit, world: World, verbs: Mapping[str, Verb], person: Person, click: Click) -> Grasped:
    """What is meant by a press of a button under a question of ours.

    Raises:
        Conflict: the question is over, or it was somebody else's.
    """
    asked = sessions.take(unit, person, _kept(click.object))
    if asked is None:
        raise Conflict("That question is over.", "Say again what you want.")
    text, value = asked.said["text"], click.args.get("value", "")
    intent = click.args.get("intent") or asked.intent
    if intent not in Intent.__members__ or intent == Intent.NONE:
        return Grasped(verbs[CHOOSE], {"id": click.object})
    meant = _with(
        known(unit, world, person, f"{text} {value}".strip(), intent), asked.said.get("named", "[]")
    )
    # What a model took the words for is still to be agreed to by whoever only says what was missing.
    meant = replace(meant, advised="advised" in asked.said and intent == asked.intent)
    found = decide(world, verbs, meant, is_sure=click.args.get("sure") == "yes")
    return found or _ask(verbs, meant, "known")


def decide(
    world: World, verbs: Mapping[str, Verb], meant: Understanding, *, is_sure: bool = False
) -> Grasped | None:
    """The verb for what was understood, or the question that comes before it; None if it means nothing here.

    What a second opinion took it for is shown first, too, unless it only looks.
    """
    if not meant.is_sure:
        is_open = meant.confidence >= ASKS and meant.guesses[0].intent not in (
            Intent.NONE,
            Intent.CLARIFICATION,
        )
        return _explained(world, verbs, meant) or (_ask(verbs, meant, "which") if is_open else None)
    if meant.intent is Intent.NONE:
        return _explained(world, verbs, meant)
    if meant.missing and meant.intent in _ASK_BACK:
        return _ask(verbs, meant, "lacks")
    for verb in verbs.values():
        raw = verb.hears(world, meant) if meant.intent in verb.intents else None
        if raw is not None and (is_sure or not _shown_first(verb, meant)):
            return Grasped(verb, raw, meant)
        if raw is not None:
            return _ask(verbs, meant, "sure", f"/{verb.command}")
    return _explained(world, verbs, meant) or (None if world.llm_model else _ask(verbs, meant, "known"))


def _explained(world: World, verbs: Mapping[str, Verb], meant: Understanding) -> Grasped | None:
    """The documentation, where the words are a question that it is plainly about."""
    raw = verbs[HOW].hears(world, meant)
    return Grasped(verbs[HOW], raw, meant) if raw is not None else None


def keep(
    unit: Unit, person: Person, place: Place, key: str, meant: Understanding | Request, mode: str = ""
) -> str:
    """Keep words for the buttons under a card; returns the mark that they carry. Whether to go on may be typed in this place."""
    mark = short(digest(key))
    named = talk.named(meant.entities) if isinstance(meant, Understanding) else "[]"
    kept = {"text": meant.text, "named": named}
    kept |= {"advised": "yes"} if isinstance(meant, Understanding) and meant.advised else {}
    sessions.remember(unit, person, _kept(mark), Turn(meant.intent.value, kept))
    if mode == "sure":
        sessions.remember(unit, person, _open(place), Turn(meant.intent.value, {"mark": mark}))
    return mark


def _with(meant: Understanding, kept: str) -> Understanding:
    """With what was known when it was asked about, where the words do not say otherwise."""
    there = {one.type for one in meant.entities}
    more = tuple(one for one in talk.entities(kept) if one.type not in there)
    named = (*meant.entities, *more)
    return replace(meant, entities=named, missing=missing(meant.intent, {one.type for one in named}))


def _shown_first(verb: Verb, meant: Understanding) -> bool:
    is_grave = meant.intent.is_destructive or meant.intent is Intent.INCIDENT_START
    # Nor is a change repeated for other things before somebody has seen what would be done.
    is_carried = meant.how == "fragment" and meant.intent is Intent.INCIDENT_UPDATE
    return is_grave or ((meant.advised or is_carried) and not verb.reads)


def answer(
    unit: Unit, world: World, verbs: Mapping[str, Verb], person: Person, said: Message
) -> Grasped | None:
    """A yes or a no to whether to go on, typed instead of pressed."""
    asks = said.text.rstrip().endswith("?")
    is_yes, is_no = (not asks and one.fullmatch(said.text) is not None for one in (_YES, _NO))
    asked = sessions.take(unit, person, _open(said.place)) if is_yes or is_no else None
    if asked is None or not sessions.last(unit, person, _kept(asked.said["mark"])):
        return None
    args = {"intent": asked.intent if is_yes else Intent.NONE.value, "sure": "yes"}
    click = Click(
        key=said.key, actor=said.actor, place=said.place, verb=CHOOSE, object=asked.said["mark"], args=args
    )
    return chosen(unit, world, verbs, person, click)


def waits(unit: Unit, person: Person, place: Place) -> bool:
    """Whether this person was asked in this place whether to go on, and has not said so."""
    return sessions.last(unit, person, _open(place)) is not None


def over(unit: Unit, person: Person, place: Place) -> None:
    """Something else was done in this place since it was asked whether to go on: a yes that is typed now is to nothing."""
    sessions.take(unit, person, _open(place))


def _open(place: Place) -> str:
    return f"open:{short(digest(session_of(place)))}"


def _kept(mark: str) -> str:
    return f"said:{mark[:16]}"


def _ask(verbs: Mapping[str, Verb], meant: Understanding, mode: str, would: str = "") -> Grasped:
    intent = "" if mode == "which" else meant.intent.value
    named = talk.named(meant.entities)
    raw = {"said": meant.text, "intent": intent, "mode": mode, "would": would, "named": named}
    raw |= {"advised": "yes"} if meant.advised else {}
    return Grasped(verbs[MEANING], raw, meant if mode != "which" else replace(meant, others=()))
