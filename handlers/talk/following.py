"""What follows an answer: it is kept for the words that lean on it, and what else was asked for is offered."""

import re
from collections.abc import Sequence
from dataclasses import replace

from core.language.entity import Entity, EntityType
from core.language.intent import Intent
from core.language.leaning.turns import Turn, last_request
from core.language.understand import Understanding
from core.people.person import Person
from core.runbooks import records as runs
from core.runbooks.worded import is_free
from core.store import outbox
from core.store.engine import Unit
from core.text import cut
from core.world import World
from handlers.cards import meaning as cards
from handlers.cards.card import Card
from handlers.inbound import Click, Message, Submit
from handlers.talk import labels, secrecy
from handlers.talk import lately as talk
from handlers.talk.grasp import CHOOSE, MEANING, known, meaning
from handlers.talk.pending import Wanted, keep, over
from handlers.talk.queued import again, due, queue
from handlers.verb import Call, Reply, Verb

_RUN = re.compile(r"RUN-\d+")
_KINDS = {"service": EntityType.SERVICE, "environment": EntityType.ENVIRONMENT}
_TALK = (MEANING, CHOOSE, "ask.open")


def note(
    unit: Unit,
    call: Call,
    verb: Verb,
    meant: Understanding | None,
    reply: Reply,
    others: Sequence[Wanted] = (),
) -> None:
    """Keep what was said, pressed or typed as a command, and what was answered; offer what else a message asked for."""
    if not call.person.id:
        return
    if verb.name == "runbook.tell":
        again(unit, call)
    if verb.name not in _TALK:
        over(unit, call, is_read=verb.reads)
    _note(unit, call, verb, meant, reply)
    labels.keep(unit, call, reply.card)
    _offer(unit, call, others)


def _note(unit: Unit, call: Call, verb: Verb, meant: Understanding | None, reply: Reply) -> None:
    said, told = call.inbound, _told(reply)
    run = _run(unit, call.world, reply.told)
    if run is not None and verb.name == "runbook.tell":  # an answer or a correction says but a part of it
        talk.note(unit, call.world, call.person, call.place, (run, Turn("bot", told)))
        return
    if secrecy.answers_a_run(verb):
        talk.note(unit, call.world, call.person, call.place, (Turn("bot", told),))
        return
    if not isinstance(said, Message) or said.text.startswith("/"):
        _note_pressed(unit, call, verb, told)
        return
    if not said.addressed:
        return
    if verb.name == "ask.open":  # what was asked for before it is what the next words lean on
        answered = (Turn("user", said.text, "CLARIFICATION"), Turn("bot", told))
        talk.note(unit, call.world, call.person, call.place, answered)
        return
    meant = meant or heard(unit, call.world, call.person, said, verb)
    named = meant.entities
    if (
        run is not None
    ):  # what was only carried over from words before is lent no further than the run took it
        own = {*_KINDS.values(), *(one.type for one in run.entities)}
        named = (*run.entities, *(one for one in named if one.type not in own))
    said_so = Turn("user", meant.text, meant.intent.value, named, advised=meant.advised)
    turns = (said_so, Turn("bot", told))
    talk.note(unit, call.world, call.person, call.place, turns)


def _run(unit: Unit, world: World, told: str) -> Turn | None:
    """The run that came of what was said, as one would have ordered it in one sentence; None where none did."""
    found = _RUN.match(told)
    run = runs.get(unit, found.group()) if found else None
    book = world.runbooks.get(run.runbook) if run is not None else None
    if run is None or book is None:
        return None
    given = {name: run.params.get(name) for name, param in book.params.items() if not is_free(name, param)}
    pairs = " ".join(f"{name}={value}" for name, value in given.items() if value not in (None, ""))
    named = tuple(
        Entity(kind, str(given[name]), "", 0, 0)
        for name, param in book.params.items()
        if (kind := _KINDS.get(param.type)) and given.get(name)
    )
    runbook = Entity(EntityType.RUNBOOK, book.name, "", 0, 0)
    return Turn("user", f"run {book.name} {pairs}", Intent.RUNBOOK_EXECUTE.value, (*named, runbook))


def besides(unit: Unit, call: Call, others: Sequence[Wanted]) -> str:
    """What else was asked for, where the first of it cannot be done; empty if that was all."""
    left = [one.text for one in others] or [text for _, _, text in due(unit, call)]
    said = ", ".join(f"“{cut(text, 80)}”" for text in left)
    return f"You asked for more: {said}. Say it by itself." if said else ""


def heard(unit: Unit, world: World, person: Person, said: Message, verb: Verb) -> Understanding:
    """What words meant that this verb was taken for: a sentence that is known says itself what it asks for."""
    meant = meaning(unit, world, person, said)
    if not verb.intents or meant.intent in verb.intents:
        return meant
    return known(unit, world, person, said.text, verb.intents[0].value)


def _told(reply: Reply) -> str:
    """What the answer says, and which thing it is about."""
    words = reply.card.summary or reply.card.title if reply.card is not None else ""
    return " ".join(word for word in (words, reply.told, reply.ref) if word)


def _note_pressed(unit: Unit, call: Call, verb: Verb, told: str) -> None:
    """Keep what was answered to a press or a command, with what that asked for as far as it is known."""
    if not told:
        return
    before = last_request(talk.history(unit, call.person, call.place))
    is_open = verb.name in _TALK
    turn = replace(before, text="", advised=before.advised and is_open) if before is not None else None
    if not isinstance(call.inbound, Click | Submit):
        text = getattr(call.inbound, "text", "")
        intent = verb.intents[0].value if verb.intents else ""
        turn = Turn("user", text, intent, known(unit, call.world, call.person, text, intent).entities)
    turns = (*((turn,) if turn is not None else ()), Turn("bot", told))
    talk.note(unit, call.world, call.person, call.place, turns)


def _offer(unit: Unit, call: Call, others: Sequence[Wanted]) -> None:
    """What else was asked for, one after the other: with the answer to the first, and again when that is done."""
    if others:
        left = [
            (
                keep(unit, call, one, order=one.order, nth=f":{number}"),
                one.intent.value,
                talk.veiled(call.world, one.text),
            )
            for number, one in enumerate(others)
        ]
    else:
        left = due(unit, call)
    if left:
        is_next = queue(unit, call, left)
        card: Card = cards.others(left, is_first=bool(others), is_next=is_next)
        outbox.whisper(unit, call.inbound.actor, call.place, card.model_dump(mode="json"))
