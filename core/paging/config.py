"""Escalations, contact rules and what pages whom, as the configuration file writes them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from core.errors import Problem
from core.paging.page import Plan, Step
from core.people.config import ContactConfig
from core.people.contact import Urgency
from core.people.team import Team
from core.quantity import Duration
from core.source import Section, Source, wrong
from core.wording import Name

_MINUTE = timedelta(minutes=1)
_LONGEST = timedelta(days=1)
_STEPS = 20
Wait = Annotated[Duration, Field(ge=timedelta(seconds=30), le=_LONGEST)]


class TargetConfig(Section):
    """Whom to call: people, who is on call in a schedule now or next, a team; and channels to tell it in."""

    people: tuple[Name, ...] = ()
    schedule: Name | None = None
    next: Name | None = None
    team: Name | None = None
    channels: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _calls_somebody(self) -> Self:
        if not (self.people or self.schedule or self.next or self.team or self.channels):
            raise wrong("This step calls nobody.", "Give it people, schedule, next, team or channels.")
        return self

    def step(self, wait: timedelta) -> Step:
        """The step that calls them."""
        return Step(
            people=self.people,
            schedule=self.schedule or "",
            following=self.next or "",
            team=self.team or "",
            channels=self.channels,
            wait=wait,
        )


class StepConfig(TargetConfig):
    """Whom to call, and how long to wait for an answer before the next step."""

    wait: Wait = 5 * _MINUTE


class EscalationConfig(Section):
    """Steps, how many times more they are gone through, and what is done when nobody has answered then.

    again: so long after that they are gone through once more, until somebody answers.
    taken_for: whoever took a page of an incident and does nothing about it for so long loses it; `never` for always.
    """

    steps: tuple[StepConfig, ...] = Field(min_length=1, max_length=_STEPS)
    repeat: int = Field(default=2, ge=0, le=20)
    final: TargetConfig | None = None
    again: Wait = 30 * _MINUTE
    taken_for: Wait | Literal["never"] = 60 * _MINUTE

    def plan(self, name: str) -> Plan:
        """What pages freeze of it."""
        return Plan(
            name=name,
            steps=tuple(one.step(one.wait) for one in self.steps),
            repeat=self.repeat,
            final=self.final.step(self.again) if self.final else None,
            again=self.again,
            taken_for=None if self.taken_for == "never" else self.taken_for,
        )


Grade = Literal["critical", "high", "medium", "low", "info"]


class WatchdogConfig(Section):
    """When the watchdog looks after pages, and when it raises the alarm.

    every: how often it looks. late: what should have gone on so long ago, or left, and has not, is an alarm; after twice the
    time any process raises it, not the leader alone. blind: after so long without a look the health of the house is bad.
    patience: how long it waits for a chat or the mail server to take the alarm.
    """

    every: Annotated[Duration, Field(ge=timedelta(seconds=1), le=10 * _MINUTE)] = timedelta(seconds=20)
    late: Annotated[Duration, Field(ge=timedelta(seconds=30), le=timedelta(hours=1))] = 2 * _MINUTE
    blind: Annotated[Duration, Field(ge=timedelta(seconds=10), le=timedelta(hours=1))] = 3 * _MINUTE
    patience: Annotated[Duration, Field(ge=timedelta(seconds=1), le=2 * _MINUTE)] = timedelta(seconds=15)

    @model_validator(mode="after")
    def _sees_in_time(self) -> Self:
        if self.blind <= self.every:
            raise wrong("It would count as blind before it looks again.", "Make `blind` longer than `every`.")
        if self.late < self.every:
            raise wrong(
                "It would look less often than it is to notice.", "Make `every` no longer than `late`."
            )
        return self


class PagingConfig(Section):
    """What of incidents calls people.

    urgency: by severity of the incident, `high` wakes people, `low` waits for their quiet hours, `none` calls nobody.
    severities: the escalation for a severity, whatever the service.
    escalation: for what belongs to nobody.
    contact: how people are called who have not said how.
    watchdog: when it is looked whether pages go on, and when that is an alarm.
    bundle: so long after a message that calls somebody, what calls them by the same way waits and leaves as one; 0 for never.
    """

    urgency: dict[Grade, Literal["high", "low", "none"]] = Field(default_factory=dict)
    severities: dict[Grade, Name] = Field(default_factory=dict)
    escalation: Name | None = None
    contact: ContactConfig = ContactConfig()
    watchdog: WatchdogConfig = WatchdogConfig()
    bundle: Annotated[Duration, Field(le=2 * _MINUTE)] = timedelta(seconds=30)


_URGENCY: Mapping[Grade, Literal["high", "low", "none"]] = {
    "critical": "high",
    "high": "high",
    "medium": "low",
}
_GRADES: tuple[Grade, ...] = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True)
class Attached:
    """The escalations that a route, a service and a team name, as far as they do."""

    route: str = ""
    service: str = ""
    team: Team | None = None


def urgency_of(config: PagingConfig, severity: int) -> Urgency | None:
    """How urgent an incident of a severity, 1 to 5, is; None if it calls nobody."""
    grade = _GRADES[severity - 1]
    said = config.urgency.get(grade, _URGENCY.get(grade, "none"))
    return None if said == "none" else Urgency(said)


def plan_for(
    config: PagingConfig, plans: Mapping[str, Plan], severity: int, attached: Attached
) -> Plan | None:
    """The escalation of an incident: its route's, its severity's, its service's, its team's, the one for all else.

    A team that names none and has a schedule calls who is on call, who is next, and then everybody.
    """
    for name in (attached.route, config.severities.get(_GRADES[severity - 1]), attached.service):
        if name and name in plans:
            return plans[name]
    own = plan_by_itself(plans, attached.team) if attached.team is not None else None
    return own or plans.get(config.escalation or "")


def unpaged(config: PagingConfig, plans: Mapping[str, Plan], attached: Attached) -> tuple[int, ...]:
    """The severities that are urgent, and for which no escalation leads from what is so attached to anybody."""
    urgent = (one for one in range(1, len(_GRADES) + 1) if urgency_of(config, one) is Urgency.HIGH)
    return tuple(one for one in urgent if plan_for(config, plans, one, attached) is None)


def plan_of_team(plans: Mapping[str, Plan], team: Team) -> Plan:
    """How a team is called by somebody who names it."""
    return plans.get(team.escalation or "") or usual(team)


def plan_by_itself(plans: Mapping[str, Plan], team: Team) -> Plan | None:
    """How a team is called for what is its own; None where it has neither an escalation nor a schedule."""
    return plan_of_team(plans, team) if team.schedule or team.escalation in plans else None


def usual(team: Team) -> Plan:
    """How a team is called that has said nothing: who is on call, who is next, then everybody in it."""
    steps = [Step(team=team.name, wait=10 * _MINUTE)]
    if team.schedule:
        steps[:0] = [Step(schedule=team.schedule), Step(following=team.schedule)]
    return Plan(name=f"team {team.name}", steps=tuple(steps))


def plans(configs: Mapping[str, EscalationConfig]) -> dict[str, Plan]:
    """Every escalation by name."""
    return {name: config.plan(name) for name, config in configs.items()}


@dataclass(frozen=True)
class Names:
    """The names that escalations may use: humans, schedules, teams, channels."""

    people: Collection[str]
    schedules: Collection[str]
    teams: Collection[str]
    channels: Collection[str]


def check_escalations(source: Source, configs: Mapping[str, EscalationConfig], known: Names) -> list[Problem]:
    """Whoever is named and does not exist."""
    problems: list[Problem] = []
    for name, config in configs.items():
        at: tuple[str | int, ...] = ("escalations", name)
        for index, step in enumerate(config.steps):
            problems += _unknown(source, (*at, "steps", index), step, known)
        if config.final is not None:
            problems += _unknown(source, (*at, "final"), config.final, known)
    return problems


def check_paging(
    source: Source,
    config: PagingConfig,
    names: Iterable[str],
    attached: Mapping[tuple[str | int, ...], str | None],
) -> list[Problem]:
    """Escalations that are named and do not exist; `attached` are those named elsewhere, by where."""
    known = list(names)
    named = {("paging", "escalation"): config.escalation, **attached}
    named |= {("paging", "severities", grade): name for grade, name in config.severities.items()}
    return [
        source.unknown(path, "escalation", name, known)
        for path, name in named.items()
        if name is not None and name not in known
    ]


def _unknown(source: Source, at: tuple[str | int, ...], config: TargetConfig, known: Names) -> list[Problem]:
    named = [
        *(((*at, "people", index), "human", each, known.people) for index, each in enumerate(config.people)),
        ((*at, "schedule"), "schedule", config.schedule, known.schedules),
        ((*at, "next"), "schedule", config.next, known.schedules),
        ((*at, "team"), "team", config.team, known.teams),
        *(
            ((*at, "channels", index), "channel", each, known.channels)
            for index, each in enumerate(config.channels)
        ),
    ]
    return [
        source.unknown(path, kind, name, there)
        for path, kind, name, there in named
        if name is not None and name not in there
    ]
