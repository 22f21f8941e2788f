"""The nouns of paging: whom a plan calls in which order, a page that follows one, and each call of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from core.digest import digest, short
from core.people.contact import Rung, Urgency

CALLS = "called"
"""What the cause of a message begins with that calls somebody."""


class State(StrEnum):
    """How far a page is: people are called, nobody is meanwhile, somebody has answered, nobody needs to any more."""

    CALLING = "calling"
    HELD = "held"
    TAKEN = "taken"
    OVER = "over"


class Origin(StrEnum):
    """What began a page: an incident by the rules, a person who called somebody, or a try of one's own ways."""

    INCIDENT = "incident"
    PERSON = "person"
    TEST = "test"


class Noun(BaseModel):
    """A frozen value."""

    model_config = ConfigDict(frozen=True)


class Step(Noun):
    """Whom to call together, and how long to wait for an answer.

    `schedule` is whoever is on call there now, `following` whoever is next in a schedule; channels are told.
    """

    people: tuple[str, ...] = ()
    schedule: str = ""
    following: str = ""
    team: str = ""
    channels: tuple[str, ...] = ()
    wait: timedelta = timedelta(minutes=5)


class Plan(Noun):
    """The steps of an escalation, frozen in every page that follows it.

    They are gone through once and `repeat` times more. Then the alarm is raised and `final` is taken, and after
    `again` they are gone through once more, until somebody answers. Whoever has taken a page of an incident and
    does nothing about it for `taken_for` loses it, and calling begins anew; None: they keep it.
    """

    name: str = ""
    steps: tuple[Step, ...]
    repeat: int = 2
    final: Step | None = None
    again: timedelta = timedelta(minutes=30)
    taken_for: timedelta | None = timedelta(hours=1)

    @property
    def version(self) -> str:
        """What tells this from another version of the same plan: eight digits."""
        return short(digest(self.model_dump(mode="json")))


class Quiet(Noun):
    """What keeps the trouble of a page quiet, in words, and until when, where that is known."""

    by: str
    until: datetime | None = None


class Position(Noun):
    """Where in its plan a page is: which time through, and which step, both from 0; the one after the last is `final`."""

    round: int = 0
    step: int = 0


class Page(Noun):
    """A call to people to look at something, until one of them answers.

    Attributes:
        id: such as `PG-12`.
        title: what it is about.
        incident: the incident that it belongs to; empty if to none.
        by: who or what began it, with a name for the eye.
        plan: whom it calls in which order, as that was when it began.
        at: where in the plan it is; None before its first step.
        due: when it goes on by itself; None if nothing is to come.
        spell: which time it is that calling began, from 1.
        began: when that was.
        owner: who has it; empty while nobody does.
        taken: since when they have.
        offered: to whom the owner wants to hand it over.
        source: what a program called it by, so that it begins once; empty for all others.
        unanswered: when every step had been gone through and nobody had answered.
        quiet_by: what keeps its trouble quiet, so that it does not begin to call by itself; empty if nothing does.
        quiet_until: how long it will, where that is known.
        instead: who is called in the place of whom, because they were called and named them; until calling begins anew.
    """

    id: str
    title: str
    urgency: Urgency
    origin: Origin
    state: State = State.CALLING
    incident: str = ""
    by: str
    by_name: str
    plan: Plan
    at: Position | None = None
    due: datetime | None = None
    created: datetime
    spell: int = 1
    began: datetime
    owner: str = ""
    owner_name: str = ""
    taken: datetime | None = None
    offered: str = ""
    unanswered: datetime | None = None
    ended: datetime | None = None
    version: int = 1
    source: str = ""
    quiet_by: str = ""
    quiet_until: datetime | None = None
    instead: Mapping[str, str] = {}

    @property
    def is_unanswered(self) -> bool:
        """Nobody has it yet, whether anybody is called meanwhile or not."""
        return self.state in (State.CALLING, State.HELD)


class Called(Noun):
    """One person, called by one step of a page; by their own ways, as these were then.

    `rung` is the next of the ways to be tried. `starts` is when it began, which for what can wait is after their
    quiet hours.
    """

    id: str
    page: str
    person: str
    spell: int
    round: int
    step: int
    rungs: tuple[Rung, ...]
    rung: int = 0
    at: datetime
    starts: datetime

    @property
    def cause(self) -> str:
        """What the cause of each message of this call begins with; the number of the way follows."""
        return f"{CALLS}:{self.id}:"
