"""Incidents and alerts as the configuration file writes them: how those go; who sends these, and what becomes of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from core import cel
from core.errors import Problem
from core.incidents.sources import generic
from core.quantity import Duration
from core.source import Section, Source, wrong
from core.wording import HoursConfig, Label, Name, Variable, Zone

EXPRESSION_NAMES = frozenset({"labels", "annotations", "source", "status"})
"""The variables that a route's condition may use."""

Grade = Literal["critical", "high", "medium", "low", "info"]
GRADES: Mapping[str, int] = {"critical": 1, "high": 2, "medium": 3, "low": 4, "info": 5}
"""The severities of incidents by the words that a route writes."""

Kind = Literal["alertmanager", "grafana", "pagerduty", "cloudevents"]
"""The senders that are known without a description of their JSON."""


def _expression(names: frozenset[str], what: str) -> AfterValidator:
    def check(text: str) -> str:
        try:
            cel.compile(text, names)
        except ValueError as error:
            raise wrong(f"The {what} cannot be used: {error}.") from None
        return text

    return AfterValidator(check)


def _moment(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        mend = 'Write it in quotes, as in "2026-03-02T22:00".'
        raise wrong(f"`{str(value)[:40]}` is no moment.", mend) from None


Condition = Annotated[str, _expression(EXPRESSION_NAMES, "condition")]
Mapped = Annotated[str, _expression(generic.NAMES, "expression")]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Sign = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\S+$")]
Header = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,79}$")]


def _usual() -> dict[Grade, timedelta]:
    return {"critical": timedelta(minutes=30), "high": timedelta(hours=1), "medium": timedelta(hours=4)}


class IncidentsConfig(Section):
    """How incidents go: after being resolved for so long they are closed; where they are worked on; what keeps words.

    room, room_from: whether one that is so grave has a channel of its own, or the thread of its card.
    discord_forum: the forum in which each has a post. archive: a channel or post goes to the archive when it is closed.
    same_within: somebody who declares one of a service that has an open one, of which something was heard so lately, is
    asked whether it is the same; `0s` asks nobody.
    updates: how long people wait for news at most, by severity; of those not named nobody waits.
    review_due: so long after it was begun a review is due. timeline_reactions: the signs that put a message on the timeline.
    """

    close_after: Duration = Field(default=timedelta(days=7), gt=timedelta(0))
    room: Literal["thread", "channel"] = "thread"
    room_from: Grade = "info"
    discord_forum: Annotated[str, Field(pattern=r"^\d{0,20}$")] = ""
    archive: bool = False
    same_within: Duration = Field(default=timedelta(hours=4), ge=timedelta(0))
    updates: dict[Grade, Annotated[Duration, Field(ge=timedelta(minutes=1))]] = Field(default_factory=_usual)
    review_due: Duration = Field(default=timedelta(days=5), gt=timedelta(0))
    timeline_reactions: tuple[Sign, ...] = ("pushpin", "memo", "📌", "📝")

    @property
    def cadence(self) -> Mapping[int, timedelta]:
        """How long people wait for news, by severity as a number."""
        return {GRADES[grade]: span for grade, span in self.updates.items()}


class HandlingConfig(Section):
    """What becomes of alerts: a severity (none: no incident), the team, who is paged, the channels, the service, and when it is over.

    `join`: they belong to an incident of their service that is open already, rather than to one of their own.
    """

    declare: Grade | None = None
    join: bool = False
    team: Name | None = None
    escalation: Name | None = None
    service: Name | None = None
    notify: tuple[Name, ...] = ()
    resolve_after: Duration | None = None


class RouteConfig(HandlingConfig):
    """What becomes of alerts that `match`."""

    match: Condition


class HookConfig(Section):
    """How a sender that has no token shows who it is: by signing with a key that an environment variable holds.

    `signature_header` and `timestamp_header` are for senders that sign with HMAC-SHA256 in their own way; without
    them the Standard Webhooks scheme is expected.
    """

    secret_env: Variable
    signature_header: Header | None = None
    timestamp_header: Header | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.timestamp_header and not self.signature_header:
            raise wrong("`timestamp_header` is read beside `signature_header`.", "Add `signature_header: …`.")
        return self


