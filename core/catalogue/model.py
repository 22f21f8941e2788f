"""What is run here: services and the environments they run in."""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Environment(BaseModel):
    """A place where services run: production, staging."""

    model_config = ConfigDict(frozen=True)

    name: str
    aliases: tuple[str, ...] = ()


class HealthCheck(BaseModel):
    """How a service is probed: `means` says by what (http, tcp, promql ...), `target` at what."""

    model_config = ConfigDict(frozen=True)

    name: str
    kind: Literal["liveness", "readiness"]
    means: str
    target: str
    interval: timedelta


class Service(BaseModel):
    """Something that is run. `tier` 0 is the most important; `users` is how many people depend on it."""

    model_config = ConfigDict(frozen=True)

    name: str
    aliases: tuple[str, ...] = ()
    description: str = ""
    tier: int = 2
    owner: str | None = None
    depends_on: tuple[str, ...] = ()
    slo: dict[str, float] = {}
    users: int = 0
    health: tuple[HealthCheck, ...] = ()
    runbooks: tuple[str, ...] = ()
