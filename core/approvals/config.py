"""Policies as the configuration file writes them, and what must hold before one may judge anything."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from core import cel
from core.approvals.request import Ask, Rung, Severity
from core.document import Path
from core.errors import Problem
from core.people.person import Person
from core.people.team import Team
from core.quantity import Duration, Fraction
from core.source import Section, Source, wrong
from core.wording import Label, Name

EXPRESSION_NAMES = frozenset({"subject", "now"})
"""The variables a condition may use."""

Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0)]


def _condition(text: str) -> str:
    try:
        cel.compile(text, EXPRESSION_NAMES) if text else None
    except ValueError as error:
        raise wrong(f"The condition cannot be used: {error}.") from None
    return text


def _ascending(fractions: tuple[float, ...]) -> tuple[float, ...]:
    if [*fractions] != sorted(set(fractions)):
        raise wrong("The reminders are not in order.", "Write the earliest first, each once.")
    return fractions


def _some_time(span: timedelta) -> timedelta:
    if span <= timedelta():
        raise wrong("This time is zero.", "Give people some time, such as 15m.")
    return span


Span = Annotated[Duration, AfterValidator(_some_time)]


class AskConfig(Section, Ask):
    """Whom to ask: exactly one of a role, a team or a person."""

    role: Name | None = None
    team: Name | None = None
    person: Name | None = None

    @model_validator(mode="after")
    def _asks_one(self) -> Self:
        given = [kind for kind in ("role", "team", "person") if getattr(self, kind)]
        if len(given) != 1:
            raise wrong(f"This names {len(given)} of role, team and person.", "Name exactly one of them.")
        return self


class RungConfig(Section, Rung):
    """From the part `at` of the time on, `add` these people; `timeout` gives more time from then."""

    at: Fraction
    add: tuple[AskConfig, ...] = Field(min_length=1)
    timeout: Span | None = None


def _in_order(rungs: tuple[RungConfig, ...]) -> tuple[RungConfig, ...]:
    steps = [rung.at for rung in rungs]
    if steps != sorted(steps):
        raise wrong("The escalation is not in order.", "Write the earliest step first.")
    return rungs


class TradingLimits(Section):
    """The limits of the trading pack: amounts in the base currency, shares from 0 to 1."""

    amount_threshold: Amount | None = None
    risk_score_threshold: Share | None = None
    max_single_position: Share | None = None
    max_sector: Share | None = None
    min_budget: Share | None = None
    require_approval_for_first_trade: bool = False
    min_trust_score: Share | None = None


class Policy(Section):
    """When a kind of subject needs people, whom, how many, and what happens while nobody answers.

    `timeout` None means the usual time of the severity, and `rejections_to_block` None its usual number.
    A policy without `when` speaks about every subject of its kind.
    """

    name: Name
    applies_to: Name
    when: Annotated[str, AfterValidator(_condition)] = ""
    pack: Literal["trading"] | None = None
    limits: TradingLimits | None = None
    severity: Severity = "MEDIUM"
    reason: Label = ""
    ask: tuple[AskConfig, ...] = Field(min_length=1)
    approvals: int = Field(default=1, ge=1)
    veto: tuple[AskConfig, ...] = ()
    rejections_to_block: int | None = Field(default=None, ge=1)
    timeout: Span | None = None
    remind: Annotated[tuple[Fraction, ...], AfterValidator(_ascending)] = (0.5, 0.9)
    escalation: Annotated[tuple[RungConfig, ...], AfterValidator(_in_order)] = Field(
        default=(), max_length=10
    )
    on_timeout: Literal["expire", "reject"] = "expire"
    execution_window: Span = timedelta(minutes=15)
    notify: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _limits_of_a_pack(self) -> Self:
        if self.limits is not None and self.pack is None:
            raise wrong(f"{self.name} has limits without a pack.", "Add `pack: trading`, or remove `limits`.")
        return self

    @property
    def everybody_asked(self) -> tuple[AskConfig, ...]:
        """All that may be asked, the steps of the escalation included."""
        return (*self.ask, *(ask for rung in self.escalation for ask in rung.add))


def check_policies(
    source: Source,
    policies: Mapping[int, Policy],
    people: Mapping[str, Person],
    teams: Mapping[str, Team],
    names: tuple[Iterable[str], Iterable[str]],
) -> list[Problem]:
    """What a policy names and does not exist, and quorums that its people can never reach.

    `policies` are by their place in the file; `names` are those of the roles and of the channels.
    """
    roles, channels = list(names[0]), list(names[1])
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for index, policy in policies.items():
        at: Path = ("policies", index)
        if policy.name in seen:
            line = source.at(("policies", seen[policy.name]))[0]
            what = f"Another policy is called {policy.name} (line {line})."
            problems.append(source.problem((*at, "name"), what, "Give each its own name."))
        seen.setdefault(policy.name, index)
        known = {"role": roles, "team": list(teams), "person": [p.id for p in people.values() if p.is_human]}
        strangers = [
            source.unknown((*path, kind), kind, word, known[kind])
            for path, ask in _asks(at, policy)
            for kind, word in (("role", ask.role), ("team", ask.team), ("person", ask.person))
            if word is not None and word not in known[kind]
        ]
        problems += strangers
        problems += [
            source.unknown((*at, "notify", number), "channel", channel, channels)
            for number, channel in enumerate(policy.notify)
            if channel not in channels
        ]
        if not strangers:
            problems += _reachable(source, at, policy, people, teams)
    return problems


def _asks(at: Path, policy: Policy) -> list[tuple[Path, AskConfig]]:
    named = [((*at, "ask", number), ask) for number, ask in enumerate(policy.ask)]
    named += [((*at, "veto", number), ask) for number, ask in enumerate(policy.veto)]
    return named + [
        ((*at, "escalation", step, "add", number), ask)
        for step, rung in enumerate(policy.escalation)
        for number, ask in enumerate(rung.add)
    ]


def _reachable(
    source: Source, at: Path, policy: Policy, people: Mapping[str, Person], teams: Mapping[str, Team]
) -> list[Problem]:
    groups = {ask.name: _members(ask, people, teams) for ask in policy.everybody_asked}
    eligible = set().union(*groups.values())
    if len(eligible) < policy.approvals:
        what = (
            f"{policy.name} needs {policy.approvals} approvals, and only {len(eligible)} people may give one."
        )
        mend = "Lower `approvals`, or ask more people; programs cannot approve."
        return [source.problem((*at, "approvals"), what, mend)]
    must = [ask.name for ask in policy.ask if ask.must]
    for index, ask in enumerate(policy.ask):
        if ask.must and not groups[ask.name]:
            what = f"{policy.name} must have a vote from {ask.name}, and nobody is in it."
            return [source.problem((*at, "ask", index), what, "Give somebody that role, or remove `must`.")]
    alone = policy.severity in ("HIGH", "CRITICAL")
    if alone and not _apart(must, groups, frozenset()):
        what = f"{policy.name} needs different people for {', '.join(must)}, and there are not enough."
        return [source.problem((*at, "ask"), what, "At HIGH and above one person counts for one role.")]
    if alone and len(must) > policy.approvals:
        what = f"{policy.name} has {len(must)} `must` roles, and needs {policy.approvals} approvals."
        return [source.problem((*at, "approvals"), what, f"Write {len(must)} or more.")]
    return []


def _apart(must: list[str], groups: Mapping[str, frozenset[str]], taken: frozenset[str]) -> bool:
    """Whether each group can be given a person of its own."""
    if not must:
        return True
    return any(_apart(must[1:], groups, taken | {person}) for person in groups[must[0]] - taken)


def _members(ask: Ask, people: Mapping[str, Person], teams: Mapping[str, Team]) -> frozenset[str]:
    team = teams[ask.team].members if ask.team is not None and ask.team in teams else ()
    return frozenset(
        person.id
        for person in people.values()
        if person.is_human
        and person.active
        and (ask.role in person.roles or person.id in team or person.id == ask.person)
    )
