"""A swap that was proposed: who gives which shift for which, until when it can be answered, and what came of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.oncall.schedule import Shift
from core.people.person import Person
from core.people.team import Team
from core.place import Place


class State(StrEnum):
    """What came of it. Only what is `ASKED` can still be answered."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True)
class Swap:
    """`by` would give one shift to `other` and take one of theirs; `place` is where it was proposed, `due` until when it is open."""

    id: str
    schedule: str
    by: str
    other: str
    gives_begins: datetime
    gives_ends: datetime
    takes_begins: datetime
    takes_ends: datetime
    reason: str
    place: Place
    created: datetime
    due: datetime
    state: State = State.ASKED
    closed: datetime | None = None
    version: int = 0

    @property
    def gives(self) -> Shift:
        """The shift of whoever proposed it."""
        return Shift(self.by, self.gives_begins, self.gives_ends)

    @property
    def takes(self) -> Shift:
        """The shift of the other one."""
        return Shift(self.other, self.takes_begins, self.takes_ends)


def due(one: tuple[datetime, datetime], other: tuple[datetime, datetime], now: datetime) -> datetime:
    """Until when two shifts can be swapped: the first that is to come begins then, or one that runs ends."""
    return min(begins if begins > now else ends for begins, ends in (one, other))


def teams_of(swap: Swap, teams: Mapping[str, Team]) -> tuple[str, ...]:
    """Whose schedule it is, each as commands name it: the teams that have it; without any, the schedule itself."""
    return tuple(one.name for one in teams.values() if one.schedule == swap.schedule) or (swap.schedule,)


def title_of(swap: Swap, teams: Mapping[str, Team]) -> str:
    """Whose schedule it is, as people read it."""
    return ", ".join(teams_of(swap, teams))


def name_of(person: str, people: Mapping[str, Person]) -> str:
    """What somebody is called; the id of whoever is not known any more."""
    known = people.get(person)
    return known.name if known else person
