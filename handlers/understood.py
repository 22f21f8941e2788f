"""The verb that somebody means: by exact words or a press, by what was said before, by weighing, or by asking a model.

Source: the co-pilot design's request pipeline (1.2). Nothing is done here.
"""

from core.errors import Invalid
from core.language.entity import EntityType
from core.language.intent import Intent
from core.language.leaning.frame import Frame, frame
from core.language.quoted import unquoted
from core.language.understand import Understanding
from core.people import permissions
from core.people.person import Person
from core.runbooks import from_language
from core.runbooks.wishing import records as wishes
from core.runbooks.wishing.wish import Wish
from core.runbooks.worded import is_short
from core.store.engine import Unit
from core.text import message
from core.wiring import World
from handlers import dialogue, following, grasp, quoting, recalling, refraining
from handlers.heard import in_full
from handlers.inbound import Asked, Click, Message
from handlers.reading import ORDER_LIMIT, Understood, Verbs
from handlers.reading import understand as exactly
from handlers.spoken import in_words, question


class DoubtedError(Exception):
    """Nobody is sure what words of `person` ask for: nothing was done, and a language model is to be asked.

    That takes too long for a unit. They come back with its opinion; `guesses` are the likeliest intents.
    """

    def __init__(self, person: str, meant: Understanding) -> None:
        super().__init__(person)
        self.person = person
        self.text = meant.text
        self.guesses = meant.guesses


def understand(
    unit: Unit, world: World, verbs: Verbs, inbound: Asked, person: Person | None
) -> Understood | None:
    """The verb that is meant, also by words that mean something only after what was said before, or to a model.

    Raises:
        Invalid: it means nothing here, is no order of whoever says it, or none for now.
    """
    said = in_words(inbound)
    found = None
    if isinstance(said, Message) and question(said):
        quoting.check(world, said.text)
        found = refraining.forbidden(unit, world, verbs, person, said) if person is not None else None
    # `/ask` begins something of its own: its words are no answer to what is open.
    found = found or _meant(unit, world, verbs, said, person, answers=said is inbound)
    refraining.check_now(unit, world, person, said, found)
    return found


def _meant(
    unit: Unit, world: World, verbs: Verbs, inbound: Asked, person: Person | None, *, answers: bool
) -> Understood | None:
    if isinstance(inbound, Click) and inbound.verb == grasp.CHOOSE and person is not None:
        return _grasped(grasp.chosen(unit, world, verbs.by_name, person, inbound))
    try:
        understood = _exactly(world, verbs, inbound)
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


def _exactly(world: World, verbs: Verbs, inbound: Asked) -> Understood | None:
    """What words say exactly, with what is quoted in them or without it.

    Raises:
        Invalid: they were said to us, and say nothing exactly.
    """
    try:
        return exactly(world, verbs, inbound)
    except Invalid as error:
        mine = unquoted(inbound.text).strip(" ,;:\n\t") if isinstance(inbound, Message) else ""
        if not isinstance(inbound, Message) or mine.startswith("/") or mine in ("", inbound.text.strip()):
            raise
        try:
            return exactly(world, verbs, inbound.model_copy(update={"text": mine}))
        except Invalid:
            raise error from None


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
    is_of_all = meant.intent is Intent.STATUS_QUERY and not meant.entities
    is_open = not meant.is_sure or meant.intent in _TELLS or is_of_all
    if is_open and person.is_human and recalling.answers(unit, world, person, inbound):
        return Understood(verbs.by_name["wardroom.recall"], {"question": inbound.text}, meant)
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
    text = " ".join(unquoted(message(inbound.text)).split())
    if not inbound.addressed or not from_language.matching(world.runbooks, text):
        return None
    meant = grasp.meaning(unit, world, person, inbound) if person is not None else None
    if meant is not None and meant.intent is Intent.NONE and meant.is_sure and "=" not in text:
        return None  # “the deploy went fine”; whoever writes `pace=slow` wants a run
    if meant is not None and "=" not in text and frame(text, meant.entities).asks_openly:
        return None  # “what happened since the last deploy?” wants to know, and nothing to be done
    # Words that stand alone stay whole: a piece of them may say more than all of them.
    said = text if meant is None or meant.how == "alone" else in_full(meant)
    return Understood(verbs.by_name["runbook.run"], {"runbook": "", "said": said})


def _is_told(unit: Unit, world: World, said: Message, person: Person, wish: Wish) -> bool:
    """Whether words answer the question that is open, or correct what came of it."""
    is_open = wish.state == "open"
    if not is_open and not said.addressed:
        return from_language.corrects(said.text)
    meant = grasp.meaning(unit, world, person, said)
    shape = frame(said.text, meant.entities)
    if is_open:
        is_plain = said.addressed or shape.bare or is_short(said.text)
        is_other = _is_other(meant, shape, said.text, any_text=dialogue.takes_any_text(world, wish))
        return is_plain and not is_other and dialogue.answers(world, wish, said.text)
    if _is_other(meant, shape, said.text):
        return False
    return from_language.corrects(said.text) or meant.how == "correction"


def _is_other(meant: Understanding, shape: Frame, text: str, *, any_text: bool = False) -> bool:
    """Whether words plainly ask for something else than to answer or correct; of what may be `any_text` only a question does, or an order about an id."""
    asks = text.rstrip().endswith("?")
    names_id = any(one.type in _IDS and one.text for one in meant.entities)
    if any_text:
        return (asks and shape.asks_openly) or (names_id and (shape.orders or shape.looks))
    if shape.looks or (meant.how != "answer" and shape.asks_openly):
        return True
    if meant.intent not in _ELSE or not meant.is_sure:
        return False
    if meant.how == "fragment":
        return asks
    says_it = asks or shape.orders or names_id or len(text.split()) >= _SENTENCE
    return meant.how in ("alone", "further") and says_it


_ASK = "ask.question"
# What a fact that somebody told may answer.
_TELLS = frozenset((Intent.NONE, Intent.HELP, Intent.CLARIFICATION, Intent.EXPLAIN, Intent.RECOMMEND))
_SENTENCE = 4  # words
_IDS = frozenset((EntityType.INCIDENT_ID, EntityType.EXECUTION_ID))
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
        *(Intent.INCIDENT_UPDATE, Intent.WORKFLOW_CANCEL),
    )
)
