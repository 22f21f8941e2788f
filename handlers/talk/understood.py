"""The verb that somebody means: by exact words or a press, by what is open, by weighing, or by asking a model.

Source: the co-pilot design's request pipeline (1.2). Nothing is done here.
"""

from dataclasses import dataclass, replace

from core.errors import Invalid
from core.incidents.rooms import units as rooms
from core.language.intent import Intent
from core.language.leaning.consent import leaves
from core.language.leaning.frame import frame
from core.language.other_languages import is_clearly_in_another_language, is_in_another_language
from core.language.quoted import unquoted
from core.language.smalltalk import is_chatter
from core.language.understand import Understanding
from core.people import permissions
from core.people.person import Person
from core.runbooks import from_language
from core.store.engine import Unit
from core.text import message
from core.world import World
from handlers.inbound import Asked, Click, Message
from handlers.talk import (
    among,
    begun,
    consenting,
    fitting,
    following,
    further,
    grasp,
    quoting,
    recalling,
    refraining,
    repeated,
    replied,
    reporting,
    showing,
)
from handlers.talk.heard import asks_leave, in_full
from handlers.talk.reading import ORDER_LIMIT, Understood, Verbs, is_known
from handlers.talk.reading import understand as exactly
from handlers.talk.spoken import in_words, question, settled

_ASK = "ask.question"
# What a fact that somebody told may answer.
_TELLS = frozenset((Intent.NONE, Intent.HELP, Intent.CLARIFICATION, Intent.EXPLAIN, Intent.RECOMMEND))
_REPLIES = ("ask.open", "runbook.tell")
_ENGLISH = "I am sorry, I understand only English. `/wardroom help` shows what I can do."


class DoubtedError(Exception):
    """Nobody is sure what words of `person` ask for: nothing was done, and a language model is to be asked.

    That takes too long for a unit. They come back with its opinion; `guesses` are the likeliest intents.
    """

    def __init__(self, person: str, meant: Understanding) -> None:
        super().__init__(person)
        self.person = person
        self.text = meant.text
        self.guesses = meant.guesses


@dataclass(frozen=True)
class _Words:
    """Words of somebody who is known, to the bot or not; `answers`: they may answer what is open."""

    unit: Unit
    world: World
    verbs: Verbs
    person: Person
    said: Message
    answers: bool


def understand(
    unit: Unit, world: World, verbs: Verbs, inbound: Asked, person: Person | None
) -> Understood | None:
    """The verb that is meant, also by words that mean something only after what was said before, or to a model.

    Raises:
        Invalid: it means nothing here, is no order of whoever says it, or none for now.
    """
    said = in_words(inbound)
    if isinstance(said, Click) and said.verb == grasp.CHOOSE and person is not None:
        chosen = fitting.grasped(consenting.chosen(unit, world, verbs.by_name, person, said))
        refraining.check_now(unit, world, person, said, chosen)
        return chosen
    if not isinstance(said, Message) or person is None:
        if isinstance(said, Message) and question(said):
            quoting.check(world, said.text)
        return _exact(unit, world, verbs, said)
    # `/ask` begins something of its own: its words are no answer to what is open.
    answers = said is inbound
    said = settled(unit, world, person, replied.unmarked(unit, person, said) if answers else said)
    words = _Words(unit, world, verbs, person, said, answers)
    found = _understood(words)
    refraining.check_now(unit, world, person, words.said, found)
    return found


def _understood(words: _Words) -> Understood | None:
    """What words mean, to the bot or to what is open; None where people speak to each other.

    Raises:
        Invalid: they were said to the bot, and mean nothing, or are no order.
    """
    if among.is_to_somebody(words.world, words.said) or among.asks_you(words.said):
        return None
    try:
        found = _forbidden(words) or _with_others(words, _meant(words))
    except Invalid:
        if among.is_among(words.said):
            return None
        raise
    is_idle = found is not None and begun.answers_nobody(words.unit, words.person, words.said, found.verb)
    return None if is_idle else found


