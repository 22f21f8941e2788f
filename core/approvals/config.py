"""Policies as the configuration file writes them."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from core import cel
from core.approvals.alone import BreakGlass
from core.approvals.limits import PACK_TRIGGERS, Multiples, Span, TradingLimits
from core.approvals.request import Ask, Rung, Severity
from core.approvals.timing import OpenTime, Silence
from core.digest import digest
from core.quantity import Fraction
from core.source import Section, wrong
from core.wording import HoursConfig, Label, Name, Zone

EXPRESSION_NAMES = frozenset({"subject", "now"})
"""The variables a condition may use."""

Effect = Literal["ask", "deny"]
ASKED = ("role", "team", "person", "schedule")
"""What names whom to ask."""


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


class AskConfig(Section, Ask):
    """Whom to ask: exactly one of a role, a team, a person or a schedule; `oncall` for who is on call of a team."""

    role: Name | None = None
    team: Name | None = None
    person: Name | None = None
    schedule: Name | None = None

    @model_validator(mode="after")
    def _asks_one(self) -> Self:
        given = [kind for kind in ASKED if getattr(self, kind)]
        if len(given) != 1:
            said = f"This names {len(given)} of role, team, person and schedule."
            raise wrong(said, "Name exactly one of them.")
        if self.oncall and self.team is None:
            raise wrong("`oncall` is for a team.", "Write `{team: …, oncall: true}`, or `{schedule: …}`.")
        return self


class RungConfig(Section, Rung):
    """From the part `at` of the time on, `add` these people.

    Source: rule 62: a step on the way leaves the deadline where it is; one at the deadline has a `timeout` of its own.
    """

    at: Fraction
    add: tuple[AskConfig, ...] = Field(min_length=1)
    timeout: Span | None = None

    @model_validator(mode="after")
    def _gives_time_at_the_end_alone(self) -> Self:
        if self.at < 1 and self.timeout is not None:
            raise wrong(
                f"The step at {self.at:.0%} would move the deadline, and only one at 100% may.",
                "Remove its `timeout`, or write `at: 100%`.",
            )
        if self.at == 1 and self.timeout is None:
            raise wrong(
                "The step at 100% asks people when their time is up.",
                "Give it a `timeout`, such as 1h, or an earlier `at`.",
            )
        return self


class EmergencyConfig(Section):
    """Who is asked last, at least two people, and how much time that gives."""

    ask: tuple[AskConfig, ...] = Field(min_length=1)
    timeout: Span = timedelta(hours=1)


def _in_order(rungs: tuple[RungConfig, ...]) -> tuple[RungConfig, ...]:
    steps = [rung.at for rung in rungs]
    if steps != sorted(steps):
        raise wrong("The escalation is not in order.", "Write the earliest step first.")
    return rungs


class BreakGlassTerms(Section, BreakGlass):
    """Whether somebody with the permission may act at once and alone, to be reviewed afterwards."""


class TriggerConfig(Section):
    """One reason why a policy speaks: a condition, or a measure that reaches a `limit` or sinks to a `floor`.

    Limits are inclusive. With a limit the severity follows from how many times it was reached, unless
    `severity` says it. `ask` and `approvals` add to those of the policy when this trigger fires.
    """

    name: Name
    when: Annotated[str, AfterValidator(_condition)] = ""
    measure: Annotated[str, AfterValidator(_condition)] = ""
    limit: Decimal | None = Field(default=None, gt=0)
    floor: Decimal | None = Field(default=None, gt=0)
    multiples: Multiples = Multiples()
    severity: Severity | None = None
    message: Label = ""
    ask: tuple[AskConfig, ...] = ()
    approvals: int = Field(default=1, ge=1)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        bounds = [bound for bound in (self.limit, self.floor) if bound is not None]
        if bool(self.when) == bool(self.measure) or len(bounds) != bool(self.measure):
            raise wrong(
                f"{self.name} is neither a condition nor a measure.",
                "Write `when`, or `measure` with `limit` (fires at or above) or `floor` (at or below).",
            )
        return self


class AutoApprove(Section, Silence):
    """What silence may approve: nothing but findings of these codes, of a program that is trusted so far."""

    triggers: tuple[str, ...] = Field(min_length=1, max_length=50)
    min_trust: Fraction = 0.8
    max_age: Span = timedelta(minutes=15)


class PolicyHours(HoursConfig):
    """The hours that count for a policy; in the time zone of the workspace unless it names one."""

    timezone: Zone | None = None


class AsksConfig(Section):
    """Whom else to ask when a trigger fires, at this severity or a graver one."""

    trigger: Label
    at_least: Severity = "LOW"
    ask: tuple[AskConfig, ...] = Field(min_length=1)
    approvals: int = Field(default=1, ge=1)


class Policy(Section):
    """When a kind of subject needs people, whom, how many, and what happens while nobody answers.

    `timeout` None means the usual time of the severity, and `rejections_to_block` None its usual number.
    A policy without `when` speaks about every subject of its kind; one with `triggers` or a `pack` only if one
    of them fires. `effect: deny` refuses, and nobody can approve it. `fresh` names moments in the subject that
    must not be older than so much. `changes` names what people may change in the subject while they are asked.
    With `second_factor` a yes needs a code or a fresh sign-in beside the click.
    `asks` adds people by what fired and how grave it is, a pack's triggers too.
    `on_timeout: approve` goes with `auto_approve`; the policy must then only ever be NORMAL, which
    `check_policies` makes sure of.
    """

    name: Name
    applies_to: Name
    effect: Effect = "ask"
    when: Annotated[str, AfterValidator(_condition)] = ""
    triggers: tuple[TriggerConfig, ...] = ()
    fresh: Mapping[Annotated[str, AfterValidator(_condition)], Span] = Field(default_factory=dict)
    pack: Literal["trading"] | None = None
    limits: TradingLimits | None = None
    severity: Severity = "MEDIUM"
    reason: Label = ""
    ask: tuple[AskConfig, ...] = ()
    asks: tuple[AsksConfig, ...] = ()
    approvals: int = Field(default=1, ge=1)
    veto: tuple[AskConfig, ...] = ()
    rejections_to_block: int | None = Field(default=None, ge=1)
    timeout: Span | None = None
    remind: Annotated[tuple[Fraction, ...], AfterValidator(_ascending)] = (0.5, 0.9)
    escalation: Annotated[tuple[RungConfig, ...], AfterValidator(_in_order)] = Field(
        default=(), max_length=10
    )
    hours: PolicyHours | None = None
    minimum_approvers: int = Field(default=1, ge=1)
    emergency: EmergencyConfig | None = None
    on_timeout: Literal["expire", "reject", "approve"] = "expire"
    auto_approve: AutoApprove | None = None
    within_session: bool = False
    objection: Span | None = None
    execution_window: Span = timedelta(minutes=15)
    report_within: Span = timedelta(hours=1)
    drift: Fraction = 0.01
    changes: tuple[Name, ...] | None = Field(default=None, max_length=20)
    own_request: bool = False
    break_glass: BreakGlassTerms = BreakGlassTerms()
    second_factor: bool = False
    notify: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.limits is not None and self.pack is None:
            raise wrong(f"{self.name} has limits without a pack.", "Add `pack: trading`, or remove `limits`.")
        if self.effect == "ask" and not self.ask:
            raise wrong(f"{self.name} asks nobody.", "Add `ask: [{role: ...}]`, or write `effect: deny`.")
        if self.effect == "deny" and (self.ask or self.asks):
            raise wrong(f"{self.name} denies, so it asks nobody.", "Remove `ask`, or `effect: deny`.")
        if self.own_request and self.severity in ("HIGH", "CRITICAL"):
            raise wrong(
                f"{self.name} lets people decide on their own requests, and it is {self.severity}.",
                "Remove `own_request`, or make it LOW or MEDIUM.",
            )
        return self

    @property
    def everybody_asked(self) -> tuple[AskConfig, ...]:
        """All that may be asked, by triggers and by the steps of the escalation too."""
        by_triggers = (ask for trigger in self.triggers for ask in trigger.ask)
        later = [ask for one in self.asks for ask in one.ask]
        later += [ask for rung in self.escalation for ask in rung.add]
        return (*self.ask, *by_triggers, *later, *(self.emergency.ask if self.emergency else ()))

    @property
    def reasons(self) -> tuple[str, ...]:
        """The codes that its reasons to ask can have."""
        own = [trigger.name for trigger in self.triggers]
        own += PACK_TRIGGERS.get(self.pack or "", ())
        return (*(own or [self.name]), "DATA_GAP")

    @property
    def open_time(self) -> OpenTime | None:
        """The hours that count."""
        if self.hours is None:
            return None
        days, opens, closes = self.hours.days, self.hours.opens, self.hours.closes
        return OpenTime(days=days, opens=opens, closes=closes, zone=self.hours.timezone or "UTC")

    def in_zone(self, zone: str) -> Self:
        """This policy where people live in this time zone, for whatever names none."""
        if self.hours is None or self.hours.timezone is not None:
            return self
        return self.model_copy(update={"hours": self.hours.model_copy(update={"timezone": zone})})

    @cached_property
    def digest(self) -> str:
        """What tells this version of the policy from any other."""
        return digest(self.model_dump(mode="json"))
