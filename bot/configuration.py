"""From `wardroom.yaml` and its runbooks to the world, with every mistake of every file told at once."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import Field, ValidationError

from bot.salvage import salvage, still_there
from bot.settings import Settings
from core.approvals.check import check_policies
from core.approvals.config import Policy
from core.approvals.eligible import Known
from core.approvals.glass.config import BreakGlassConfig
from core.catalogue.config import (
    EnvironmentConfig,
    ServiceConfig,
    check_commands,
    check_names,
    check_services,
    environments,
    services,
)
from core.conversation.config import DraftConfig, MemoryConfig, ModelConfig, check_drafts, check_memory
from core.errors import ConfigError, Problem
from core.health.config import HealthRules, check_health
from core.incidents.config import AlertsConfig, IncidentsConfig, check_alerts, check_windows
from core.incidents.heartbeats.config import HeartbeatConfig, check_heartbeats
from core.incidents.paging.check import check_calling
from core.incidents.remedies.config import RemediationConfig, check_meant, check_remediation
from core.notify.config import ChannelConfig, NoticesConfig, channels, check_channels, check_notices
from core.notify.platforms import DiscordOptions, SlackOptions
from core.observability.config import BackendsConfig
from core.oncall.config import ScheduleConfig, check_schedules, schedules
from core.paging.config import EscalationConfig, PagingConfig, plans
from core.people.config import (
    PersonConfig,
    RoleConfig,
    TeamConfig,
    check_people,
    check_roles,
    check_teams,
    deputies,
    people,
    roles,
    teams,
)
from core.people.factor.config import SecondFactorConfig
from core.people.sessions.config import SigninConfig
from core.people.vocabulary import PERMISSIONS
from core.resilience.config import Limits
from core.runbooks import secrecy, starts
from core.runbooks.config import ActionRules, SecretConfig, SecretName, WorkerRules
from core.runbooks.definition import Runbook
from core.runbooks.load import runbook_files
from core.runbooks.whom import Whom
from core.source import Section, Source, load, validate
from core.store.config import AuditConfig
from core.testbench.config import SuiteConfig, check_suites
from core.wording import HoursConfig, Label, Name, Zone
from core.world import World


class WardroomFile(Section):
    """The whole of `wardroom.yaml`."""

    workspace: Label = Field(min_length=1)
    timezone: Zone = "UTC"
    hours: HoursConfig | None = None
    people: dict[Name, PersonConfig] = Field(default_factory=dict)
    teams: dict[Name, TeamConfig] = Field(default_factory=dict)
    roles: dict[Name, RoleConfig] = Field(default_factory=dict)
    environments: dict[Name, EnvironmentConfig] = Field(default_factory=dict)
    services: dict[Name, ServiceConfig] = Field(default_factory=dict)
    schedules: dict[Name, ScheduleConfig] = Field(default_factory=dict)
    escalations: dict[Name, EscalationConfig] = Field(default_factory=dict)
    paging: PagingConfig = PagingConfig()
    heartbeats: dict[Name, HeartbeatConfig] = Field(default_factory=dict)
    backends: BackendsConfig = BackendsConfig()
    channels: dict[Name, ChannelConfig] = Field(default_factory=dict)
    notifications: NoticesConfig = NoticesConfig()
    policies: tuple[Policy, ...] = ()
    alerts: AlertsConfig = AlertsConfig()
    incidents: IncidentsConfig = IncidentsConfig()
    remediation: RemediationConfig = RemediationConfig()
    health: HealthRules = HealthRules()
    suites: dict[Name, SuiteConfig] = Field(default_factory=dict)
    runbooks: tuple[Label, ...] = ()
    actions: ActionRules = ActionRules()
    secrets: dict[SecretName, SecretConfig] = Field(default_factory=dict)
    workers: WorkerRules = WorkerRules()
    limits: Limits = Limits()
    audit: AuditConfig = AuditConfig()
    break_glass: BreakGlassConfig = BreakGlassConfig()
    slack: SlackOptions = SlackOptions()
    discord: DiscordOptions = DiscordOptions()
    second_factor: SecondFactorConfig = SecondFactorConfig()
    signin: SigninConfig = SigninConfig()
    llm: ModelConfig = ModelConfig()
    drafts: DraftConfig = DraftConfig()
    memory: MemoryConfig = MemoryConfig()


def read_source(path: Path) -> Source:
    """The file at `path` with its positions.

    Raises:
        ConfigError: it is not there, cannot be read, or is no YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        mend = "Write one with `wardroom init`, or name yours in WARDROOM_CONFIG or with --config."
        raise ConfigError([Problem(str(path), 0, "There is no such file.", mend)]) from None
    except UnicodeDecodeError:
        raise ConfigError([Problem(str(path), 0, "This is no text.", "Save it as UTF-8.")]) from None
    except OSError as error:
        raise ConfigError([Problem(str(path), 0, f"This cannot be read: {error.strerror}.")]) from None
    return load(text, str(path))


Library = Callable[[list[Path], Whom | None], Mapping[str, Runbook]]
"""Reads runbooks from folders; without knowing whom they may ask, it does not look at names of people."""


def read_library(folders: Iterable[Path], whom: Whom | None = None) -> dict[str, Runbook]:
    """Every runbook of the folders, or of single files, by name; see `Library`.

    Raises:
        ConfigError: with every mistake of every file.
    """
    from bot.plugins import specs
    from core.runbooks.load import load_library

    return load_library(folders, specs(), whom)


