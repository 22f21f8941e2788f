"""What is run here: services and the environments they run in."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CheckKind = Literal["liveness", "readiness", "dependency"]


class Environment(BaseModel):
    """A place where services run: production, staging."""

    model_config = ConfigDict(frozen=True)

    name: str
    aliases: tuple[str, ...] = ()


class HealthCheck(BaseModel):
    """How a service is probed: `means` says by what (http, tcp, promql ...), `target` at what. `options` is all of it, and shown to nobody.

    A probe may take `timeout`. Its status becomes bad after `fall` bad results in a row, and good after `rise` good
    ones. What is `critical` makes its service unhealthy, anything else makes it degraded.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    kind: CheckKind
    means: str
    target: str
    options: dict[str, Any] = Field(default={}, exclude=True, repr=False)
    interval: timedelta = timedelta(seconds=30)
    timeout: timedelta = timedelta(seconds=5)
    rise: int = 2
    fall: int = 3
    critical: bool = True


class Service(BaseModel):
    """Something that is run. `tier` 0 is the most important; `users` is how many people depend on it.

    `escalation` names who is paged for it, where that is not what its owner says.
    `public_name` is what people outside call it.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    aliases: tuple[str, ...] = ()
    description: str = ""
    public_name: str = ""
    tier: int = 2
    owner: str | None = None
    escalation: str | None = None
    depends_on: tuple[str, ...] = ()
    slo: dict[str, float] = {}
    users: int = 0
    health: tuple[HealthCheck, ...] = ()
    runbooks: tuple[str, ...] = ()
