"""The nouns of approvals: what is asked, of whom, under which terms, and what people have said."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from core.approvals.alone import REVIEWER, BreakGlass
from core.approvals.change import Amendment, Noun
from core.approvals.timing import OpenTime, Silence
from core.oncall.schedule import Schedule

Severity = Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
Priority = Literal["NORMAL", "HIGH", "CRITICAL"]
SEVERITIES: tuple[Severity, ...] = ("LOW", "MEDIUM", "HIGH", "CRITICAL")


class Status(StrEnum):
    """Where a request stands. The names are part of the programs' interface."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    SUPERSEDED = "SUPERSEDED"
    EXECUTING = "EXECUTING"
    REVOKED = "REVOKED"
    LAPSED = "LAPSED"
    STALE = "STALE"
    EXECUTED = "EXECUTED"
    EXECUTION_FAILED = "EXECUTION_FAILED"
    EXECUTION_UNKNOWN = "EXECUTION_UNKNOWN"


class Choice(StrEnum):
    """What one person says. A rejection by somebody who holds a veto is a veto."""

    APPROVE = "approve"
    REJECT = "reject"
    ABSTAIN = "abstain"


ON_CALL = "on call for "
"""How the group of those who are on call begins; no other group has blanks in its name."""


class Ask(Noun):
    """Whom to ask: a role, a team, one person, or who is on call by a schedule or (`oncall`) for a team.

    `must`: at least one of the yes-votes comes from here.
    """

    role: str | None = None
    team: str | None = None
    person: str | None = None
    schedule: str | None = None
    oncall: bool = False
    must: bool = False

    @property
    def name(self) -> str:
        """The group's name, as cards show it."""
        if self.is_on_call:
            return f"{ON_CALL}{self.schedule or self.team}"
        return self.role or self.team or self.person or ""

    @property
    def is_on_call(self) -> bool:
        """Whether it means whoever is on call at the moment of asking."""
        return self.schedule is not None or self.oncall


class Rung(Noun):
    """One step of the escalation: from the fraction `at` of the time on, also ask `add`.

    With a `timeout` it is taken when the time is up, and gives that much more. One for the `emergency` is the last.
    """

    at: float
    add: tuple[Ask, ...] = ()
    timeout: timedelta | None = None
    emergency: bool = False


class Finding(Noun):
    """Why a policy speaks: its name, how grave, in words, and the inputs it saw."""

    policy: str
    code: str
    severity: Severity
    message: str
    inputs: dict[str, Any] = Field(default_factory=dict)


class Terms(Noun):
    """What a decision needs, before people are looked up. Durations; fractions of the timeout for reminders.

    `valid_until` is the moment after which the thing makes no sense any more. `objection` is how long what was
    agreed waits for somebody to object. `report_within` is how long a program that uses the approval has to say
    what became of it. With `hours` only open time counts, until it is decided.
    `changes` are the parts of the subject that people may change; None where nothing says it. `own_request`: whoever
    asks may decide like the others, unless it is grave. While fewer than `minimum` people may decide, the next step
    is taken at once. `named` is the policy that the program named, which is heard whether or not it spoke.
    """

    ask: tuple[Ask, ...]
    approvals: int = 1
    minimum: int = 1
    veto: tuple[Ask, ...] = ()
    rejections_to_block: int | None = None
    severity: Severity = "MEDIUM"
    timeout: timedelta | None = None
    remind: tuple[float, ...] = (0.5, 0.9)
    escalation: tuple[Rung, ...] = ()
    execution_window: timedelta = timedelta(minutes=15)
    drift: float = 0.01
    notify: tuple[str, ...] = ()
    two_roles_by_one: bool = False
    second_factor: bool = False
    changes: tuple[str, ...] | None = None
    own_request: bool = False
    break_glass: BreakGlass = BreakGlass()
    policies: tuple[str, ...] = ()
    named: str = ""
    policy_hash: str = ""
    valid_until: datetime | None = None
    objection: timedelta | None = None
    report_within: timedelta = timedelta(hours=1)
    silence: Silence | None = None
    hours: OpenTime | None = None


