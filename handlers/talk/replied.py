"""What words say to what is open: a yes, a value, a correction, a way out of it, or why it is asked. Nothing is done here."""

import re

from core.language.entity import EntityType
from core.language.intent import Intent
from core.language.leaning.consent import Leaving, accepts, leaves, nods
from core.language.leaning.frame import Frame, frame
from core.language.leaning.turns import ids_of
from core.language.smalltalk import is_chatter
from core.language.understand import Understanding
from core.paging import records as pages
from core.people import permissions
from core.people.person import Person
from core.place import Place
from core.runbooks import from_language
from core.runbooks.wishing import records as wishes
from core.runbooks.wishing.wish import Wish
from core.runbooks.worded import is_short
from core.store.engine import Unit
from core.world import World
from handlers.cards.wish import card
from handlers.inbound import Message
from handlers.talk import (
    begun,
    consenting,
    fitting,
    grasp,
    heard,
    lacking,
    lately,
    pending,
    standing,
    whereabouts,
)
from handlers.talk.reading import ORDER_LIMIT, Understood, Verbs

_SENTENCE = 4  # words
_IDS = frozenset((EntityType.INCIDENT_ID, EntityType.EXECUTION_ID))
_MARKED = re.compile(r"\s*`([^`\n]{1,80})`[\s.!]*")
_ENDS = (Leaving.DROPS, Leaving.STOPS, Leaving.REFUSES)
_LATER = re.compile(r"\b(?:later|not|yes|yep|sure|but|other time|after)\b", re.IGNORECASE)
_WHY = re.compile(
    r"\W*(?:but )?(?:why (?:do|are) you (?:ask|asking|need|want)\b.{0,30}|what(?:'s| is) (?:that|this|it) for|what for|why (?:that|this|is that))\W*",
    re.IGNORECASE,
)
_ELSE = frozenset(
    (
        *(Intent.METRIC_QUERY, Intent.LOG_QUERY, Intent.TRACE_QUERY, Intent.STATUS_QUERY),
        *(Intent.WORKFLOW_STATUS, Intent.WORKFLOW_CANCEL, Intent.COMPARE, Intent.EXPLAIN, Intent.RECOMMEND),
        *(Intent.HELP, Intent.INCIDENT_START, Intent.INCIDENT_UPDATE),
    )
)


def to_what_is_open(
    unit: Unit, world: World, verbs: Verbs, person: Person, said: Message
) -> Understood | None:
    """What words to the bot say to what it asked this person here, or about the run that came of it."""
    text = " ".join(said.text.split())
    if not text or len(text) > ORDER_LIMIT or text.startswith("/"):
        return None
    asked, wish = standing.here(unit, person, said.place, anywhere=not said.place.thread)
    if _WHY.fullmatch(text) or frame(text, ()).asks_why:
        open_verb, is_open = verbs.by_name[standing.OPEN], asked or wish
        return Understood(open_verb, {"said": "why"}) if is_open else _why(unit, world, verbs, person, said)
    said = said.model_copy(update={"named": True})  # whether it fits what is open is looked at below
    if asked is None and wish is None and _is_to_nothing(unit, world, person, said):
        return Understood(
            verbs.by_name[standing.OPEN], {"said": "yes" if accepts(text) else leaves(text) or "no"}
        )
    other = consenting.one_or_other(unit, world, verbs.by_name, person, said, asked) if asked else None
    if other is not None:
        return fitting.grasped(other, answers=True)
    if (asked or wish) and _leaves(world, wish, said):
        return fitting.left(verbs, said)
    there = fitting.fits(unit, world, verbs, person, said, asked) if asked is not None else None
    there = there or fitting.pressed(unit, world, verbs, person, said)
    return there or _to_a_wish(unit, world, verbs, person, said) or _unasked(verbs, wish, text)


def _why(unit: Unit, world: World, verbs: Verbs, person: Person, said: Message) -> Understood | None:
    """How the run stands that was spoken of, for whoever asks why; without our name only of their own, which waits or failed."""
    verb = verbs.by_name["runbook.status"]
    run = begun.run_of(unit, person, said.place, is_own=not said.named)
    return (
        Understood(verb, {"id": run}) if run and permissions.may(person, verb.needs(), world.roles) else None
    )


def _unasked(verbs: Verbs, wish: Wish | None, text: str) -> Understood | None:
    """A yes, or “done”, where what is open takes none: what that is is shown."""
    is_yes = (accepts(text) or (wish is not None and nods(text))) and not is_chatter(text)
    return Understood(verbs.by_name[standing.OPEN], {"said": "yes"}) if is_yes else None


def unmarked(unit: Unit, person: Person, said: Message) -> Message:
    """The message; a value that is asked for may stand between the marks of code: `1.4.2`."""
    value = _MARKED.fullmatch(said.text)
    if value is None:
        return said
    wish = wishes.latest(unit, person.id, said.place, anywhere=said.addressed and not said.place.thread)
    return said.model_copy(update={"text": value[1]}) if wish is not None and wish.state == "open" else said


