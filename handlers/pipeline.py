"""From what arrived to what is answered: who, clean, understand, may, do, answer. One unit of work.

Source: the co-pilot design's request pipeline (1.2). What was done, what is said about it and the inbox row
that caused it are committed together, so a crash leaves either all of it or nothing.
"""

from core.errors import Forbidden, Invalid, UnknownPerson, WardroomError
from core.language.intent import Intent
from core.language.leaning.frame import frame
from core.language.understand import Understanding
from core.people import permissions
from core.people import units as people
from core.people.person import Person
from core.runbooks import from_language
from core.runbooks.wishing import records as wishes
from core.runbooks.wishing.wish import Wish
from core.store import inbox, outbox
from core.store.engine import Unit
from core.wiring import World
from handlers import arguments, following, grasp, keeping, remembering
from handlers.cards import problem
from handlers.cards.card import Card
from handlers.heard import in_full
from handlers.inbound import Asked, Click, Correction, Inbound, Message, Reaction
from handlers.reading import ORDER_LIMIT, Understood, Verbs, understand
from handlers.spoken import in_words, question
from handlers.verb import Call, Reply, Verb


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
    person = people.who(unit, world.people, inbound.actor)
    person, inbound = remembering.as_agreed(unit, person, inbound)
    understood = _understood(unit, world, verbs, inbound, person)
    if understood is None:
        inbox.done(unit, inbound.key, "not for us")
        return "not for us"
    call = _admit(understood.verb, person, world, inbound)
    if person is not None:
        people.was_here(unit, person)
    reply = understood.verb.run(unit, call, arguments.typed(understood.verb, understood.raw))
    _answer(unit, call, reply)
    following.note(unit, call, understood.verb, understood.meant, reply)
    remembering.note(unit, call, understood.verb, reply)
    if not inbox.done(unit, inbound.key, understood.verb.name):
        raise AlreadyHandledError
    return understood.verb.name


class DoubtedError(Exception):
    """Nobody is sure what words of `person` ask for: nothing was done, and a language model is to be asked.

    That takes too long for a unit. They come back with its opinion; `guesses` are the likeliest intents.
    """

    def __init__(self, person: str, meant: Understanding) -> None:
        super().__init__(person)
        self.person = person
        self.text = meant.text
        self.guesses = meant.guesses


def _understood(
    unit: Unit, world: World, verbs: Verbs, inbound: Asked, person: Person | None
) -> Understood | None:
    """The verb that is meant, also by words that mean something only after what was said before, or to a model."""
    said = in_words(inbound)
    # `/ask` begins something of its own: its words are no answer to what is open.
    answers, inbound = said is inbound, said
    if isinstance(inbound, Click) and inbound.verb == grasp.CHOOSE and person is not None:
        return _grasped(grasp.chosen(unit, world, verbs.by_name, person, inbound))
    try:
        understood = understand(world, verbs, inbound)
    except Invalid as error:
        understood = (
            (_settled(unit, world, verbs, inbound, person) if answers else None)
            or _after_all(unit, world, inbound, verbs, person, answers=answers)
            or _weighed(unit, world, verbs, inbound, person)
            or _to_a_model(world, verbs, inbound, error, person)
        )
        if understood is None and _is_chatter(inbound):
            return None
        if understood is None:
            raise
    return understood or _after_all(unit, world, inbound, verbs, person, answers=answers)


def _settled(
    unit: Unit, world: World, verbs: Verbs, inbound: Asked, person: Person | None
) -> Understood | None:
    """A yes or a no to whether to go on."""
    found = (
        grasp.answer(unit, world, verbs.by_name, person, inbound)
        if person is not None and isinstance(inbound, Message) and inbound.addressed
        else None
    )
    return _grasped(found) if found is not None else None


def _weighed(
    unit: Unit, world: World, verbs: Verbs, inbound: Asked, person: Person | None
) -> Understood | None:
    """What words to the bot most likely mean, or what is asked back; None if they mean nothing here.

    Raises:
        DoubtedError: a language model is to be asked first.
    """
    if person is None or not question(inbound) or not isinstance(inbound, Message):
        return None
    meant = grasp.meaning(unit, world, person, inbound)
    if not meant.is_sure and inbound.opinion is None and _has_counsel(world, verbs, person, inbound):
        raise DoubtedError(person.id, meant)
    found = grasp.decide(world, verbs.by_name, meant)
    return _grasped(found) if found is not None else None


