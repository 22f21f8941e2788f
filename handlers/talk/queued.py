"""What else one message asked for: kept until what came before it is done, and offered then, one thing after the other."""

from collections.abc import Sequence

import orjson

from core.conversation.sessions import units as sessions
from core.conversation.sessions.units import Turn
from core.people.person import Person
from core.place import Place
from core.runbooks.wishing import records as wishes
from core.store.engine import Unit
from handlers.talk import whereabouts
from handlers.talk.pending import at, find, session, words
from handlers.verb import Call

Next = tuple[str, str, str]
"""Mark, intent and words of one thing that was asked for besides."""


def queue(unit: Unit, call: Call, left: Sequence[Next]) -> bool:
    """Keep what else was asked for, in order; whether a typed yes begins the first of it now, and is to nothing else first."""
    person, place = call.person, call.place
    is_next = not _is_asked(unit, call)
    rows, message = orjson.dumps([list(one) for one in left]).decode(), place.message or ""
    kept = {"left": rows, "due": "" if is_next else "yes", "message": message}
    sessions.remember(unit, person, session("next", place), Turn("", kept))
    if is_next and left:
        here = {"mark": left[0][0], "mode": "next", "message": message}
        sessions.remember(unit, person, session("open", place), Turn(left[0][1], here))
        whereabouts.note(unit, person, place)
    return is_next


def due(unit: Unit, call: Call) -> list[Next]:
    """What else was asked for and is offered now that what came before it is done; nothing while that is still asked about."""
    where = _queued(unit, call.person, call.place)
    kept = sessions.last(unit, call.person, session("next", where)) if where is not None else None
    if where is None or kept is None or not kept.said["due"] or _is_asked(unit, call):
        return []
    left = offered(unit, call.person, where)
    sessions.take(unit, call.person, session("next", where))
    return left


def offered(unit: Unit, person: Person, place: Place) -> list[Next]:
    """What else was asked for and is offered here now, in the order in which it stands on the card."""
    where = _queued(unit, person, place)
    kept = sessions.last(unit, person, session("next", where)) if where is not None else None
    left = orjson.loads(kept.said["left"]) if kept is not None else []
    return [
        (mark, intent, text)
        for mark, intent, text in left
        if sessions.last(unit, person, words(mark)) is not None
    ]


def again(unit: Unit, call: Call) -> None:
    """The first of several wishes was answered or corrected: what else was asked for is offered after it once more."""
    asked = at(unit, call.person, call.place)
    if asked is not None and asked.mode == "next":
        one_less(unit, call.person, asked.place, call.place)


def _is_asked(unit: Unit, call: Call) -> bool:
    """Whether something is asked here that comes before what else was asked for."""
    asked = find(unit, call.person, call.place)
    if asked is not None and asked.mode != "next":
        return True
    wish = wishes.latest(unit, call.person.id, call.place, anywhere=not call.place.thread)
    return wish is not None and wish.state == "open"


def one_less(unit: Unit, person: Person, asked: Place, answered: Place) -> None:
    """Once one of what else was asked for is chosen, the rest of it is due, and offered where the answer was given."""
    where = _queued(unit, person, asked)
    kept = sessions.take(unit, person, session("next", where)) if where is not None else None
    if kept is not None:
        turn = Turn("", {**kept.said, "due": "yes", "message": answered.message or ""})
        sessions.remember(unit, person, session("next", answered), turn)


def _queued(unit: Unit, person: Person, place: Place) -> Place | None:
    """Where what else was asked for is kept: here, beside the message that begins this thread, or where direct messages lead."""
    if sessions.last(unit, person, session("next", place)) is not None:
        return place
    if not place.thread:
        there = whereabouts.others(unit, person, place) if place.direct else ()
        return next(
            (one for one in there if sessions.last(unit, person, session("next", one)) is not None), None
        )
    kept = sessions.last(unit, person, session("next", place.under(None)))
    is_above = kept is not None and kept.said.get("message") == place.thread
    return place.under(None) if is_above else None
