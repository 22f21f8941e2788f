"""Remembering what was understood in a conversation, for as long as one goes on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from core.conversation.sessions import records
from core.people.person import Person
from core.store.engine import Unit

LASTS = timedelta(hours=12)
_NEVER = datetime.min.replace(tzinfo=UTC)
_MOST = 100


@dataclass(frozen=True)
class Turn:
    """What was understood: the intent, the values by name, as they were said, and when."""

    intent: str
    said: Mapping[str, str]
    at: datetime = field(default=_NEVER, compare=False)


def last(unit: Unit, person: Person, session: str) -> Turn | None:
    """The last thing that was understood in this person's session; None if there is none, or it is long ago."""
    found = records.get(unit, person.id, session) if session else None
    if found is None or unit.now - found[0] > LASTS:
        return None
    return Turn(found[1], found[2], found[0])


def remember(unit: Unit, person: Person, session: str, turn: Turn) -> None:
    """Keep this as the last thing; a person has at most a hundred sessions, and the oldest goes first."""
    records.put(unit, person.id, session, turn.intent, dict(turn.said))
    records.keep(unit, person.id, _MOST)


def take(unit: Unit, person: Person, session: str) -> Turn | None:
    """The last thing in this session, which is over by that; None for everybody but the first who takes it."""
    found = last(unit, person, session)
    return found if found is not None and records.delete(unit, person.id, session) else None