def overheard(unit: Unit, world: World, verbs: Verbs, person: Person, said: Message) -> Understood | None:
    """The same of words that name nobody: where this very person was asked here just now, and they plainly fit.

    Once they said something else to others, an answer has to name the bot.
    """
    text = " ".join(said.text.split())
    if not text or len(text) > ORDER_LIMIT or text.startswith("/"):
        return None
    asked = pending.find(unit, person, said.place)
    if asked is not None and not asked.passed and unit.now - asked.at <= whereabouts.FRESH:
        found = fitting.fits(unit, world, verbs, person, said, asked) or fitting.pressed(
            unit, world, verbs, person, said
        )
        if found is not None:
            return found
        if not is_chatter(text) and leaves(text) is not Leaving.WAITS:
            pending.pass_by(unit, person, asked)
    wish = wishes.latest(unit, person.id, said.place, anywhere=False)
    is_open = wish is not None and wish.state == "open"
    if is_open and leaves(text) in _ENDS and _leaves(world, wish, said):
        return fitting.left(verbs, said)
    return _to_a_wish(unit, world, verbs, person, said)


def _leaves(world: World, wish: Wish | None, said: Message) -> bool:
    """Whether words leave what is open; a no may be a value, and so may a time that is asked for."""
    way = leaves(said.text)
    if way is None or wish is None:
        return way is not None
    if way is Leaving.REFUSES:
        return lacking.is_left(world, wish, said.text)
    is_a_time = way is Leaving.PUTS_OFF and not _LATER.search(said.text)
    return not (is_a_time and lacking.takes_text(world, wish))


def _is_to_nothing(unit: Unit, world: World, person: Person, said: Message) -> bool:
    """Whether it is a yes, a no or a way out, and nothing here is asked, not even in the words of an answer."""
    way = leaves(said.text)
    if is_chatter(said.text):
        # “ok” wants no answer, but whoever is being paged may think that they gave one.
        return accepts(said.text) and not said.place.thread and bool(pages.calling(unit, person.id))
    if way is Leaving.STOPS:
        listed = len(ids_of(lately.history(unit, person, said.place))) > 1
        return not listed and not grasp.meaning(unit, world, person, said).value(*_IDS)
    if way in (Leaving.DROPS, Leaving.WAITS, Leaving.REFUSES):
        return True
    if accepts(said.text):
        return True  # a yes answers what was asked, and asks for nothing by itself
    return way is not None and grasp.meaning(unit, world, person, said).how == "alone"


def _to_a_wish(unit: Unit, world: World, verbs: Verbs, person: Person, said: Message) -> Understood | None:
    """The answer to what is asked about a run, or the correction of what came of it."""
    wish = wishes.latest(unit, person.id, said.place, anywhere=said.addressed and not said.place.thread)
    if wish is None:
        return None
    asked = pending.find(unit, person, said.place)
    if wish.state != "open" and asked is not None and asked.mode in ("sure", "lacks"):
        return None  # what is corrected is what was asked about last
    text = " ".join(said.text.split())
    if wish.state == "open":
        text = lacking.spelt_out(world, wish, text)
        said = said.model_copy(update={"text": text})
    is_nod = wish.state == "open" and lacking.is_nod(world, wish, text)
    if is_nod or (accepts(text) and not _was_asked_last(unit, world, person, said.place, wish)):
        return None
    if not _is_told(unit, world, said, person, wish):
        return None
    return Understood(
        verbs.by_name["runbook.tell"], {"id": wish.id, "said": text}, answers=wish.state == "open"
    )


def _was_asked_last(unit: Unit, world: World, person: Person, place: Place, wish: Wish) -> bool:
    """Whether nothing else was answered here since that was asked: a yes is to what was asked last."""
    asked = lacking.question(world, wish)
    at, told = lately.latest(unit, person, place)
    if asked is None or at is None or at < wish.at:
        return True
    return card(world, wish, asked).title in told or standing.asks(world, wish) in told


def _is_told(unit: Unit, world: World, said: Message, person: Person, wish: Wish) -> bool:
    """Whether words answer the question that is open, or correct what came of it."""
    is_open = wish.state == "open"
    if not is_open and not said.addressed:
        return from_language.corrects(said.text) and lacking.corrects(world, wish, said.text)
    meant = grasp.meaning(unit, world, person, said)
    shape = frame(said.text, meant.entities)
    if is_open and lacking.takes_any_text(world, wish):
        is_plain = said.addressed or shape.bare or is_short(said.text)
        return is_plain and not _is_other(meant, shape, said.text, any_text=True)
    if _is_other(meant, shape, said.text):
        return False
    if is_open and shape.adds and not wish.runbook and said.text.rstrip().endswith("?"):
        return False  # “and checkout?” wants another run, and says nothing of the one that is asked about
    if is_open:
        rest = lacking.without_order(world, wish, said.text)
        orders = frame(rest, ()).orders or heard.begins_with_doing(rest)
        return not orders and not shape.asks_openly and lacking.answers(world, wish, said.text)
    is_mend = from_language.corrects(said.text) or meant.how == "correction"
    return is_mend and lacking.corrects(world, wish, said.text)


def _is_other(meant: Understanding, shape: Frame, text: str, *, any_text: bool = False) -> bool:
    """Whether words plainly ask for something else than to answer or correct.

    Where `any_text` is asked for, only a question does, or an order about something that has an id.
    """
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
