"""Where somebody was asked something lately: what is told them in private may reach them in their direct messages, where they answer it then."""

from collections.abc import Iterator
from datetime import timedelta

import orjson

from core.conversation.sessions import units as sessions
from core.conversation.sessions.units import Turn
from core.people.person import Person
from core.place import Place
from core.store.engine import Unit

FRESH = timedelta(minutes=15)
"""So long somebody has a question in mind, and answers it without naming the bot."""
_MOST = 8


def note(unit: Unit, person: Person, place: Place) -> None:
    """They are asked something here, too."""
    here = (place.model_dump_json(), unit.now.timestamp())
    rows = [here, *(row for row in _rows(unit, person, place) if row[0] != here[0])][:_MOST]
    sessions.remember(unit, person, _name(place), Turn("", {"places": orjson.dumps(rows).decode()}))


def others(unit: Unit, person: Person, place: Place) -> Iterator[Place]:
    """Where somebody in direct messages was asked something just now, the latest first; nothing in every other place."""
    since = (unit.now - FRESH).timestamp()
    for where, at in _rows(unit, person, place) if place.direct else ():
        if at >= since:
            yield Place.model_validate_json(where)


def _rows(unit: Unit, person: Person, place: Place) -> list[tuple[str, float]]:
    kept = sessions.last(unit, person, _name(place))
    return [(where, at) for where, at in orjson.loads(kept.said.get("places", "[]"))] if kept else []


def _name(place: Place) -> str:
    return f"open@{place.platform}"