def _forbidden(words: _Words) -> Understood | None:
    """What ends what is open, where words to the bot forbid something.

    Raises:
        Invalid: they are no order of whoever says them, or forbid what is not open.
    """
    if not question(words.said):
        return None
    quoting.check(words.world, words.said.text)
    return refraining.forbidden(words.unit, words.world, words.verbs, words.person, words.said)


def _exact(unit: Unit, world: World, verbs: Verbs, inbound: Asked) -> Understood | None:
    """A press, a command, or the words of nobody who is known: a question of theirs to a model is refused as such."""
    try:
        return _exactly(unit, world, verbs, inbound)
    except Invalid as error:
        if isinstance(inbound, Message) and is_chatter(inbound.text):
            return None
        found = _to_a_model(world, verbs, inbound, error, None)
        if found is None:
            raise
        return found


def _meant(words: _Words) -> Understood | None:
    """What words mean: exactly, else to what is open, else as they are weighed."""
    words = replace(words, said=further.of_one(words.said))
    unit, world, verbs = words.unit, words.world, words.verbs
    first = further.first_of(world, verbs, words.said) if words.said.addressed else words.said
    try:
        found = _exactly(unit, world, verbs, first)
    except Invalid as error:
        return _in_words(words, error)
    if found is None:
        return replied.overheard(unit, world, verbs, words.person, words.said) if words.answers else None
    return showing.shown(unit, world, verbs, words.person, first, found)


def _exactly(unit: Unit, world: World, verbs: Verbs, inbound: Asked) -> Understood | None:
    """What words say exactly, with what is quoted in them or without it.

    Raises:
        Invalid: they were said to us, and say nothing exactly.
    """
    in_room = isinstance(inbound, Message) and _is_in_room(unit, world, inbound)
    try:
        return exactly(world, verbs, inbound, in_room=in_room)
    except Invalid as error:
        mine = unquoted(inbound.text).strip(" ,;:\n\t") if isinstance(inbound, Message) else ""
        if not isinstance(inbound, Message) or mine.startswith("/") or mine in ("", inbound.text.strip()):
            raise
        try:
            return exactly(world, verbs, inbound.model_copy(update={"text": mine}), in_room=in_room)
        except Invalid:
            raise error from None


def _is_in_room(unit: Unit, world: World, said: Message) -> bool:
    """Whether it was said where one incident is worked on; looked up only where that says something new."""
    may_matter = said.addressed or (len(said.text) <= ORDER_LIMIT and not is_known(world, said.place))
    return may_matter and rooms.about(unit, said.place) is not None


def _with_others(words: _Words, found: Understood | None) -> Understood | None:
    """With what else the same message asks for, where its first request is sure."""
    said = words.said
    is_reply = found is not None and (found.answers or found.verb.name in _REPLIES)
    if found is None or is_reply or not said.addressed or not further.are_several(said):
        return found
    meant = found.meant or following.heard(words.unit, words.world, words.person, said, found.verb)
    if not meant.is_sure:
        return found
    return replace(found, meant=meant, others=further.others(words.world, words.verbs, said, meant))


def _in_words(words: _Words, error: Invalid) -> Understood | None:
    """What words to the bot mean that are no command: to what is open first; None for thanks and the like.

    Raises:
        Invalid: they mean nothing.
        DoubtedError: a language model is to be asked first.
    """
    unit, world, verbs, person, said = words.unit, words.world, words.verbs, words.person, words.said
    found = replied.to_what_is_open(unit, world, verbs, person, said) if words.answers else None
    found = found or repeated.again(unit, world, verbs, person, said)
    found = found or reporting.told(unit, world, verbs, person, said)
    if found is None and is_chatter(said.text):
        return None
    found = (
        found or _about_a_runbook(words) or _weighed(words) or _to_a_model(world, verbs, said, error, person)
    )
    if found is None and words.answers and leaves(said.text):
        found = fitting.left(verbs, said)
    if found is None or found.raw.get("mode") == "known":
        found = reporting.offered(unit, world, verbs, person, said) or found
    if found is None:
        error.mend = _ENGLISH if is_in_another_language(said.text) else error.mend
        raise error
    return found


