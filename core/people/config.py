"""People, teams and roles as the configuration file writes them, and what must hold between them."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core.document import Path
from core.errors import Problem
from core.people.contact import WAYS, Contact, parse_quiet, parse_rungs
from core.people.person import Person
from core.people.team import Team
from core.place import Place
from core.source import Section, Source, suggestion, wrong
from core.text import one_line
from core.wording import DiscordId, HoursConfig, Label, Mail, Name, Phone, SlackChannel, SlackUser, Zone

_PATTERN = re.compile(r"\*|[a-z_]+\.(\*|[a-z_]+)")


def _permission(value: str) -> str:
    if not _PATTERN.fullmatch(value):
        raise wrong(f"`{one_line(value, 60)}` is not a permission.", "Write `area.verb`, `area.*` or `*`.")
    return value


def _joined(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _ways(text: str) -> str:
    try:
        parse_rungs(text)
    except ValueError as error:
        mend = f"Write `slack, sms 2m, email 5m`; the ways are {', '.join(WAYS)}."
        raise wrong(f"`{one_line(text, 60)}` does not say how to call somebody: {error}.", mend) from None
    return text


def _quiet(text: str) -> str:
    try:
        parse_quiet(text)
    except ValueError:
        mend = 'Write "22:00-07:00", or "sat,sun 00:00-24:00".'
        raise wrong(f"`{one_line(text, 60)}` are no hours.", mend) from None
    return text


Ways = Annotated[str, BeforeValidator(_joined), AfterValidator(_ways)]


class ContactConfig(Section):
    """How somebody is called: when it is urgent, and when it can wait; what can wait does so in quiet hours."""

    high: Ways | None = None
    low: Ways | None = None
    quiet: Annotated[str, AfterValidator(_quiet)] | None = None

    @property
    def contact(self) -> Contact:
        """What they say."""
        return Contact(
            high=parse_rungs(self.high) if self.high else None,
            low=parse_rungs(self.low) if self.low else None,
            quiet=parse_quiet(self.quiet) if self.quiet else None,
        )


class PersonConfig(Section):
    """One human, or one program with the human who answers for it."""

    name: Label = Field(min_length=1)
    kind: Literal["human", "agent"] = "human"
    owner: Name | None = None
    slack: SlackUser | None = None
    discord: DiscordId | None = None
    local: Name | None = None
    oidc: Label | None = Field(default=None, min_length=1)
    email: Mail | None = None
    phone: Phone | None = None
    roles: tuple[Name, ...] = ()
    timezone: Zone | None = None
    hours: HoursConfig | None = None
    contact: ContactConfig = ContactConfig()
    active: bool = True

    @model_validator(mode="after")
    def _a_program_has_an_owner(self) -> Self:
        if self.kind == "agent" and self.owner is None:
            raise wrong(
                f"{self.name} is a program without an owner.", "Add `owner:` with the person behind it."
            )
        if self.kind == "human" and self.owner is not None:
            raise wrong(
                f"{self.name} is a human, and has an owner.", "Remove `owner:`, or add `kind: agent`."
            )
        return self


class ChatPlaces(Section):
    """One channel, by its id on each platform where it exists."""

    slack: SlackChannel | None = None
    discord: DiscordId | None = None
    local: Name | None = None

    def places(self) -> tuple[Place, ...]:
        """The channel on each platform that was named."""
        named = (("slack", self.slack), ("discord", self.discord), ("local", self.local))
        return tuple(Place(platform=platform, channel=channel) for platform, channel in named if channel)


class TeamConfig(Section):
    """Members, the schedule that says who of them is on call, how they are paged, and where the team is told things."""

    members: tuple[Name, ...] = ()
    schedule: Name | None = None
    escalation: Name | None = None
    channel: ChatPlaces = ChatPlaces()


class RoleConfig(Section):
    """What people with this role may do, and which roles may stand in for somebody of it who is away."""

    permissions: tuple[Annotated[str, AfterValidator(_permission)], ...] = ()
    deputies: tuple[Name, ...] = ()


def people(
    configs: Mapping[str, PersonConfig], timezone: str, hours: HoursConfig | None = None
) -> dict[str, Person]:
    """Every person by id. `timezone` and `hours` are for those who name none."""
    return {name: _person(name, config, timezone, hours) for name, config in configs.items()}


def teams(configs: Mapping[str, TeamConfig]) -> dict[str, Team]:
    """Every team by name."""
    return {
        name: Team(
            name=name,
            members=config.members,
            schedule=config.schedule,
            escalation=config.escalation,
            places=config.channel.places(),
        )
        for name, config in configs.items()
    }


def roles(configs: Mapping[str, RoleConfig]) -> dict[str, frozenset[str]]:
    """The permission patterns of every role."""
    return {name: frozenset(config.permissions) for name, config in configs.items()}


def deputies(configs: Mapping[str, RoleConfig]) -> dict[str, frozenset[str]]:
    """Which roles may stand in for each role."""
    return {name: frozenset(config.deputies) for name, config in configs.items()}


def check_people(
    source: Source, configs: Mapping[str, PersonConfig], known_roles: Iterable[str]
) -> list[Problem]:
    """Roles and owners that do not exist, owners who are programs, accounts that two people claim."""
    known_roles = list(known_roles)
    problems = []
    for name, config in configs.items():
        at: Path = ("people", name)
        problems += [
            source.unknown((*at, "roles", index), "role", role, known_roles)
            for index, role in enumerate(config.roles)
            if role not in known_roles
        ]
        if config.owner is not None and (
            config.owner not in configs or configs[config.owner].kind != "human"
        ):
            humans = [other for other, it in configs.items() if it.kind == "human"]
            problems.append(source.unknown((*at, "owner"), "human", config.owner, humans))
    return problems + _claimed_twice(source, configs)


def check_teams(
    source: Source, configs: Mapping[str, TeamConfig], people: Iterable[str], schedules: Iterable[str]
) -> list[Problem]:
    """Members and schedules that do not exist."""
    people, schedules = list(people), list(schedules)
    problems = []
    for name, config in configs.items():
        problems += [
            source.unknown(("teams", name, "members", index), "person", member, people)
            for index, member in enumerate(config.members)
            if member not in people
        ]
        if config.schedule is not None and config.schedule not in schedules:
            problems.append(
                source.unknown(("teams", name, "schedule"), "schedule", config.schedule, schedules)
            )
    return problems


def check_roles(source: Source, configs: Mapping[str, RoleConfig], known: Iterable[str]) -> list[Problem]:
    """Permissions that no verb has. `known` are all names `area.verb`."""
    verbs = set(known)
    areas = {f"{verb.partition('.')[0]}.*" for verb in verbs}
    strangers = [
        source.unknown(("roles", name, "deputies", index), "role", role, configs)
        for name, config in configs.items()
        for index, role in enumerate(config.deputies)
        if role not in configs
    ]
    return strangers + [
        source.problem(
            ("roles", name, "permissions", index),
            f"Unknown permission `{pattern}`.",
            suggestion(pattern, areas if pattern.endswith("*") else verbs),
        )
        for name, config in configs.items()
        for index, pattern in enumerate(config.permissions)
        if pattern != "*" and pattern not in verbs | areas
    ]


def _person(name: str, config: PersonConfig, timezone: str, usual: HoursConfig | None) -> Person:
    hours = config.hours or usual
    accounts = {
        "slack": config.slack,
        "discord": config.discord,
        "local": config.local or name,
        "oidc": config.oidc,
    }
    return Person(
        id=name,
        name=config.name,
        kind=config.kind,
        owner=config.owner,
        roles=frozenset(config.roles),
        timezone=config.timezone or timezone,
        hours=hours.hours if hours and config.kind == "human" else None,
        email=config.email or "",
        phone=config.phone or "",
        accounts={platform: account for platform, account in accounts.items() if account},
        contact=config.contact.contact,
        active=config.active,
    )


def _claimed_twice(source: Source, configs: Mapping[str, PersonConfig]) -> list[Problem]:
    problems = []
    for platform in ("slack", "discord", "local", "oidc"):
        claims: dict[str, str] = {}
        for name, config in configs.items():
            account = getattr(config, platform) or (name if platform == "local" else None)
            if account is None:
                continue
            if account in claims:
                line = source.at(("people", claims[account]))[0]
                what = f"{name} and {claims[account]} (line {line}) have one {platform} account, `{account}`."
                mend = "An account is one person; keep it for the one who has it."
                problems.append(source.problem(("people", name, platform), what, mend))
            claims.setdefault(account, name)
    return problems
