"""Services and environments as the configuration file writes them, and what must hold between them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from core.catalogue.model import CheckKind, Environment, HealthCheck, Service
from core.catalogue.names import plain
from core.catalogue.probes import Command, Dns, ForeignProbe, Http, Probe, Promql, Tcp, Tls
from core.errors import Problem
from core.quantity import Duration
from core.source import Section, Source, wrong
from core.wording import Label, Name

_MEANS = ("http", "tcp", "dns", "tls", "promql", "command", "uses")
_PATIENCE = timedelta(seconds=5)


class EnvironmentConfig(Section):
    """Other names of an environment."""

    aliases: tuple[Label, ...] = ()


class HealthConfig(Section):
    """One probe, by exactly one means; what is not said is the house's usual."""

    name: Name
    kind: CheckKind = "liveness"
    critical: bool | None = None
    http: Http | None = None
    tcp: Tcp | None = None
    dns: Dns | None = None
    tls: Tls | None = None
    promql: Promql | None = None
    command: Command | None = None
    uses: Label | None = None
    given: dict[str, Any] = Field(default_factory=dict, alias="with")
    interval: Duration = Field(default=timedelta(seconds=30), le=timedelta(days=1))
    timeout: Duration | None = Field(default=None, gt=timedelta(), le=timedelta(minutes=5))
    rise: int = Field(default=2, ge=1, le=20)
    fall: int = Field(default=3, ge=1, le=20)

    @model_validator(mode="after")
    def _one_means(self) -> Self:
        given = [means for means in _MEANS if getattr(self, means) is not None]
        if len(given) != 1:
            raise wrong(
                f"The check {self.name} has {len(given)} means; it needs one.",
                f"One of: {', '.join(_MEANS)}.",
            )
        if self.given and self.uses is None:
            raise wrong(
                f"The check {self.name} has a `with`, and nothing that takes it.", "Only `uses` does."
            )
        if self.interval < timedelta(seconds=1):
            raise wrong(f"The check {self.name} runs more often than once a second.", "Write 1s or more.")
        if self.timeout is not None and self.timeout > self.interval:
            what = f"The check {self.name} may take longer than the time until the next one."
            raise wrong(what, "Let `timeout` be `interval` at most.")
        return self

    @property
    def probe(self) -> Probe:
        """The means that is given."""
        if self.uses is not None:
            return ForeignProbe.model_validate({"name": self.uses, "with": self.given})
        found: Probe = next(probe for means in _MEANS if (probe := getattr(self, means)) is not None)
        return found

    def check(self) -> HealthCheck:
        """The probe, as the rest of the house knows it."""
        probe = self.probe
        means = self.uses or next(means for means in _MEANS if getattr(self, means) is not None)
        return HealthCheck(
            name=self.name,
            kind=self.kind,
            means=means,
            target=probe.target,
            options=self.given if self.uses else probe.model_dump(),
            interval=self.interval,
            timeout=self.timeout or min(_PATIENCE, self.interval),
            rise=self.rise,
            fall=self.fall,
            critical=self.kind != "dependency" if self.critical is None else self.critical,
        )


class SloConfig(Section):
    """What the service promises: availability and error rate in percent, latencies in milliseconds."""

    availability: Annotated[float, Field(gt=0, le=100)] | None = None
    error_rate: Annotated[float, Field(ge=0, le=100)] | None = None
    latency_p50_ms: Annotated[float, Field(gt=0)] | None = None
    latency_p95_ms: Annotated[float, Field(gt=0)] | None = None
    latency_p99_ms: Annotated[float, Field(gt=0)] | None = None


class ServiceConfig(Section):
    """One service."""

    aliases: tuple[Label, ...] = ()
    description: Label = ""
    public_name: Label = ""
    tier: int = Field(default=2, ge=0, le=5)
    owner: Name | None = None
    escalation: Name | None = None
    depends_on: tuple[Name, ...] = ()
    slo: SloConfig = SloConfig()
    users: int = Field(default=0, ge=0)
    health: tuple[HealthConfig, ...] = ()
    runbooks: tuple[Name, ...] = ()


def environments(configs: Mapping[str, EnvironmentConfig]) -> dict[str, Environment]:
    """Every environment by name."""
    return {name: Environment(name=name, aliases=config.aliases) for name, config in configs.items()}


def services(configs: Mapping[str, ServiceConfig]) -> dict[str, Service]:
    """Every service by name."""
    return {
        name: Service(
            name=name,
            slo=config.slo.model_dump(exclude_none=True),
            health=tuple(check.check() for check in config.health),
            **config.model_dump(exclude={"slo", "health"}),
        )
        for name, config in configs.items()
    }


def check_services(
    source: Source, configs: Mapping[str, ServiceConfig], teams: Iterable[str], runbooks: Iterable[str]
) -> list[Problem]:
    """Owners, dependencies and runbooks that do not exist."""
    teams, runbooks = list(teams), list(runbooks)
    problems = []
    for name, config in configs.items():
        if config.owner is not None and config.owner not in teams:
            problems.append(source.unknown(("services", name, "owner"), "team", config.owner, teams))
        named = (
            ("depends_on", "service", config.depends_on, configs),
            ("runbooks", "runbook", config.runbooks, runbooks),
        )
        problems += [
            source.unknown(("services", name, key, index), kind, word, known)
            for key, kind, words, known in named
            for index, word in enumerate(words)
            if word not in known
        ]
    return problems


def check_commands(
    source: Source, configs: Mapping[str, ServiceConfig], allowed: Iterable[str]
) -> list[Problem]:
    """Programs that checks start and nobody has listed, and names of checks that a service has twice."""
    allowed = list(allowed)
    problems = []
    for name, config in configs.items():
        seen: set[str] = set()
        for index, check in enumerate(config.health):
            at = ("services", name, "health", index)
            if check.name in seen:
                what = f"{name} has a check `{check.name}` already."
                problems.append(source.problem((*at, "name"), what, "Give each its own name."))
            seen.add(check.name)
            if check.command is not None and check.command.argv[0] not in allowed:
                what = f"`{check.command.argv[0]}` is not among the programs that may be run."
                mend = "Add it to `actions: {shell: {allow: [...]}}` if it should be."
                problems.append(source.problem((*at, "command"), what, mend))
    return problems


def check_names(
    source: Source, section: str, configs: Mapping[str, EnvironmentConfig] | Mapping[str, ServiceConfig]
) -> list[Problem]:
    """Names and aliases that mean two things."""
    problems: list[Problem] = []
    taken = {plain(name): name for name in configs}
    for name, config in configs.items():
        for index, alias in enumerate(config.aliases):
            owner = taken.setdefault(plain(alias), name)
            if owner != name:
                line = source.at((section, owner))[0]
                what = f"`{alias}` of {name} already means {owner} (line {line})."
                problems.append(
                    source.problem((section, name, "aliases", index), what, "Choose another alias.")
                )
    return problems
