"""A question to people, and the terms it is asked under: what whoever asks says only tightens what policies demand."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Protocol

from pydantic import AfterValidator, AwareDatetime, Field

from core.approvals.request import SEVERITIES, Ask, Severity, Terms
from core.errors import Invalid
from core.people.person import Person
from core.quantity import Duration
from core.world import World
from handlers.verb import Args

_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
_SEVERITY: Mapping[str, Severity] = {"NORMAL": "MEDIUM", "HIGH": "HIGH", "CRITICAL": "CRITICAL"}


def _near(moment: datetime | None) -> datetime | None:
    if moment is not None and not _EARLIEST <= moment <= _LATEST:
        raise ValueError("This moment is too far away.")
    return moment.astimezone(UTC) if moment is not None else None


class Asker(Protocol):
    """Whoever asks: a program at its door, or a person in chat."""

    @property
    def person(self) -> Person:
        """Who it is."""
        ...

    @property
    def world(self) -> World:
        """Who and what there is."""
        ...


class AskOf(Args):
    """Whom to ask: exactly one of a role, a team, a person or a schedule; `oncall` for who is on call of a team."""

    role: str | None = Field(default=None, max_length=64)
    team: str | None = Field(default=None, max_length=64)
    person: str | None = Field(default=None, max_length=64)
    schedule: str | None = Field(default=None, max_length=64)
    oncall: bool = False
    must: bool = False


class Question(Args):
    """What a program wants people to decide. What it says itself can only tighten what the policies demand."""

    kind: str = Field(min_length=1, max_length=32, pattern=r"^[a-z][a-z0-9_-]*$")
    title: str = Field(min_length=1, max_length=300)
    reason: str = Field(default="", max_length=2_000)
    subject: dict[str, Any] = Field(default_factory=dict)
    priority: Literal["NORMAL", "HIGH", "CRITICAL"] | None = None
    policy: str | None = Field(default=None, max_length=64)
    ask: tuple[AskOf, ...] = Field(default=(), max_length=20)
    approvals: int | None = Field(default=None, ge=1, le=50)
    timeout: Duration | None = None
    valid_until: Annotated[AwareDatetime | None, AfterValidator(_near)] = Field(
        default=None, description="nothing is decided or used after this moment"
    )
    supersedes: str | None = Field(
        default=None, max_length=24, description="an open request of your own, whose place this one takes"
    )
    callback: str | None = Field(default=None, max_length=500)
    changeable: tuple[Annotated[str, Field(max_length=200)], ...] = Field(default=(), max_length=20)


def terms_of(question: Question, demanded: Terms | None, world: World) -> Terms | None:
    """What a decision on this question needs; None if nobody is needed.

    Args:
        question: what the program says.
        demanded: what the policies demand, if they speak.
        world: who and what there is.

    Raises:
        Invalid: it names people, roles or teams that do not exist.
    """
    terms = _tightened(demanded, question, world)
    return terms.model_copy(update={"named": question.policy or ""}) if terms else None


def _tightened(terms: Terms | None, question: Question, world: World) -> Terms | None:
    wanted = tuple(_ask(one, world) for one in question.ask)
    if terms is None:
        if not wanted:
            return None
        severity = _SEVERITY[question.priority or "NORMAL"]
        return Terms(
            ask=wanted,
            approvals=question.approvals or 1,
            severity=severity,
            timeout=question.timeout,
            changes=question.changeable,
            valid_until=question.valid_until,
        )
    asks = {ask.name: ask for ask in wanted}
    for ask in terms.ask:
        must = ask.must or (ask.name in asks and asks[ask.name].must)
        asks[ask.name] = ask.model_copy(update={"must": must})
    return terms.model_copy(
        update={
            "ask": tuple(asks.values()),
            "approvals": max(terms.approvals, question.approvals or 1),
            "timeout": _shorter(terms.timeout, question.timeout),
            "valid_until": min(filter(None, (terms.valid_until, question.valid_until)), default=None),
            "severity": _graver(terms.severity, question.priority),
            "changes": question.changeable if terms.changes is None else terms.changes,
        }
    )


def _shorter(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    given = [span for span in (one, other) if span is not None]
    return min(given) if given else None


def _graver(severity: Severity, priority: str | None) -> Severity:
    wanted = _SEVERITY[priority] if priority else severity
    return max(severity, wanted, key=SEVERITIES.index)


def _ask(one: AskOf, world: World) -> Ask:
    known = {"role": world.roles, "team": world.teams, "person": world.people, "schedule": world.schedules}
    given = [(kind, name) for kind in known if (name := getattr(one, kind))]
    if len(given) != 1:
        raise Invalid(
            f"`ask` names {len(given)} of role, team, person and schedule.", "Name exactly one of them."
        )
    kind, name = given[0]
    if name not in known[kind]:
        raise Invalid(f"There is no {kind} “{name}”.", f"There are: {', '.join(sorted(known[kind])[:20])}.")
    if one.oncall and (kind != "team" or world.teams[name].schedule is None):
        raise Invalid(f"Nobody is on call for the {kind} “{name}”.", "Name a team that has a schedule.")
    return Ask.model_validate(one.model_dump())
