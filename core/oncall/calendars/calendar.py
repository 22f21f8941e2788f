"""The nouns of calendars: what an event says, who is meant by it, and how far the last good copy is trusted."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Event:
    """Something in a calendar, in UTC. `who` are the words that may name a person: addresses first, then the title."""

    begins: datetime
    ends: datetime
    who: tuple[str, ...]

    @property
    def title(self) -> str:
        """What people call it."""
        return self.who[-1] if self.who else ""


@dataclass(frozen=True)
class Copy:
    """The copy of a calendar: when it was last good and last tried, and what keeps it from being good now.

    `failures` counts the tries in a row that were none. `unknown` are titles of events in which nobody was recognised.
    """

    feed: str
    good: datetime | None = None
    tried: datetime | None = None
    failures: int = 0
    error: str = ""
    unknown: tuple[str, ...] = ()
    people: str = ""