def load_world(settings: Settings, library: Library = read_library) -> World:
    """The world that the configuration describes.

    Raises:
        ConfigError: with every mistake of every file.
    """
    source = read_source(settings.config)
    problems: list[Problem] = []
    try:
        config = validate(source, WardroomFile)
    except ConfigError as error:
        problems += error.problems
        config = salvage(source, WardroomFile)
    books: Mapping[str, Runbook] | None = None
    try:
        folders = [settings.config.parent / folder for folder in config.runbooks]
        # Where the file itself has mistakes, somebody whom a runbook asks may be missing for one of them.
        books = library(folders, None if problems else _whom(config))
        files = runbook_files(folders)
        problems += secrecy.unknown(files, config.secrets)
        problems += starts.unknown(files, books, config.channels, config.secrets)
        problems += check_meant(files, books, config.services)
    except ConfigError as error:
        problems += error.problems
    problems += still_there(source, config, _cross_checks(source, config, books))
    if problems:
        raise ConfigError(sorted(dict.fromkeys(problems), key=lambda it: (it.file, it.line, it.column)))
    return _world(settings, config, books or {})


def whom_of(world: World) -> Whom:
    """Whom a step of a runbook may ask, in a world that was read."""
    humans = [name for name, person in world.people.items() if person.is_human]
    on_call = [name for name, team in world.teams.items() if team.schedule]
    return Whom(world.roles, world.teams, humans, world.schedules, on_call)


def _whom(config: WardroomFile) -> Whom:
    humans = [name for name, person in config.people.items() if person.kind == "human"]
    on_call = [name for name, team in config.teams.items() if team.schedule]
    return Whom(config.roles, config.teams, humans, config.schedules, on_call)


def _world(settings: Settings, config: WardroomFile, books: Mapping[str, Runbook]) -> World:
    from bot.plugins import offers

    return World(
        workspace=config.workspace,
        timezone=config.timezone,
        people=people(config.people, config.timezone, config.hours),
        teams=teams(config.teams),
        roles=roles(config.roles),
        deputies=deputies(config.roles),
        environments=environments(config.environments),
        services=services(config.services),
        channels=channels(config.channels),
        notices=config.notifications,
        policies=tuple(policy.in_zone(config.timezone) for policy in config.policies),
        runbooks=books,
        offers=offers(),
        actions=config.actions.below(settings.config.parent),
        secrets=config.secrets,
        workers=config.workers,
        limits=config.limits,
        break_glass=config.break_glass,
        audit=config.audit.below(settings.config.parent),
        schedules=schedules(config.schedules, config.timezone),
        escalations=plans(config.escalations),
        paging=config.paging,
        heartbeats=config.heartbeats,
        backends=config.backends,
        alerts=config.alerts,
        incidents=config.incidents,
        remediation=config.remediation,
        suites={name: suite.below(settings.config.parent) for name, suite in config.suites.items()},
        health=config.health,
        slack=config.slack,
        discord=config.discord,
        second_factor=config.second_factor,
        signin=config.signin,
        llm=config.llm,
        llm_model=settings.llm_model,
        drafts=config.drafts.below(settings.config.parent, config.runbooks),
        memory=config.memory,
        public_url=settings.base_url,
        secret_key=settings.secret_key.get_secret_value(),
    )


def _cross_checks(source: Source, config: WardroomFile, books: Mapping[str, Runbook] | None) -> list[Problem]:
    """What needs more than one section to be seen."""
    from bot.foreign import check_foreign
    from bot.plugins import specs

    named = {name for service in config.services.values() for name in service.runbooks}
    known_books = list(books) if books is not None else list(named)
    everybody, groups = people(config.people, config.timezone), teams(config.teams)
    known = Known(roles(config.roles), config.channels, schedules(config.schedules, config.timezone))
    return [
        *check_people(source, config.people, config.roles),
        *check_teams(source, config.teams, config.people, config.schedules),
        *check_roles(source, config.roles, PERMISSIONS),
        *check_names(source, "environments", config.environments),
        *check_names(source, "services", config.services),
        *check_services(source, config.services, config.teams, known_books),
        *check_commands(source, config.services, config.actions.shell.allow),
        *check_foreign(source, config.services),
        *check_health(source, config.health, channels(config.channels)),
        *check_schedules(source, config.schedules, everybody),
        *check_calling(source, config),
        *check_heartbeats(source, config.services),
        *check_channels(source, config.channels),
        *check_notices(source, config.notifications, config.channels),
        *check_policies(source, _policies(source), everybody, groups, known),
        *check_alerts(source, config.alerts, config.teams, config.channels, config.services),
        *check_windows(source, config.alerts, config.timezone),
        *check_remediation(source, config.remediation, books, config.services, config.environments),
        *check_suites(source, config.suites, config.teams),
        *check_memory(source, config.memory, config.channels),
        *check_drafts(source, config.drafts, list(specs()) if config.drafts.actions else (), config.roles),
    ]


def _policies(source: Source) -> dict[int, Policy]:
    """The policies that are well-formed, by their place in the file."""
    written = source.get(("policies",))
    found: dict[int, Policy] = {}
    for index, each in enumerate(written if isinstance(written, list) else []):
        with suppress(ValidationError):
            found[index] = Policy.model_validate(each)
    return found
