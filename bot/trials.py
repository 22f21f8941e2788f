"""Policies tried from files and from the past: reads them, and plays them on a scratch database."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ConfigDict

from bot.configuration import read_source
from core.approvals import simulate
from core.approvals.acts import Act
from core.approvals.check import check_policies
from core.approvals.config import Policy
from core.approvals.course import Course
from core.approvals.draft import Cast, Judge
from core.approvals.eligible import Known
from core.approvals.glass.units import Custom
from core.approvals.simulate import Play
from core.approvals.trials.cases import Case, CaseFile, check_cases, moment_of, subject_of
from core.approvals.trials.expected import Compared, compare
from core.approvals.trials.replay import Stored, is_of_a_policy
from core.errors import ConfigError, Invalid, NotFound, Problem
from core.people.permissions import may
from core.people.person import Person
from core.runbooks import gate
from core.runbooks import plan as plans
from core.runbooks.params import Names
from core.source import Section, Source, validate
from core.store import export
from core.store.engine import Store, Unit
from core.store.scratch import scratch
from core.world import PACKS, World

FOLDER = "policy-tests"
_PATTERNS = ("*.yaml", "*.yml")
_PAGE = 100
# Some things need a reason. A case that says nothing of it means that some reason was given.
_SOME_REASON = "as the case says"
_GIVES_A_REASON = frozenset({"reject", "change", "break_glass", "ask", "answer"})


class PolicyFile(Section):
    """A file of which only the policies count: a whole wardroom.yaml, or `policies:` alone."""

    model_config = ConfigDict(extra="ignore")

    policies: tuple[Policy, ...]


@dataclass(frozen=True)
class Played:
    """One case of a file: what came of it, and each thing it expects."""

    file: str
    case: Case
    course: Course
    compared: tuple[Compared, ...]

    @property
    def holds(self) -> bool:
        """Everything came as expected."""
        return all(each.holds for each in self.compared)


@dataclass(frozen=True)
class _Story:
    file: str
    case: Case
    kind: str
    subject: dict[str, Any]
    acts: tuple[Act, ...]
    policies: tuple[Policy, ...]


def read_policies(path: Path, world: World) -> tuple[Policy, ...]:
    """The policies of a file, judged against the world's people.

    Raises:
        ConfigError: with every mistake.
    """
    source = read_source(path)
    found = tuple(one.in_zone(world.timezone) for one in validate(source, PolicyFile).policies)
    _refuse(_wrong_policies(source, found, world))
    return found


def play_files(paths: Iterable[Path], world: World, policies: tuple[Policy, ...]) -> Iterator[Played]:
    """Every case of the files and folders, in their order, each played.

    `policies` are tried where a file brings none of its own. All files are read before the first case is
    played.

    Raises:
        ConfigError: with every mistake of every file.
        NotFound: there is no file.
    """
    stories: list[_Story] = []
    problems: list[Problem] = []
    for path in _files(paths):
        try:
            stories += _read(path, world, policies)
        except ConfigError as error:
            problems += error.problems
    _refuse(problems)
    for story in stories:
        with scratch() as database:
            course = simulate.play(database, _cast(story, world), _play(story, world))
        yield Played(story.file, story.case, course, compare(story.case.expect, course))


def judge_of(world: World, policies: Sequence[Policy]) -> Judge:
    """What these policies say about anything, as the doors ask them."""
    return gate.judge_of(policies, world.runbooks, PACKS)


async def stored_requests(store: Store, since: datetime, world: World, use: Callable[[Stored], None]) -> int:
    """Give `use` every request since then that a policy asked for, oldest first; returns how many others.

    A page of them is in memory at a time, and nothing is written.
    """
    seq, others = 0, 0
    while page := await store.read(export.refs, "approval.requested", since, seq, _PAGE):
        seq = page[-1][0]
        for stored in await store.read(_stored, [ref for _, ref in page], world):
            if is_of_a_policy(stored.request):
                use(stored)
            else:
                others += 1
    return others


def _stored(unit: Unit, refs: Sequence[str], world: World) -> list[Stored]:
    found = []
    for ref in refs:
        course = simulate.recorded(unit, ref)
        if course.request is not None:
            acts = simulate.acts_of(unit, ref, world.people)
            found.append(Stored(course.request, course, acts, simulate.first_subject(unit, ref)))
    return found


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            mend = "Write a case into it, or name the files or folders with yours; docs/policies.md begins with one."
            raise NotFound(f"There is no {path}.", mend)
        inside = sorted(file for pattern in _PATTERNS for file in path.glob(pattern)) if path.is_dir() else []
        if path.is_dir() and not inside:
            raise NotFound(f"{path} has no .yaml file.", "Name the files or folders with your cases.")
        found += inside or [path]
    return found


def _read(path: Path, world: World, policies: tuple[Policy, ...]) -> list[_Story]:
    source = read_source(path)
    file = validate(source, CaseFile)
    problems = check_cases(source, file, world.people, list(world.runbooks))
    if file.policies is not None:
        problems += _wrong_policies(source, file.policies, world)
    _refuse(problems)
    own = file.policies
    tried = policies if own is None else tuple(one.in_zone(world.timezone) for one in own)
    stories = []
    for index, case in enumerate(file.cases):
        try:
            subject = subject_of(file, case) if case.run is None else _planned(case, world)
            acts = tuple(_acts(case, world))
        except Invalid as error:
            problems.append(source.problem(("cases", index, "run"), error.what, error.mend))
            continue
        stories.append(_Story(str(path), case, case.kind or "runbook", subject, acts, tried))
    _refuse(problems)
    return stories


def _planned(case: Case, world: World, told: Mapping[str, Any] | None = None) -> dict[str, Any]:
    if case.run is None:
        raise Invalid("This case runs nothing.")
    names = Names(world.services, world.environments, world.runbooks)
    return plans.make(world.runbooks[case.run.runbook], case.run.params | dict(told or {}), names).subject()


def _wrong_policies(source: Source, policies: tuple[Policy, ...], world: World) -> list[Problem]:
    numbered = dict(enumerate(policies))
    return check_policies(
        source, numbered, world.people, world.teams, Known(world.roles, world.channels, world.schedules)
    )


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ConfigError(sorted(dict.fromkeys(problems), key=lambda it: (it.file, it.line, it.column)))


def _cast(story: _Story, world: World) -> Cast:
    gone = {name: world.people[name].model_copy(update={"active": False}) for name in story.case.left}
    people, judge = {**world.people, **gone}, judge_of(world, story.policies)
    return Cast(people, world.teams, judge, world.schedules, world.notices.stagger)


def _play(story: _Story, world: World) -> Play:
    case, people = story.case, world.people
    runs = story.kind == "runbook"
    scene = Play(
        kind=story.kind,
        subject=story.subject,
        asker=people[case.asker],
        at=moment_of(case, ZoneInfo(world.timezone)),
        acts=story.acts,
        title=case.name,
        away=case.away,
        until=case.until,
        unheard=case.unheard,
        changeable=case.changeable or (tuple(_paths(story.subject)) if runs else ()),
        breakers=frozenset(one.id for one in _breakers(world)),
        custom=custom_of(world),
    )
    return replace(scene, initiator=people[case.initiator]) if case.initiator else scene


def custom_of(world: World) -> Custom:
    """How a use of the glass is reviewed here."""
    return Custom(world.break_glass.review, world.break_glass.again, tuple(_breakers(world)))


def _breakers(world: World) -> list[Person]:
    people = world.people.values()
    return [one for one in people if one.is_human and may(one, "approval.break_glass", world.roles)]


def _paths(subject: Mapping[str, Any]) -> list[str]:
    """What a run was told, which people may change unless a policy says otherwise."""
    return [f"params.{name}" for name in subject.get("params", {})]


def _acts(case: Case, world: World) -> Iterator[Act]:
    """What people do in a case.

    Raises:
        Invalid: a run is told something that makes no plan.
    """
    told: dict[str, Any] = {}
    for vote in sorted(case.votes, key=lambda vote: vote.after):
        for name, doing in vote.who().items():
            unsaid = _SOME_REASON if doing in _GIVES_A_REASON else ""
            said = unsaid if vote.reason is None else vote.reason
            act = Act(vote.after, doing, world.people[name], said, vote.to or {})
            if doing == "change" and case.run is not None:
                told |= vote.to or {}
                planned = _planned(case, world, told)
                act = replace(act, patch=planned, follows=frozenset(planned) - {"params"})
            yield act