class Seat(Noun):
    """A person who may decide, for which of the asked groups, and from which level on.

    `stands_for` names who delegated the seat to them: both count as one. `gone` seats were taken away: what
    they said stays in the history and does not count.
    """

    person: str
    name: str
    groups: tuple[str, ...]
    level: int = 0
    veto: bool = False
    stands_for: str = ""
    gone: bool = False

    @property
    def principal(self) -> str:
        """Whose voice this is: one voice, one count."""
        return self.stands_for or self.person


class Vote(Noun):
    """What a person says now. `digest` is of the subject they were shown, `strength` how sure it is that it is theirs."""

    person: str
    name: str
    choice: Choice
    reason: str = ""
    at: datetime
    digest: str
    via: str = ""
    strength: str = "chat"


class Watch(Noun):
    """A group that is whoever is on call then; `veto`: who may if it is they; `vetoes`: whoever it is may."""

    group: str
    schedule: Schedule
    veto: tuple[str, ...] = ()
    vetoes: bool = False


class Step(Noun):
    """A step of the escalation with its moment, the seats it adds, and who else: those on call at that moment."""

    at: datetime
    seats: tuple[Seat, ...] = ()
    watches: tuple[Watch, ...] = ()
    extends: timedelta | None = None
    emergency: bool = False


class Rules(Noun):
    """The terms of one request, frozen when it was made: numbers, people and moments instead of names.

    `editors` are those of the excluded who changed what is asked; `changeable` are the paths that may be changed.
    """

    needed: int
    minimum: int = 1
    must: tuple[str, ...] = ()
    block: int = 1
    two_roles_by_one: bool = False
    reason_to_approve: bool = False
    second_factor: bool = False
    excluded: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    own_request: bool = False
    break_glass: BreakGlass = BreakGlass()
    changeable: tuple[str, ...] = ()
    reminders: tuple[datetime, ...] = ()
    steps: tuple[Step, ...] = ()
    execution_window: timedelta = timedelta(minutes=15)
    drift: float = 0.01
    policies: tuple[str, ...] = ()
    named: str = ""
    policy_hash: str = ""
    findings: tuple[Finding, ...] = ()
    notify: tuple[str, ...] = ()
    valid_until: datetime | None = None
    objection: timedelta | None = None
    report_within: timedelta = timedelta(hours=1)
    silence: Silence | None = None
    hours: OpenTime | None = None

    @property
    def last_call(self) -> datetime | None:
        """The last moment for people to agree, whatever gives them more time: what is agreed must still count."""
        if self.valid_until is None:
            return None
        return self.valid_until - (self.objection or timedelta())


class Final(Noun):
    """How a request ended, by whom (`name` where it was one person alone), and the code that says why."""

    status: Status
    code: str
    actor: str
    name: str = ""
    reason: str = ""
    at: datetime


class Request(Noun):
    """A question to people about a frozen subject, and where it stands.

    `takes_effect`: it is agreed, and approved from then on unless somebody objects. `extended`: by so many
    seconds the house's own outage moved the deadline. `report_by`: until then whoever uses it should have said
    what became of it. `previous` was about the same and came to nothing.
    """

    id: str
    kind: str
    title: str
    reason: str
    subject: dict[str, Any]
    digest: str
    requester: str
    requester_name: str
    status: Status
    level: int
    priority: Priority
    severity: Severity
    rules: Rules
    seats: tuple[Seat, ...]
    votes: tuple[Vote, ...]
    reminded: int
    created: datetime
    expires: datetime
    approved_until: datetime | None = None
    final: Final | None = None
    execution: str | None = None
    result: str = ""
    takes_effect: datetime | None = None
    extended: int = 0
    report_by: datetime | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    previous: str | None = None
    amended: Amendment | None = None
    version: int

    @property
    def asked(self) -> str:
        """The digest of what was asked at first, whatever people made of it since."""
        return self.amended.asked if self.amended else self.digest

    @property
    def is_review(self) -> bool:
        """It asks whether somebody who acted alone was right to."""
        return self.kind == "review" and self.requester == REVIEWER

    @property
    def is_pending(self) -> bool:
        """People can still decide."""
        return self.status is Status.PENDING

    def seat_of(self, person: str) -> Seat | None:
        """The person's seat, if the request asks them."""
        return next((seat for seat in self.seats if seat.person == person and not seat.gone), None)

    def vote_of(self, person: str) -> Vote | None:
        """The person's current vote."""
        return next((vote for vote in self.votes if vote.person == person), None)
