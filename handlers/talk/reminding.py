"""What is still asked once something else was said: a reminder of it, or that it is over, so that no later yes does it."""

from dataclasses import replace

from core.conversation.memory.turn import session_of
from core.conversation.sessions import units as sessions
from core.digest import digest, short
from core.errors import Conflict, Forbidden, Invalid, NotFound, WardroomError
from core.language.leaning.consent import accepts
from core.language.leaning.frame import frame
from core.language.leaning.turns import Turn
from core.language.understand import Understanding
from core.people import units as people
from core.people.person import Person
from core.place import Place
from core.store.engine import Unit
from core.text import cut
from core.world import World
from handlers.cards.card import Text, line, say
from handlers.inbound import Click, Inbound, Message
from handlers.talk import lately as talk
from handlers.talk import pending, standing, whereabouts
from handlers.talk.grasp import CHOOSE, MEANING
from handlers.talk.heard import UNBUILT
from handlers.talk.pending import Pending
from handlers.talk.reading import LostError
from handlers.verb import Call, Reply, Verb

# What asks itself, or answers what is asked.
_TALK = (standing.OPEN, MEANING, CHOOSE, "runbook.tell")
_OWN = (*_TALK, "runbook.run")
_REFUSED = (Invalid, Forbidden, NotFound, Conflict)


def reminded(unit: Unit, call: Call, verb: Verb, meant: Understanding | None, reply: Reply) -> Reply:
    """The answer to something else, with what is still asked here in a line, or with what is not asked any more."""
    said = call.inbound
    if not call.person.id or reply.public:
        return reply
    reply = _passing_over(unit, call, verb, reply)
    if not isinstance(said, Message) or not said.addressed:
        return reply
    if verb.name == MEANING:
        return _beside(unit, call, meant, reply)
    if accepts(said.text) and call.place.direct:
        reply = _with_what_is_left(unit, call, reply)
    # What changes something ends what was shown before it.
    return reply if verb.name in _OWN else _with(unit, call, reply, is_shown=verb.reads)


def _passing_over(unit: Unit, call: Call, verb: Verb, reply: Reply) -> Reply:
    """With what was shown here before and is not done, where this changes something and so is what counts from now on."""
    asked = pending.at(unit, call.person, call.place)
    is_news = asked is not None and asked.mode == "sure" and asked.mark != pending.mark(call)
    if asked is None or not is_news or verb.reads or verb.name in _TALK:
        return reply
    is_answered = reply.card is not None or bool(reply.view or reply.told)
    return _told(reply, standing.undone(asked)) if is_answered else reply


def refused(unit: Unit, world: World, inbound: Inbound, error: WardroomError) -> None:
    """Say with an error what becomes of what is asked: a yes that failed ends it, and so does an order that was refused.

    What was only asked, or not understood and no “no, …”, leaves it open. An order that was refused lends nothing to later words.
    """
    person = people.who(unit, world.people, inbound.actor)
    if person is None or not isinstance(error, _REFUSED):
        return
    if isinstance(inbound, Click):
        asked = pending.at(unit, person, inbound.place) if inbound.verb == CHOOSE else None
        if asked is not None and asked.mark == inbound.object:
            _end(unit, person, inbound.place, asked)
    elif isinstance(inbound, Message):
        error.mend = f"{error.mend} {_refused(unit, world, person, inbound, error)}".strip()


def _refused(unit: Unit, world: World, person: Person, said: Message, error: WardroomError) -> str:
    shape = frame(said.text, ())
    is_question = shape.asks_openly or shape.looks or said.text.rstrip().endswith("?")
    if is_question or (isinstance(error, LostError) and not shape.corrects):
        words = _reminder(unit, world, person, said, is_shown=True)
        return "" if _is_told(unit, person, said.place, words) else words
    # What is asked elsewhere is still asked there, unless this was to be the answer to it.
    asked = (pending.find if accepts(said.text) else pending.at)(unit, person, said.place)
    if asked is None:
        talk.let_go(unit, person, said.place)
        talk.note(unit, world, person, said.place, [Turn("bot", error.what)])
    if asked is None or not asked.may_be_taken_by_a_yes:
        return ""
    _end(unit, person, said.place, asked)
    return "" if accepts(said.text) else _over(asked)


def _end(unit: Unit, person: Person, place: Place, asked: Pending) -> None:
    for where in (place, asked.place):
        talk.let_go(unit, person, where)
    pending.drop(unit, person, asked)


def _over(asked: Pending) -> str:
    return f"What I asked before, “{cut(asked.text, 80)}”, is dropped."


def _beside(unit: Unit, call: Call, meant: Understanding | None, reply: Reply) -> Reply:
    """With words for which nothing is done what was shown before is over; a question that nobody here can answer leaves it."""
    asked = pending.at(unit, call.person, call.place)
    if asked is None or asked.mark == pending.mark(call) or not asked.may_be_taken_by_a_yes:
        return reply
    if meant is not None and meant.intent in UNBUILT:
        return _with(unit, call, reply, is_shown=True)
    _end(unit, call.person, call.place, asked)
    return _told(reply, _over(asked))


def _with_what_is_left(unit: Unit, call: Call, reply: Reply) -> Reply:
    """With what they are asked elsewhere and may answer here next, now that one thing of that is answered."""
    if reply.card is None or pending.at(unit, call.person, call.place) is not None:
        return reply
    left = next(pending.elsewhere(unit, call.person, call.place), None)
    if left is None:
        return reply
    pending.name(unit, call.person, call.place, left)
    return _told(reply, f"Still open in {whereabouts.named(call.world, left.place)}: {standing.what(left)}")


def _with(unit: Unit, call: Call, reply: Reply, *, is_shown: bool) -> Reply:
    said = call.inbound
    words = (
        _reminder(unit, call.world, call.person, said, is_shown=is_shown) if isinstance(said, Message) else ""
    )
    if (reply.card is None and not reply.view) or _is_told(unit, call.person, call.place, words):
        return reply
    return _told(reply, words)


def _told(reply: Reply, words: str) -> Reply:
    if reply.card is None:
        return replace(reply, card=say(words))
    told = Text(line=line(words), small=True)
    return replace(reply, card=reply.card.model_copy(update={"parts": (*reply.card.parts, told)}))


def _reminder(unit: Unit, world: World, person: Person, said: Message, *, is_shown: bool) -> str:
    """What is still asked here after something else was asked for, in a sentence; empty if nothing is."""
    asked, wish = standing.here(unit, person, said.place, anywhere=said.addressed and not said.place.thread)
    if wish is not None:
        return f"Still open: {standing.asks(world, wish)}"
    if (
        is_shown
        and asked is not None
        and asked.mode in ("sure", "lacks", "title")
        and unit.now - asked.at <= whereabouts.FRESH
    ):
        if not whereabouts.is_same(asked.place, said.place):
            pending.name(unit, person, said.place, asked)
        return f"Still open: {standing.what(asked)}"
    return ""


def _is_told(unit: Unit, person: Person, place: Place, words: str) -> bool:
    """Whether there is nothing to remind of, or this was the last reminder here already: said once, it is no news under the next answer."""
    if not words:
        return True
    session = f"reminded:{short(digest(session_of(place)))}"
    told = sessions.last(unit, person, session)
    sessions.remember(unit, person, session, sessions.Turn("", {"text": short(digest(words))}))
    return told is not None and told.said["text"] == short(digest(words))
