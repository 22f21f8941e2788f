"""Cases as files write them: who asks what, who is away, who says what when, and what should come of it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from core.approvals.acts import DOINGS
from core.approvals.config import Policy
from core.approvals.request import Priority, Status
from core.document import Path
from core.errors import Problem
from core.people.person import Person
from core.quantity import Duration, parse_duration
from core.source import Section, Source, suggestion, wrong
from core.text import one_line
from core.wording import Label, Name

_STATUSES = (*Status, "REFUSED")


def _moment(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        what = f"`{one_line(value, 40)}` is not a moment."
        raise wrong(what, "Write it as in 2026-03-02 09:00, in quotes or not.") from None
    return value


def _status(value: str) -> str:
    if value not in _STATUSES:
        raise wrong(f"`{one_line(value, 40)}` is not a status.", suggestion(value, _STATUSES))
    return value


def _until(value: Any) -> timedelta | None:
    if value == "always":
        return None
    try:
        return parse_duration(str(value))
    except ValueError:
        what = f"`{one_line(str(value), 40)}` does not say until when somebody is away."
        raise wrong(what, "Write `always`, or how long after the question they are back: 6h.") from None


def _absent(value: Any) -> Any:
    # `away: [ana, bo]` is short for the whole time.
    return dict.fromkeys(value, "always") if isinstance(value, list) and _are_words(value) else value


def _are_words(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _ended(value: Any) -> Any:
    return {"status": value} if isinstance(value, str) else value


Absent = Annotated[dict[Name, Annotated[timedelta | None, BeforeValidator(_until)]], BeforeValidator(_absent)]


class VoteCase(Section):
    """What people do `after` the question: their names as keys, what they do as values. A change puts `to` in."""

    model_config = ConfigDict(extra="allow")

    after: Duration
    reason: Label | None = None
    to: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _somebody_does_something(self) -> Self:
        if not self.model_extra:
            raise wrong("Nobody does anything here.", "Add a person, as in {after: 2h, ana: approve}.")
        return self

    def who(self) -> Mapping[str, Any]:
        """Each person, and what they do."""
        return self.model_extra or {}


class RunCase(Section):
    """A run of a runbook, planned as in chat, is what is asked about."""

    runbook: Name
    params: dict[str, Any] = Field(default_factory=dict)


class AskedCase(Section):
    """A ring of people that should be asked. What is left out is not looked at."""

    at: Duration | None = None
    level: int | None = None
    people: tuple[Name, ...] | None = None
    enough: bool | None = None
    first: tuple[Name, ...] | None = None


class EndCase(Section):
    """How it should end."""

    status: Annotated[str, AfterValidator(_status)]
    code: str | None = None
    at: Duration | None = None
    by: str | None = None


class Expected(Section):
    """What should come of it. What is left out is not looked at."""

    outcome: Literal["ALLOW", "REQUIRE", "DENY"] | None = None
    policies: tuple[Name, ...] | None = None
    codes: tuple[str, ...] | None = None
    priority: Priority | None = None
    approvals: int | None = None
    must: tuple[Name, ...] | None = None
    asked: tuple[AskedCase, ...] | None = None
    reminders: tuple[Duration, ...] | None = None
    refused: dict[Name, str] | None = None
    end: Annotated[EndCase | None, BeforeValidator(_ended)] = None

    @model_validator(mode="after")
    def _expects_something(self) -> Self:
        if not self.model_fields_set:
            raise wrong("This expects nothing.", "Say what should come of it, as in {outcome: REQUIRE}.")
        return self


class Case(Section):
    """One story: a question, what people do about it, and what should come of it.

    The subject is written out, or is a `sample` with parts of it replaced by `subject`, or the plan of a `run`.
    """

    name: Label = Field(min_length=1)
    kind: Name | None = None
    sample: Name | None = None
    subject: dict[str, Any] = Field(default_factory=dict)
    run: RunCase | None = None
    asker: Name
    initiator: Name | None = None
    at: Annotated[str, AfterValidator(_moment)] = "2026-03-02 09:00"
    away: Absent = Field(default_factory=dict)
    left: tuple[Name, ...] = ()
    unheard: bool = False
    changeable: tuple[str, ...] = Field(default=(), max_length=20)
    votes: tuple[VoteCase, ...] = ()
    until: Duration = timedelta()
    expect: Expected

    @model_validator(mode="after")
    def _is_about_one_thing(self) -> Self:
        if self.run is not None and (self.sample is not None or self.subject):
            raise wrong("This is about a run and about something else.", "Keep `run`, or the other.")
        if self.run is None and self.kind is None:
            raise wrong("This does not say what kind of thing is asked for.", "Add `kind:`, as in runbook.")
        return self


class CaseFile(Section):
    """A file of cases. `policies`, if it has any, stand in the place of those in wardroom.yaml."""

    policies: tuple[Policy, ...] | None = None
    samples: dict[Name, dict[str, Any]] = Field(default_factory=dict)
    cases: tuple[Case, ...] = Field(min_length=1)


def check_cases(
    source: Source, file: CaseFile, people: Mapping[str, Person], runbooks: Collection[str]
) -> list[Problem]:
    """People, samples and runbooks that there are not, votes nobody could give, names used twice."""
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for index, case in enumerate(file.cases):
        at: Path = ("cases", index)
        if case.name in seen:
            what = f"Another case has this name (line {source.at(('cases', seen[case.name]))[0]})."
            problems.append(source.problem((*at, "name"), what, "Give each its own name."))
        seen.setdefault(case.name, index)
        if case.sample is not None and case.sample not in file.samples:
            problems.append(source.unknown((*at, "sample"), "sample", case.sample, file.samples))
        if case.run is not None and case.run.runbook not in runbooks:
            problems.append(
                source.unknown((*at, "run", "runbook"), "runbook", case.run.runbook, list(runbooks))
            )
        problems += [
            source.unknown(path, "person", name, people)
            for path, name in _named(at, case)
            if name not in people
        ]
        problems += _wrong_votes(source, at, case, people)
    return problems


def subject_of(file: CaseFile, case: Case) -> dict[str, Any]:
    """What a case asks about, if it is no run: its sample with the parts that it replaces."""
    return (file.samples[case.sample] if case.sample else {}) | case.subject


def moment_of(case: Case, zone: tzinfo) -> datetime:
    """When the question is asked, in UTC; the file's words are in `zone` where they name none."""
    at = datetime.fromisoformat(case.at)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _named(at: Path, case: Case) -> Iterator[tuple[Path, str]]:
    yield (*at, "asker"), case.asker
    if case.initiator is not None:
        yield (*at, "initiator"), case.initiator
    for key in ("away", "left"):
        for number, name in enumerate(getattr(case, key)):
            yield (*at, key, number if isinstance(getattr(case, key), tuple) else name), name
    expected = case.expect
    for number, ring in enumerate(expected.asked or ()):
        for key in ("people", "first"):
            for place, name in enumerate(getattr(ring, key) or ()):
                yield (*at, "expect", "asked", number, key, place), name
    for name in expected.refused or ():
        yield (*at, "expect", "refused", name), name


def _wrong_votes(source: Source, at: Path, case: Case, people: Mapping[str, Person]) -> Iterator[Problem]:
    for number, vote in enumerate(case.votes):
        for name, doing in vote.who().items():
            path = (*at, "votes", number, name)
            until = case.away.get(name, timedelta())
            if name not in people:
                yield source.unknown(path, "person", name, [*people, *VoteCase.model_fields])
            elif doing not in DOINGS:
                what = f"`{one_line(str(doing), 40)}` is nothing that {name} can do."
                yield source.problem(path, what, suggestion(str(doing), DOINGS))
            elif (doing == "change") != bool(vote.to):
                what = "A change says `to` what, and nothing else does."
                yield source.problem(path, what, "Write {after: 2h, ana: change, to: {quantity: 800}}.")
            elif until is None or vote.after < until:
                yield source.problem(path, f"{name} is away then.", "Change `after`, or `away`.")
