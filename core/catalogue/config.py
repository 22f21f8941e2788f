"""Services and environments as the configuration file writes them, and what must hold between them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from core.catalogue.model import Environment, HealthCheck, Service
from core.catalogue.names import plain
from core.errors import Problem
from core.quantity import Duration
from core.source import Section, Source, wrong
from core.wording import Label, Name, Url

_MEANS = ("http", "tcp", "dns", "promql", "command")


class EnvironmentConfig(Section):
    """Other names of an environment."""

    aliases: tuple[Label, ...] = ()


class HealthConfig(Section):
    """One probe, by exactly one means."""

    name: Name
    kind: Literal["liveness", "readiness"] = "liveness"
    http: Url | None = None
    tcp: str | None = None
    dns: str | None = None
    promql: str | None = None
    command: tuple[str, ...] | None = None
    interval: Duration = timedelta(seconds=30)

    @model_validator(mode="after")
    def _one_means(self) -> Self:
        given = [means for means in _MEANS if getattr(self, means) is not None]
        if len(given) != 1:
            raise wrong(
                f"The check {self.name} has {len(given)} means; it needs one.",
                f"One of: {', '.join(_MEANS)}.",
            )
        if self.interval < timedelta(seconds=1):
            raise wrong(f"The check {self.name} runs more often than once a second.", "Write 1s or more.")
        return self

    def check(self) -> HealthCheck:
        """The probe, as the rest of the house knows it."""
        means = next(means for means in _MEANS if getattr(self, means) is not None)
        target = getattr(self, means)
        text = target if isinstance(target, str) else " ".join(target)
        return HealthCheck(name=self.name, kind=self.kind, means=means, target=text, interval=self.interval)


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
    tier: int = Field(default=2, ge=0, le=5)
    owner: Name | None = None
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