def _has_counsel(world: World, verbs: Verbs, person: Person, inbound: Message) -> bool:
    """Whether a language model may be asked about these words of this person."""
    is_wanted = world.llm_model and world.llm.opinion and not _is_chatter(inbound)
    return bool(is_wanted) and permissions.may(person, verbs.by_name[_ASK].needs(), world.roles)


def _grasped(found: grasp.Grasped) -> Understood:
    return Understood(found.verb, found.raw, found.meant)


def _to_a_model(
    world: World, verbs: Verbs, inbound: Asked, error: Invalid, person: Person | None
) -> Understood | None:
    """The question as one for the language model; None where there is none, or it was no question to us."""
    asked = question(inbound) if world.llm_model and not _is_chatter(inbound) else ""
    verb = verbs.by_name[_ASK]
    if not asked or (person is not None and not permissions.may(person, verb.needs(), world.roles)):
        return None
    return Understood(verb, {"question": asked, "hint": error.sentence()})


def _is_chatter(inbound: Asked) -> bool:
    """Whether it is no more than thanks, a greeting or the like, which wants no answer."""
    return isinstance(inbound, Message) and following.is_chatter(inbound.text)


def _after_all(
    unit: Unit, world: World, inbound: Asked, verbs: Verbs, person: Person | None, *, answers: bool
) -> Understood | None:
    """The answer to a question about a run, its correction, or a sentence that is about a runbook."""
    text = " ".join(inbound.text.split()) if isinstance(inbound, Message) else ""
    if not isinstance(inbound, Message) or not text or len(text) > ORDER_LIMIT or text.startswith("/"):
        return None
    here = inbound.place
    anywhere = inbound.addressed and not here.thread
    wish = wishes.latest(unit, person.id, here, anywhere=anywhere) if person and answers else None
    if wish is not None and wish.state != "open" and person is not None and grasp.waits(unit, person, here):
        wish = None  # what is corrected is what was asked about last
    if wish is not None and person is not None and _is_told(unit, world, inbound, person, wish):
        return Understood(verbs.by_name["runbook.tell"], {"id": wish.id, "said": text})
    if not inbound.addressed or not from_language.matching(world.runbooks, text):
        return None
    meant = grasp.meaning(unit, world, person, inbound) if person is not None else None
    if meant is not None and meant.intent is Intent.NONE and meant.is_sure and "=" not in text:
        return None  # “the deploy went fine”; whoever writes `pace=slow` wants a run
    # Words that stand alone stay whole: a piece of them may say more than all of them.
    said = text if meant is None or meant.how == "alone" else in_full(meant)
    return Understood(verbs.by_name["runbook.run"], {"runbook": "", "said": said})


def _is_told(unit: Unit, world: World, said: Message, person: Person, wish: Wish) -> bool:
    """Whether words answer the question that is open, or correct what came of it."""
    is_open = wish.state == "open"
    if not is_open and not said.addressed:
        return from_language.corrects(said.text)
    meant = grasp.meaning(unit, world, person, said)
    if is_open and meant.how != "answer" and frame(said.text, meant.entities).asks_openly:
        return False
    if meant.intent in _ELSE and meant.is_sure:
        asks = said.text.rstrip().endswith("?")
        if meant.how == "fragment" and asks:
            return False
        if meant.how in ("alone", "further") and (asks or len(said.text.split()) >= _SENTENCE):
            return False
    return is_open or from_language.corrects(said.text) or meant.how == "correction"


_ASK = "ask.question"
_SENTENCE = 4  # words
_ELSE = frozenset(
    (
        *(
            Intent.METRIC_QUERY,
            Intent.LOG_QUERY,
            Intent.TRACE_QUERY,
            Intent.STATUS_QUERY,
            Intent.WORKFLOW_STATUS,
        ),
        *(Intent.COMPARE, Intent.EXPLAIN, Intent.RECOMMEND, Intent.HELP, Intent.INCIDENT_START),
        Intent.INCIDENT_UPDATE,
    )
)


class AlreadyHandledError(Exception):
    """Another process finished this row first; whatever this one did is rolled back."""


def refuse(unit: Unit, inbound: Inbound, error: WardroomError, reference: str | None) -> None:
    """Tell the person, alone, why it was not done, and close the row."""
    if inbox.done(unit, inbound.key, error.code.lower()):
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
