"""What a check is: a means by which a service is probed, and what one look finds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel

from core.catalogue.model import HealthCheck


class Status(StrEnum):
    """How something is. UNKNOWN is what could not be found out; it is never taken for HEALTHY."""

    HEALTHY = "healthy"
    UNKNOWN = "unknown"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"


_ORDER = tuple(Status)


def worse(one: Status, other: Status) -> Status:
    """The graver of both."""
    return max(one, other, key=_ORDER.index)


@dataclass(frozen=True)
class Finding:
    """What one look found, and why it is taken so, in a sentence without secrets.

    `is_lost` says that what all checks of this kind ask did not answer: a breaker counts it.
    """

    status: Status
    why: str
    is_lost: bool = False


@dataclass(frozen=True)
class CheckSpec:
    """What is known of a kind of check without looking: its name in the configuration, and what it takes."""

    name: str
    args: type[BaseModel]


class Check(Protocol):
    """A kind of check. `side` names what all checks of this kind ask, if they ask the same; else it is empty."""

    @property
    def spec(self) -> CheckSpec:
        """What is known of it without looking."""
        ...

    @property
    def side(self) -> str:
        """What all checks of this kind ask; empty where each asks something of its own."""
        ...

    async def probe(self, args: Any, seconds: float) -> Finding:
        """Look once. It is cancelled after so many seconds, which are given to those who can say it to others."""
        ...


@dataclass(frozen=True)
class Watched:
    """A check of a service."""

    service: str
    check: HealthCheck

    @property
    def key(self) -> tuple[str, str]:
        """What no other check has."""
        return self.service, self.check.name


@dataclass(frozen=True)
class Sighting:
    """One look: at what, when it began, how long it took, and what it found."""

    watched: Watched
    at: datetime
    took: timedelta
    finding: Finding
