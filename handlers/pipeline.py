"""From what arrived to what is answered: who, clean, understand, may, do, answer. One unit of work.

Source: the co-pilot design's request pipeline (1.2). What was done, what is said about it and the inbox row
that caused it are committed together, so a crash leaves either all of it or nothing.
"""

from core.errors import Forbidden, UnknownPerson, WardroomError
from core.people import permissions
from core.people import units as people
from core.people.person import Person
from core.store import inbox, outbox
from core.store.engine import Unit
from core.world import World
from handlers import arguments
from handlers.cards import problem
from handlers.cards.card import Card
from handlers.inbound import Asked, Correction, Inbound, Message, Reaction
from handlers.incidents import keeping
from handlers.talk import begun, following, remembering, reminding, reporting, secrecy
from handlers.talk.reading import Verbs
from handlers.talk.understood import understand
from handlers.verb import Call, Reply, Verb

_FEW = 3


def handle(unit: Unit, world: World, verbs: Verbs, inbound: Inbound) -> str:
    """Do what was asked for and answer; returns the name of the verb, or what became of it.

    Raises:
        WardroomError: it cannot be done; nothing was changed, `refuse` tells the person.
        DoubtedError: a language model is to say first what it takes the words for.
    """
    if isinstance(inbound, Reaction | Correction):
        outcome = keeping.noticed(unit, world, inbound)
        inbox.done(unit, inbound.key, outcome)
        return outcome
    try:
        return _asked(unit, world, verbs, inbound)
    except WardroomError as error:
        secrecy.beside(world, inbound, error)
        raise


def _asked(unit: Unit, world: World, verbs: Verbs, inbound: Asked) -> str:
    person = people.who(unit, world.people, inbound.actor)
    person, inbound = remembering.as_agreed(unit, person, inbound)
    inbound = reporting.addressed(unit, world, inbound)
    understood = understand(unit, world, verbs, inbound, person)
    if understood is None:
        inbox.done(unit, inbound.key, "not for us")
        return "not for us"
    if isinstance(inbound, Message) and (understood.answers or inbound.addressed):
        inbound = inbound.model_copy(update={"addressed": True, "named": True})
    call = _admit(understood.verb, person, world, inbound)
    if person is not None:
        people.was_here(unit, person)
    try:
        raw = secrecy.without(world, understood.verb, understood.raw)
        reply = understood.verb.run(unit, call, arguments.typed(understood.verb, raw))
    except WardroomError as error:
        error.mend = f"{error.mend} {following.besides(unit, call, understood.others)}".strip()
        raise
    reply = begun.named(unit, understood.verb, understood.meant, reply)
    reply = reminding.reminded(unit, call, understood.verb, understood.meant, reply)
    _answer(unit, call, reply)
    following.note(unit, call, understood.verb, understood.meant, reply, understood.others)
    remembering.note(unit, call, understood.verb, reply)
    secrecy.warn(unit, world, understood.verb, inbound)
    if not inbox.done(unit, inbound.key, understood.verb.name):
        raise AlreadyHandledError
    return understood.verb.name


class AlreadyHandledError(Exception):
    """Another process finished this row first; whatever this one did is rolled back."""


def refuse(unit: Unit, world: World, inbound: Inbound, error: WardroomError, reference: str | None) -> None:
    """Tell the person, alone, why it was not done and what becomes of what they were asked, and close the row."""
    if inbox.done(unit, inbound.key, error.code.lower()):
        reminding.refused(unit, world, inbound, error)
        card = problem.card(error, reference)
        _whisper(unit, inbound, card)


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
            _who_may(world, verb.needs()),
        )
    return Call(inbound=inbound, person=person, world=world)


def _who_may(world: World, permission: str) -> str:
    """Whom to ask instead: a few people by name."""
    able = [
        one.name
        for one in world.people.values()
        if one.active and one.is_human and permissions.may(one, permission, world.roles)
    ]
    named = ", ".join(able[:_FEW])
    more = " and others" if len(able) > _FEW else ""
    return f"Ask somebody who may: {named}{more}." if able else "Ask an administrator."


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