def _about_a_runbook(words: _Words) -> Understood | None:
    """A sentence that is about a runbook."""
    if len(words.said.text) > ORDER_LIMIT or words.said.text.startswith("/"):
        return None
    text = " ".join(unquoted(message(words.said.text)).split())
    books = from_language.matching(words.world.runbooks, text)
    if not books or asks_leave(text):
        return None
    meant = grasp.meaning(words.unit, words.world, words.person, words.said)
    if meant.intent is Intent.NONE and meant.is_sure and "=" not in text and " " in text:
        return None  # “the deploy went fine”; whoever writes `pace=slow` wants a run
    shape = frame(text, meant.entities)
    begins = any(text.casefold().startswith((one.name, one.name.replace("-", " "))) for one in books)
    if "=" not in text and not begins and (shape.asks_openly or shape.looks):
        return None  # “what happened since the last deploy?” wants to know, and nothing to be done
    # Words that stand alone stay whole: a piece of them may say more than all of them.
    said = text if meant.how == "alone" and not meant.others else in_full(meant)
    if not from_language.matching(words.world.runbooks, said):
        return None  # it is named in what is asked for besides
    return Understood(words.verbs.by_name["runbook.run"], {"runbook": "", "said": said})


def _weighed(words: _Words) -> Understood | None:
    """What words to the bot most likely mean, or what is asked back; None if they mean nothing here.

    Raises:
        DoubtedError: a language model is to be asked first.
    """
    world, verbs, person, said = words.world, words.verbs, words.person, words.said
    if not question(said):
        return None
    meant = grasp.meaning(words.unit, world, person, said)
    if is_chatter(said.text) and meant.how == "alone":
        return None
    is_of_all = meant.intent is Intent.STATUS_QUERY and not meant.entities
    # Whoever asks when the deploy freeze begins wants no deploy.
    asks_of_runs = meant.intent in grasp.RUNS and frame(said.text, meant.entities).asks_openly
    is_open = not meant.is_sure or meant.intent in _TELLS or is_of_all or asks_of_runs
    if is_open and person.is_human and recalling.answers(words.unit, world, person, said):
        return Understood(verbs.by_name["wardroom.recall"], {"question": said.text}, meant)
    if among.is_among(said) and not meant.is_sure:
        return None
    if not meant.is_sure and said.opinion is None and _has_counsel(world, verbs, person, said):
        raise DoubtedError(person.id, meant)
    is_lost = _is_of_another_language(said, meant)
    found = grasp.decide(world, verbs.by_name, meant) if not is_lost else None
    if found is None or (among.is_among(said) and not among.is_for_us(meant, found.verb)):
        return None
    return showing.allowed(world, verbs, person, fitting.grasped(found))


def _is_of_another_language(said: Message, meant: Understanding) -> bool:
    """Whether words are of another language, so that what they seem to mean is chance; a model may have read them."""
    if not meant.is_sure:
        return is_in_another_language(said.text)
    if meant.advised or meant.how != "alone":
        return False
    return is_clearly_in_another_language(said.text, [one.text for one in meant.entities if one.text])


def _has_counsel(world: World, verbs: Verbs, person: Person, said: Message) -> bool:
    """Whether a language model may be asked about these words of this person."""
    is_wanted = world.llm_model and world.llm.opinion and not is_chatter(said.text)
    return bool(is_wanted) and permissions.may(person, verbs.by_name[_ASK].needs(), world.roles)


def _to_a_model(
    world: World, verbs: Verbs, inbound: Asked, error: Invalid, person: Person | None
) -> Understood | None:
    """The question as one for the language model; None where there is none, or it was no question to us."""
    asked = question(inbound) if world.llm_model else ""
    if not asked or is_chatter(asked) or leaves(asked):
        return None
    verb = verbs.by_name[_ASK]
    if person is not None and not permissions.may(person, verb.needs(), world.roles):
        return None
    return Understood(verb, {"question": asked, "hint": error.sentence()})
