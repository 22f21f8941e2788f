"""From what arrived to what is answered: who, clean, understand, may, do, answer. One unit of work.

Source: the co-pilot design's request pipeline (1.2). What was done, what is said about it and the inbox row
that caused it are committed together, so a crash leaves either all of it or nothing.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from core.errors import Forbidden, Invalid, NotFound, UnknownPerson, WardroomError
from core.people import permissions
from core.people import units as people
from core.people.person import Person
from core.place import Place
from core.runbooks import from_language
from core.runbooks.wishing import records as wishes
from core.store import inbox, outbox
from core.store.engine import Unit
from core.text import cut, message
from core.wiring import World
from handlers import arguments, keeping, remembering
from handlers.cards import problem
from handlers.cards.card import Card
from handlers.inbound import Asked, Click, Command, Correction, Inbound, Message, Reaction, Submit
from handlers.spoken import in_words, question
from handlers.verb import Call, Reply, Verb


class Verbs(Protocol):
    """The registry, as the pipeline sees it."""

    @property
    def verbs(self) -> tuple[Verb, ...]:
        """Every verb."""
        ...

    @property
    def by_name(self) -> dict[str, Verb]:
        """Verbs by `area.verb`."""
        ...

    @property
    def by_command(self) -> dict[str, Verb]:
        """Verbs by the words after the slash."""
        ...

    def nearest(self, words: str) -> str | None:
        """The command that was probably meant."""
        ...


@dataclass(frozen=True)
class Understood:
    """A verb and what it is to work on."""

    verb: Verb
    raw: dict[str, str]


def handle(unit: Unit, world: World, verbs: Verbs, inbound: Inbound) -> str:
    """Do what was asked for and answer; returns the name of the verb, or what became of it.

    Raises:
        WardroomError: it cannot be done; nothing was changed, `refuse` tells the person.
    """
    if isinstance(inbound, Reaction | Correction):
        outcome = keeping.noticed(unit, world, inbound)
        inbox.done(unit, inbound.key, outcome)
        return outcome
    person = people.who(unit, world.people, inbound.actor)
    person, inbound = remembering.as_agreed(unit, person, inbound)
    understood = _understood(unit, world, verbs, inbound)
    if understood is None:
        inbox.done(unit, inbound.key, "not for us")
        return "not for us"
    call = _admit(understood.verb, person, world, inbound)
    if person is not None:
        people.was_here(unit, person)
    reply = understood.verb.run(unit, call, arguments.typed(understood.verb, understood.raw))
    _answer(unit, call, reply)
    remembering.note(unit, call, understood.verb, reply)
    if not inbox.done(unit, inbound.key, understood.verb.name):
        raise AlreadyHandledError
    return understood.verb.name


def _understood(unit: Unit, world: World, verbs: Verbs, inbound: Asked) -> Understood | None:
    """The verb that is meant, also by words that mean something only after what was said before, or to a model."""
    inbound = in_words(inbound)
    try:
        understood = understand(world, verbs, inbound)
    except Invalid as error:
        understood = _after_all(unit, world, verbs, inbound) or _to_a_model(world, verbs, inbound, error)
        if understood is None:
            raise
    return understood or _after_all(unit, world, verbs, inbound)


def _to_a_model(world: World, verbs: Verbs, inbound: Asked, error: Invalid) -> Understood | None:
    """The question as one for the language model; None where there is none, or it was no question to us."""
    asked = question(inbound) if world.llm_model else ""
    if not asked:
        return None
    return Understood(verbs.by_name["ask.question"], {"question": asked, "hint": error.sentence()})


def _after_all(unit: Unit, world: World, verbs: Verbs, inbound: Asked) -> Understood | None:
    """The answer to a question about a run, its correction, or a sentence that is about a runbook."""
    text = " ".join(inbound.text.split()) if isinstance(inbound, Message) else ""
    if not isinstance(inbound, Message) or not text or len(text) > _ORDER_LIMIT or text.startswith("/"):
        return None
    person = people.who(unit, world.people, inbound.actor)
    here = inbound.place
    anywhere = inbound.addressed and not here.thread
    wish = wishes.latest(unit, person.id, here, anywhere=anywhere) if person else None
    if wish is not None and (wish.state == "open" or from_language.corrects(text)):
        return Understood(verbs.by_name["runbook.tell"], {"id": wish.id, "said": text})
    if inbound.addressed and from_language.matching(world.runbooks, text):
        return Understood(verbs.by_name["runbook.run"], {"runbook": "", "said": text})
    return None


class AlreadyHandledError(Exception):
    """Another process finished this row first; whatever this one did is rolled back."""


def refuse(unit: Unit, inbound: Inbound, error: WardroomError, reference: str | None) -> None:
    """Tell the person, alone, why it was not done, and close the row."""
    if inbox.done(unit, inbound.key, error.code.lower()):
        card = problem.card(error, reference)
        _whisper(unit, inbound, card)


def understand(world: World, verbs: Verbs, inbound: Asked) -> Understood | None:
    """The verb that is meant; None when this was not said to us.

    Raises:
        Invalid: it was said to us, and means nothing to us.
    """
    match inbound:
        case Click() | Submit():
            return _pressed(verbs, inbound)
        case Command():
            return _command(verbs, f"{inbound.area} {message(inbound.text)}".strip(), inbound.options)
        case Message():
            return _words(world, verbs, inbound)


def _pressed(verbs: Verbs, inbound: Click | Submit) -> Understood:
    verb = verbs.by_name.get(inbound.verb)
    if verb is None:
        raise NotFound(
            "This button is from an older version.", "Ask for the card again, for example `/approvals list`."
        )
    return Understood(verb, arguments.from_button(inbound))


def _command(verbs: Verbs, text: str, options: dict[str, str]) -> Understood:
    words = text.split()
    for length in (2, 1):
        verb = verbs.by_command.get(" ".join(words[:length]).lower())
        if verb is not None and (length > 1 or len(words) == 1 or verb.command == words[0].lower()):
            rest = text.split(None, length)[length:]
            return Understood(verb, arguments.from_words(verb, rest[0] if rest else "") | options)
    raise _unknown(verbs, f"/{text}", " ".join(words[:2]))


def _words(world: World, verbs: Verbs, inbound: Message) -> Understood | None:
    if not inbound.addressed and (len(inbound.text) > _ORDER_LIMIT or not _listens(world, inbound.place)):
        return None
    text = " ".join(message(inbound.text).split())
    if inbound.addressed and _is_command(verbs, text):
        return _command(verbs, text.removeprefix("/"), {})
    for verb in verbs.verbs:
        for pattern in verb.patterns if inbound.addressed or not verb.when_named else ():
            found = re.fullmatch(pattern, text, re.IGNORECASE)
            if found:
                return Understood(verb, {name: value for name, value in found.groupdict().items() if value})
    if inbound.addressed:
        return _lost(world, verbs, text)
    return None


# Without being named, the bot takes only short sentences that say exactly what it knows.
_ORDER_LIMIT = 300


def _is_command(verbs: Verbs, text: str) -> bool:
    words = text.lower().split()
    return text.startswith("/") or " ".join(words[:2]) in verbs.by_command


def _lost(world: World, verbs: Verbs, text: str) -> Understood:
    if not text:
        return Understood(verbs.by_command["wardroom help"], {})
    error = _unknown(verbs, text, text)
    if world.llm_model:
        error.mend += " If no runbook does what you want, I can have one drafted: `/runbook draft …`."
    raise error


def _listens(world: World, place: Place) -> bool:
    """In the channels that the configuration names, people need not call the bot by its name."""
    return any(_same_channel(place, known) for channel in world.channels.values() for known in channel.places)


def _same_channel(one: Place, other: Place) -> bool:
    return (one.platform, one.channel) == (other.platform, other.channel)


def _unknown(verbs: Verbs, text: str, words: str) -> Invalid:
    nearest = verbs.nearest(words)
    known = verbs.by_command.get(nearest) if nearest else None
    hint = (
        f"Did you mean `/{nearest}`? For example `{known.example}`."
        if known
        else "`/wardroom help` shows what I can do."
    )
    return Invalid(f"I did not understand “{cut(text, 80)}”.", hint)


def _admit(verb: Verb, person: Person | None, world: World, inbound: Asked) -> Call:
    if person is None:
        if not verb.open:
            raise UnknownPerson(
                "I do not know you yet, so I cannot do that.",
                "If you have an account elsewhere, say `/wardroom link` there and use the code here; "
                f"otherwise ask an administrator of {world.workspace} to add you.",
            )
        person = Person(id="", name=inbound.actor.name or "you", active=False)
    elif not permissions.may(person, verb.needs(), world.roles):
        mine = ", ".join(sorted(person.roles)) or "none"
        raise Forbidden(
            f"You may not do that: it needs the permission `{verb.needs()}`. Your roles: {mine}.",
            "Ask an administrator, or somebody who may.",
        )
    return Call(inbound=inbound, person=person, world=world)


def _answer(unit: Unit, call: Call, reply: Reply) -> None:
    inbound = call.inbound
    if reply.to_home:
        outbox.home(unit, inbound.actor, call.person.id)
    if reply.view:
        outbox.publish(unit, reply.view, reply.ref, inbound.place)
    if reply.card is not None and reply.public:
        outbox.say(unit, inbound.place, reply.card.model_dump(mode="json"))
    elif reply.card is not None:
        _whisper(unit, inbound, reply.card)


def _whisper(unit: Unit, inbound: Inbound, card: Card) -> None:
    words = card.model_dump(mode="json")
    outbox.whisper(unit, inbound.actor, inbound.place, words, answering=inbound.key)
