"""The ledger of notices: who was told by what, what became of it, and how that is said. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.notify.routing import CHAT, reaches_people
from core.place import Place

# Causes of which people are told without being asked to decide.
_TOLD = frozenset({"ended", "asked", "broken", "noted", "enrolled", "taken", "returned"})
_WAYS = {
    CHAT: "chat",
    "direct": "direct message",
    "email": "e-mail",
    "sms": "text message",
    "websocket": "WebSocket",
}


class State(StrEnum):
    """What became of a notice. DROPPED: not sent, because nobody wants it any more."""

    QUEUED = "QUEUED"
    ACCEPTED = "ACCEPTED"
    FAILED = "FAILED"
    DROPPED = "DROPPED"


@dataclass(frozen=True)
class Entry:
    """One person (none: the channel's own address), told of one thing by one way.

    `delivery` is the message it goes out with; several people may share one. `provider` is its id on the other
    side. `digest` is what it asks about, until `expires`; `used` is when its link decided, `wrong` how often a
    wrong code was given. `leaves` is when it goes out, where it waits to go with others.
    """

    id: str
    about: str
    cause: str
    digest: str
    person: str
    channel: str
    way: str
    target: str
    place: Place | None
    state: State
    detail: str
    attempts: int
    provider: str
    delivery: str
    expires: datetime
    created: datetime
    settled: datetime | None
    used: datetime | None
    wrong: int
    leaves: datetime | None = None

    @property
    def due(self) -> datetime:
        """When it is to go out."""
        return self.leaves or self.created

    @property
    def asks(self) -> bool:
        """Whether its reader is asked to decide."""
        return self.cause.partition(":")[0] not in _TOLD


def reached(entries: Iterable[Entry]) -> bool:
    """Whether anybody at all was told that a decision is wanted."""
    return any(one.state is State.ACCEPTED and one.asks and reaches_people(one.way) for one in entries)


def summary(entries: Iterable[Entry], names: Mapping[str, str]) -> str:
    """`Told: 3 of 4; Bo by e-mail failed: mailbox unknown`. Nothing if nobody was to be told.

    `names` are what people are called, by id.
    """
    asked = [one for one in entries if one.asks]
    people = list(dict.fromkeys(one.person for one in asked if one.person))
    told = {one.person for one in asked if one.state is State.ACCEPTED}
    said = [f"Told: {len(told & set(people))} of {len(people)}"] if people else []
    lost = [one for one in asked if one.state is State.FAILED]
    said += [
        f"{names.get(one.person, one.person) or one.channel} by {way_word(one)} failed: {one.detail}"
        for one in lost
    ]
    return "; ".join(dict.fromkeys(said))


def untold(entries: Iterable[Entry], names: Mapping[str, str]) -> str:
    """`Bo could not be told: mailbox unknown`, of everybody whom nothing has reached and nothing will any more."""
    asked = [one for one in entries if one.asks and one.person]
    open_or_told = {one.person for one in asked if one.state is not State.FAILED}
    why: dict[str, str] = {one.person: one.detail for one in asked if one.person not in open_or_told}
    said = [f"{names.get(person, person)} could not be told: {detail}" for person, detail in why.items()]
    return "; ".join(said)


def way_word(entry: Entry) -> str:
    """How a way is called."""
    if entry.place is not None:
        return entry.place.platform.title()
    return _WAYS.get(entry.way, entry.way)
