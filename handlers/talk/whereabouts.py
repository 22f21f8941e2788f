"""Where somebody was asked something lately: what is told them in private may reach them in their direct messages, where they answer it then."""

from collections.abc import Iterator
from datetime import timedelta

import orjson

from core.conversation.sessions import units as sessions
from core.conversation.sessions.units import Turn
from core.people.person import Person
from core.place import Place
from core.store.engine import Unit
from core.world import World

FRESH = timedelta(minutes=15)
"""So long somebody has a question in mind, and answers it without naming the bot."""
_MOST = 8


def note(unit: Unit, person: Person, place: Place) -> None:
    """They are asked something here, too."""
    here = (place.model_dump_json(), unit.now.timestamp())
    rows = [here, *(row for row in _rows(unit, person, place) if row[0] != here[0])][:_MOST]
    sessions.remember(unit, person, _name(place), Turn("", {"places": orjson.dumps(rows).decode()}))


def others(unit: Unit, person: Person, place: Place) -> Iterator[Place]:
    """Where else somebody was asked something just now, the latest first."""
    since = (unit.now - FRESH).timestamp()
    for where, at in _rows(unit, person, place):
        found = Place.model_validate_json(where)
        if at >= since and not is_same(found, place):
            yield found


def named(world: World, place: Place) -> str:
    """What people call a place; a channel that the configuration does not name is another one."""
    if place.direct:
        return "direct messages"
    here = (place.platform, place.channel)
    known = (
        name
        for name, one in world.channels.items()
        if here in {(at.platform, at.channel) for at in one.places}
    )
    channel = next((f"#{name}" for name in known), "another channel")
    return f"a thread in {channel}" if place.thread else channel


def is_same(one: Place | None, other: Place) -> bool:
    """Whether something that was said in one place was said in the other, too: in this thread, or in the message that begins it."""
    if one is None or one.lane() != other.lane():
        return False
    return (one.thread or None) == (other.thread or None) or (not one.thread and one.message == other.thread)


def _rows(unit: Unit, person: Person, place: Place) -> list[tuple[str, float]]:
    kept = sessions.last(unit, person, _name(place))
    return [(where, at) for where, at in orjson.loads(kept.said.get("places", "[]"))] if kept else []


def _name(place: Place) -> str:
    return f"open@{place.platform}"
