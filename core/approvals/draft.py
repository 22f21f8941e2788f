"""What goes into the units of approvals, and what comes out of a click."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from core.approvals import approvers
from core.approvals.policy import Verdict
from core.approvals.request import Finding, Request, Rules, Seat, Status, Terms
from core.digest import digest
from core.errors import WardroomError
from core.oncall.schedule import Schedule
from core.people.person import Person
from core.people.team import Team
from core.place import Place

Judge = Callable[[str, dict[str, Any], datetime], Verdict]
"""What the policies say to a kind of subject, at a moment."""


@dataclass(frozen=True)
class Draft:
    """A question before it is asked. `key` recognises a repeat; `places` are where its card is shown.

    `supersedes` is the open request whose place it takes, `previous` an earlier one that came to nothing.
    """

    kind: str
    title: str
    reason: str
    subject: dict[str, Any]
    requester: Person
    terms: Terms
    key: str
    findings: tuple[Finding, ...] = ()
    initiator: Person | None = None
    places: tuple[Place, ...] = ()
    supersedes: str | None = None
    previous: str | None = None


@dataclass(frozen=True)
class Cast:
    """Who there is, and what judges. Who is not there hears `stagger` after the others; zero: with them."""

    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    judge: Judge
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    stagger: timedelta = timedelta(minutes=5)


class Decided(NamedTuple):
    """What became of a click: the request as it stands, the sentence for the person, and a refusal if any."""

    request: Request
    words: str
    refusal: WardroomError | None = None
    changed: bool = False


@dataclass(frozen=True)
class Frozen:
    """What is fixed about a request at the moment it is made."""

    number: str
    rules: Rules
    seats: tuple[Seat, ...]
    now: datetime
    expires: datetime


def own_key(of: str) -> str:
    """The key of a question that the house itself asks, about `of`.

    Programs write their keys in ASCII (`bot.doors`), so nobody can ask an easier question under it first and have
    its answer stand for this one.
    """
    return f"\N{SECTION SIGN}{of}"


def request_of(draft: Draft, frozen: Frozen) -> Request:
    """The request that a draft becomes."""
    return Request(
        id=frozen.number,
        kind=draft.kind,
        title=draft.title,
        reason=draft.reason,
        subject=draft.subject,
        digest=digest(draft.subject),
        requester=draft.requester.id,
        requester_name=draft.requester.name,
        status=Status.PENDING,
        level=0,
        priority=approvers.priority_of(draft.terms.severity),
        severity=draft.terms.severity,
        rules=frozen.rules,
        seats=frozen.seats,
        votes=(),
        reminded=0,
        created=frozen.now,
        expires=frozen.expires,
        supersedes=draft.supersedes,
        previous=draft.previous,
        version=1,
    )


def facts_of(request: Request) -> dict[str, Any]:
    """What the log says of a new request."""
    return {
        "kind": request.kind,
        "title": request.title,
        "digest": request.digest,
        "needed": request.rules.needed,
        "must": list(request.rules.must),
        "seats": [seat.person for seat in request.seats],
        "policies": list(request.rules.policies),
        "policy_hash": request.rules.policy_hash,
        "expires": request.expires,
        "valid_until": request.rules.valid_until,
        "supersedes": request.supersedes,
        "previous": request.previous,
    }