class GenericConfig(Section):
    """How the JSON of one sender is read: each entry is an expression over `body` (and `item`, of `each`)."""

    each: Mapped | Literal[""] = ""
    fingerprint: Mapped
    name: Mapped
    status: Mapped | Literal[""] = ""
    severity: Mapped | Literal[""] = ""
    service: Mapped | Literal[""] = ""
    group: Mapped | Literal[""] = ""
    summary: Mapped | Literal[""] = ""
    started: Mapped | Literal[""] = ""
    at: Mapped | Literal[""] = ""
    url: Mapped | Literal[""] = ""
    labels: dict[Name, Mapped] = Field(default_factory=dict)
    signed: HookConfig | None = None

    def expressions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Every expression with the keys that lead to it, `each` apart."""
        for name, value in self.model_dump(exclude={"signed", "each", "labels"}).items():
            if value:
                yield (name,), value
        yield from ((("labels", name), text) for name, text in self.labels.items())

    def mapped(self) -> generic.Mapped:
        """The expressions alone."""
        return generic.Mapped(**self.model_dump(exclude={"signed"}))


class SenderConfig(Section):
    """A sender with a name of its own: of which kind it is, and how it signs, if otherwise than others of its kind."""

    kind: Kind
    signed: HookConfig | None = None


def _shape(written: object) -> str:
    return "alone" if isinstance(written, str) else "whole"


Sender = Annotated[
    Annotated[Kind, Tag("alone")] | Annotated[SenderConfig, Tag("whole")], Discriminator(_shape)
]
"""A kind alone, or with more about it."""


class WindowConfig(Section):
    """A maintenance window: alerts that `match` are told to nobody from one moment to another, or in hours of the week."""

    name: Label = Field(min_length=1)
    match: Condition
    begins: Moment | None = Field(default=None, alias="from")
    ends: Moment | None = Field(default=None, alias="to")
    hours: HoursConfig | None = None
    timezone: Zone | None = None

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        dated = self.begins is not None and self.ends is not None
        if dated == (self.hours is not None) or (self.begins is None) != (self.ends is None):
            raise wrong("A window has either `from` and `to`, or `hours`.", 'Write from: "2026-03-02T22:00".')
        return self


class FlappingConfig(Section):
    """When an alert that comes and goes counts as one that flaps: after `times` within a span."""

    times: int = Field(default=3, ge=2, le=100)
    within: Duration = timedelta(minutes=30)


class AlertsConfig(Section):
    """Alerts: routes, of which the first that matches is taken, and what becomes of those that none matches.

    senders: several of one kind that are told apart, by the name that each has in its address: its kind, and how it signs.
    resolve_after: so long after all its alerts ended an incident that came of them is resolved.
    reopen_within: so long after that, alerts of the same group open it again instead of another.
    """

    routes: tuple[RouteConfig, ...] = ()
    otherwise: HandlingConfig | None = None
    hooks: dict[Kind, HookConfig] = Field(default_factory=dict)
    senders: dict[Name, Sender] = Field(default_factory=dict)
    generic: dict[Name, GenericConfig] = Field(default_factory=dict)
    windows: tuple[WindowConfig, ...] = ()
    flapping: FlappingConfig = FlappingConfig()
    resolve_after: Duration = Field(default=timedelta(minutes=10), ge=timedelta(0))
    reopen_within: Duration = Field(default=timedelta(hours=1), ge=timedelta(0))

    def named_senders(self) -> dict[str, SenderConfig]:
        """The senders with names of their own, by name."""
        return {
            name: one if isinstance(one, SenderConfig) else SenderConfig(kind=one)
            for name, one in self.senders.items()
        }


def check_alerts(
    source: Source,
    config: AlertsConfig,
    teams: Iterable[str],
    channels: Iterable[str],
    services: Iterable[str] = (),
) -> list[Problem]:
    """Teams, channels and services that routes name and that do not exist."""
    known = {"team": list(teams), "channel": list(channels), "service": list(services)}
    problems = _without_each(source, config)
    handlings: list[tuple[tuple[str | int, ...], HandlingConfig]] = [
        (("alerts", "routes", index), route) for index, route in enumerate(config.routes)
    ]
    if config.otherwise is not None:
        handlings.append((("alerts", "otherwise"), config.otherwise))
    for at, handling in handlings:
        named = [
            ((*at, "team"), "team", handling.team),
            ((*at, "service"), "service", handling.service),
            *(((*at, "notify", number), "channel", each) for number, each in enumerate(handling.notify)),
        ]
        problems += [
            source.unknown(path, kind, name, known[kind])
            for path, kind, name in named
            if name is not None and name not in known[kind]
        ]
    return problems


def _without_each(source: Source, config: AlertsConfig) -> list[Problem]:
    """Mappings that read `item` where no `each` says of which list: no delivery could be read by them."""
    return [
        source.problem(
            ("alerts", "generic", name, *path),
            f"`{path[-1]}` reads `item`, and there is no `each` that gives items.",
            "Add `each: …`, such as `each: body.alerts`, or read `body`.",
        )
        for name, one in config.generic.items()
        if not one.each
        for path, text in one.expressions()
        if any(used[0] == "item" for used in cel.compile(text, generic.NAMES).paths)
    ]


def check_windows(source: Source, config: AlertsConfig, zone: str) -> list[Problem]:
    """Windows that never open; moments that name no zone are of the window's, or of this one."""
    return [
        source.problem(
            ("alerts", "windows", index, "to"),
            f"The window `{one.name}` ends before it begins, so it never holds.",
            "Write `to` later than `from`.",
        )
        for index, one in enumerate(config.windows)
        if one.begins
        and one.ends
        and in_zone(one.ends, one.timezone or zone) <= in_zone(one.begins, one.timezone or zone)
    ]


def in_zone(moment: datetime, zone: str) -> datetime:
    """A moment of a window, in this zone if it names none."""
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))
