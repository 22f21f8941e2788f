"""From words to a verb: what somebody means, or what has to be asked back first. Nothing is done here.

Source: the co-pilot design's request handler (1.2), steps 5 and 7. Where a language model is configured, it says what it takes
unsure words for (the pipeline has it asked), and gets what nothing here answers; it may look, and changes nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import orjson

from core.incidents.rooms import units as rooms
from core.language.clarify import MISTAKEN, missing
from core.language.entity import Entity, EntityType
from core.language.intent import Intent
from core.language.leaning.choosing import is_place
from core.language.leaning.finder import Finder
from core.language.leaning.frame import frame
from core.language.leaning.said import SAYS_SO
from core.language.leaning.turns import Turn as Heard
from core.language.leaning.turns import ids_of
from core.language.quoted import own
from core.language.understand import Understanding, as_intent, opined, understand
from core.people.person import Person
from core.runbooks.units.commit import VIEW
from core.runbooks.worded import is_filling
from core.store import outbox
from core.store.engine import Unit
from core.text import message, one_line
from core.world import World
from handlers import arguments
from handlers.inbound import Message
from handlers.talk import begun, heard, own_runs, picking, resolving
from handlers.talk import lately as talk
from handlers.talk.happenings import facts
from handlers.talk.lately import history
from handlers.verb import Verb

MEANING = "ask.meaning"
CHOOSE = "ask.choose"
HOW = "wardroom.how"
_RUN = "runbook.run"
_WORDS = "words"  # what was said before is kept under a name that tells nobody anything
_LONGEST = 1_000
_PLACE = re.compile(r"#?(\d{1,2})[.)]?")
_CHANGES = re.compile(
    r"\W*(?:(?:can|could|would|will) (?:you|u) )?(?:make|set|raise|lower|drop|change|downgrade|upgrade|assign|give)\b",
    re.IGNORECASE,
)
_ONE_OF = (EntityType.SERVICE, EntityType.ENVIRONMENT)
# A wish for a run asks for what it lacks by itself, one thing after the other.
RUNS = frozenset((Intent.DEPLOY, Intent.SCALE, Intent.RUNBOOK_EXECUTE, Intent.WORKFLOW_START))
_ASK_BACK = frozenset({Intent.INCIDENT_UPDATE, Intent.WORKFLOW_CANCEL})


@dataclass(frozen=True)
class Grasped:
    """A verb, what it is to work on, and the meaning that led to it; None where a button said it all."""

    verb: Verb
    raw: dict[str, str]
    meant: Understanding | None = None


def meaning(unit: Unit, world: World, person: Person, said: Message) -> Understanding:
    """What this person means by these words, after what was said before in the same place."""
    before = begun.lending(unit, history(unit, person, said.place)) or _beneath(unit, person, said)
    meant = _after(unit, world, person, said, before)
    leans = meant.how in ("answer", "correction") and not _is_only_values(meant)
    if meant.intent in RUNS and (leans or _is_no_place(meant)):
        meant = _after(unit, world, person, said, [])  # “my dog ate payments” says of no run for what it is
    near = _of_what_is_near(unit, said, _of_what_is_asked(meant), before)
    meant = own_runs.ended(unit, world, person, said.place, near)
    earlier = next((turn for turn in reversed(before) if turn.intent == meant.intent), None)
    if earlier is not None and meant.how != "alone":
        meant = replace(meant, advised=meant.advised or earlier.advised)
    if earlier is None or meant.how not in ("answer", "fragment", "correction") or _says_it_all(meant):
        return meant
    finder = Finder(unit.now, person.timezone, world.names)
    return replace(meant, text=_retold(earlier, meant, finder))


def _after(unit: Unit, world: World, person: Person, said: Message, before: list[Heard]) -> Understanding:
    text = one_line(own(message(said.text)), _LONGEST)
    place = _PLACE.fullmatch(text) if before and len(ids_of(before[-1:])) > 1 else None
    text = f"number {place[1]}" if place else text  # of incidents or runs that were just listed
    return understand(
        text,
        now=unit.now,
        zone=person.timezone,
        names=world.names,
        history=before,
        # Beneath something of ours, people also talk to each other: there only what is surely for us counts.
        addressed=said.named if said.addressed else None,
        facts=facts(unit, world, text, said.place),
        llm=opined(Intent(said.opinion)) if said.opinion else None,
    )


def _is_only_values(meant: Understanding) -> bool:
    """Whether words only name things, or say once more what is to be done with “it”."""
    shape = frame(meant.text, meant.entities)
    if shape.orders and shape.points:
        return True
    rest = meant.text
    for one in sorted(meant.entities, key=lambda one: -one.start):
        rest = f"{rest[: one.start]} {rest[one.end :]}" if one.text else rest
    return is_place(meant.text) or is_filling(rest, of_a_name=True)


def _is_no_place(meant: Understanding) -> bool:
    """Whether “the second” was taken for a day, because nothing was offered of which it is one."""
    return is_place(meant.text) and any(
        one.text and one.type is EntityType.TIME_RANGE for one in meant.entities
    )


def _of_what_is_asked(meant: Understanding) -> Understanding:
    """A question for causes that points at nothing is about nothing that was spoken of before."""
    shape = frame(meant.text, meant.entities)
    if meant.intent is not Intent.EXPLAIN or meant.how != "further" or shape.leans:
        return meant
    return replace(meant, entities=tuple(one for one in meant.entities if one.text))


def _of_what_is_near(unit: Unit, said: Message, meant: Understanding, before: list[Heard]) -> Understanding:
    """What changes an incident that nobody named changes the one that is worked on here, else “it” the one spoken of last."""
    if meant.intent is not Intent.INCIDENT_UPDATE or EntityType.INCIDENT_ID not in meant.missing:
        return meant
    told = [str(one.value) for one in ids_of(before) if one.type is EntityType.INCIDENT_ID]
    last = told[0] if len(told) == 1 and frame(meant.text, meant.entities).points else ""
    here = rooms.about(unit, said.place) or last
    if not here:
        return meant
    named = (*meant.entities, Entity(EntityType.INCIDENT_ID, here, "", 0, 0, 0.8))
    return replace(meant, entities=named, missing=missing(meant.intent, {one.type for one in named}))


def _says_it_all(meant: Understanding) -> bool:
    """Whether words that follow on something are an order or a report of their own: nothing of them is left out."""
    is_order = heard.begins_with_doing(meant.text) and not frame(meant.text, meant.entities).leans
    return is_order or resolving.is_over(meant.text) or _changes_it(meant)


def _changes_it(meant: Understanding) -> bool:
    """Whether words order a change of an incident that they point at: “make this sev4” is no part of the order before it."""
    points = meant.intent is Intent.INCIDENT_UPDATE and frame(meant.text, meant.entities).points
    return points and _CHANGES.match(meant.text) is not None


def _beneath(unit: Unit, person: Person, said: Message) -> list[Heard]:
    """What a thread is about, where whoever speaks has said nothing in it yet: their own words above it, or the run."""
    if own_words := talk.above(unit, person, said.place):
        return own_words
    run = (
        outbox.where_shown(unit, VIEW, said.place, newest=True) if said.named and said.place.thread else None
    )
    if not run:
        return []
    named = (Entity(EntityType.EXECUTION_ID, run, "", 0, 0, 0.8),)
    return [Heard("user", "", Intent.WORKFLOW_STATUS.value, named), Heard("bot", run)]


def _retold(earlier: Heard, meant: Understanding, finder: Finder) -> str:
    """The request before in its own words, with what is meant now in the place of what was; and what else was said."""
    old = {(one.type, str(one.value)) for one in earlier.entities}
    new = {
        one.type: one
        for one in meant.entities
        # Of two that were named, the one that is said now is meant, though it is not new.
        if (one.type, str(one.value)) not in old or (one.text and one.type in _ONE_OF)
    }
    for wanted in meant.missing[:1]:
        new.pop(
            MISTAKEN.get(wanted, wanted), None
        )  # an incident is no run, and takes no part in what is done to one
    text, placed = earlier.text, set[EntityType]()
    for one in reversed(finder.find(text, earlier.intent)):
        if one.type in new:
            text = f"{text[: one.start]}{_words(new[one.type])}{text[one.end :]}"
            placed.add(one.type)
    if is_place(meant.text):
        return text  # what was picked is known by now, and its place means nothing any more
    is_bare = frame(meant.text, meant.entities).bare
    rest = [_words(one) for kind, one in new.items() if kind not in placed] if is_bare else [meant.text]
    return " ".join((text, *rest))


def _words(one: Entity) -> str:
    return one.value if isinstance(one.value, str) else one.text or str(one.value)


def known(unit: Unit, world: World, person: Person, text: str, intent: str) -> Understanding:
    """What the words mean, where it was said what they ask for; without an intent they are weighed alone."""
    names, when = world.names, facts(unit, world, text)
    if intent in Intent.__members__:
        return as_intent(text, Intent(intent), now=unit.now, zone=person.timezone, names=names, facts=when)
    return understand(text, now=unit.now, zone=person.timezone, names=names, facts=when)


def decide(
    world: World, verbs: Mapping[str, Verb], meant: Understanding, *, is_sure: bool = False
) -> Grasped | None:
    """The verb for what was understood, or the question that comes before it; None if it means nothing here.

    What a second opinion took it for is shown first, too, unless it only looks.
    """
    if not meant.is_sure:
        found = _explained(world, verbs, meant) or _run_at_least(world, verbs, meant)
        return found or (ask_back(world, verbs, meant, "which") if meant.is_worth_asking else None)
    if meant.intent is Intent.NONE:
        return _explained(world, verbs, meant)
    if meant.missing and meant.intent in _ASK_BACK:
        return ask_back(world, verbs, meant, "lacks")
    for verb in verbs.values():
        raw = verb.hears(world, meant) if meant.intent in verb.intents else None
        if raw is not None and (is_sure or not _shown_first(verb, meant)):
            return Grasped(verb, raw, meant)
        if raw is not None:
            return ask_back(world, verbs, meant, "sure", verb, raw)
    is_open = meant.intent is not Intent.CLARIFICATION  # an answer to nothing is no question to a model
    found = _explained(world, verbs, meant)
    return found or (None if world.llm_model and is_open else ask_back(world, verbs, meant, "known"))


def _run_at_least(world: World, verbs: Mapping[str, Verb], meant: Understanding) -> Grasped | None:
    """The run that is plainly wanted where only the kind of it is unsure: to restart, to scale or to deploy."""
    verb, best = verbs[_RUN], meant.guesses[0]
    sure = sum(one.confidence for one in meant.guesses if one.intent in verb.intents)
    if best.intent not in verb.intents or sure < SAYS_SO or verb.hears is None:
        return None
    wanted = replace(meant, intent=best.intent)
    raw = verb.hears(world, wanted)
    return ask_back(world, verbs, wanted, "sure", verb, raw) if raw is not None else None


def _explained(world: World, verbs: Mapping[str, Verb], meant: Understanding) -> Grasped | None:
    """The documentation, where the words are a question that it is plainly about."""
    raw = verbs[HOW].hears(world, meant)
    return Grasped(verbs[HOW], raw, meant) if raw is not None else None


def _shown_first(verb: Verb, meant: Understanding) -> bool:
    is_grave = verb.shown_first or meant.intent.is_destructive or meant.intent is Intent.INCIDENT_START
    # Nor is a change repeated for other things before somebody has seen what would be done.
    is_carried = meant.how == "fragment" and meant.intent is Intent.INCIDENT_UPDATE
    is_asked = meant.intent is Intent.INCIDENT_UPDATE and heard.only_asks(meant.text)
    return is_grave or ((meant.advised or is_carried or is_asked) and not verb.reads)


def ordered(verb: Verb, text: str) -> Understanding:
    """Words that are known to ask for this verb."""
    intent = verb.intents[0] if verb.intents else Intent.CLARIFICATION
    return Understanding(intent, 1.0, text)


def _shown(world: World, verb: Verb, order: Mapping[str, str]) -> dict[str, str]:
    """The command as one would type it, and what it does in words; of a run with its runbook and what that is told."""
    if verb.name == _RUN:
        return picking.described(world, order)
    return {
        "would": arguments.written(verb, {name: one for name, one in order.items() if name != _WORDS}),
        "what": verb.asked if verb.shown_first else "",
    }


def ask_back(
    world: World,
    verbs: Mapping[str, Verb],
    meant: Understanding,
    mode: str,
    verb: Verb | None = None,
    order: Mapping[str, str] | None = None,
) -> Grasped:
    """The question before anything is done; `order` is what `verb` would work on. Nothing secret is named in it."""
    if verb is not None and verb.name == _RUN:
        order = picking.settled(world, order or {})
    # Only the words as they were said still tell what in them is a secret.
    meant = replace(meant, entities=talk.unveiled(world, meant.text, meant.entities))
    intent = "" if mode == "which" else meant.intent.value
    raw = {"said": meant.text, "intent": intent, "mode": mode, "named": talk.named(meant.entities)}
    raw |= {"advised": "yes"} if meant.advised else {}
    raw |= {"verb": verb.name, "order": orjson.dumps(dict(order or {})).decode()} if verb else {}
    raw |= _shown(world, verb, order or {}) if verb else {}
    return Grasped(verbs[MEANING], raw, meant if mode != "which" else replace(meant, others=()))
