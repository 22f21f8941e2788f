"""What several checks say of a service together, and which reasons stand behind it. Pure.

All healthy gives healthy; any critical check that is unhealthy gives unhealthy; any that is degraded, or unhealthy
and not critical, gives degraded; what could not be found out gives unknown, never healthy.

Source: the co-pilot design's aggregation (7.4), which called a service unknown whose uncritical check is unhealthy.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.catalogue.model import HealthCheck, Service
from core.health import standing as standings
from core.health.check import Status
from core.health.standing import Standing
from core.quantity import span

_GRACE = timedelta(minutes=1)
_MISSED = 3


@dataclass(frozen=True)
class Part:
    """What counts for a service: one of its checks, or a service that it depends on."""

    name: str
    status: Status
    why: str
    critical: bool


@dataclass(frozen=True)
class Seen:
    """A check with how it stands, as it is shown now: what was not looked at for long is unknown."""

    check: HealthCheck
    standing: Standing
    part: Part
    is_flapping: bool


@dataclass(frozen=True)
class Count:
    """What a service counts as by its own checks, since when, and its newest spell ("" if it never had one)."""

    status: Status
    since: datetime
    spell: str = ""


@dataclass(frozen=True)
class Report:
    """How a service is now, and why. `needs` are the services it depends on that are watched, with how they are.

    `since` is None where it is something else now than its own checks have made it.
    """

    service: Service
    status: Status
    since: datetime | None
    checks: tuple[Seen, ...]
    needs: tuple[Part, ...]

    @property
    def reasons(self) -> tuple[Part, ...]:
        """What keeps it from being healthy, the gravest first."""
        order = tuple(Status)
        bad = [part for part in self.parts if part.status is not Status.HEALTHY]
        return tuple(sorted(bad, key=lambda part: (not part.critical, -order.index(part.status))))

    @property
    def parts(self) -> tuple[Part, ...]:
        """Everything that counts."""
        return (*(seen.part for seen in self.checks), *self.needs)

    @property
    def looked_at(self) -> datetime | None:
        """When one of its checks was last looked at."""
        return max((seen.standing.at for seen in self.checks if seen.standing.at), default=None)


def overall(parts: Collection[Part]) -> Status:
    """What they give together; without any, nothing is known."""
    found = {part.status for part in parts}
    if any(part.critical and part.status is Status.UNHEALTHY for part in parts):
        return Status.UNHEALTHY
    if found & {Status.DEGRADED, Status.UNHEALTHY}:
        return Status.DEGRADED
    return Status.HEALTHY if found == {Status.HEALTHY} else Status.UNKNOWN


def seen(check: HealthCheck, known: Standing | None, now: datetime) -> Seen:
    """How a check is now."""
    standing = known or standings.new(now)
    status, why = _now(check, standing, now)
    part = Part(check.name, status, why, check.critical)
    return Seen(check, standing, part, standings.is_flapping(standing, check, now))


def report(
    service: Service,
    services: Mapping[str, Service],
    known: Mapping[tuple[str, str], Standing],
    count: Count | None,
    now: datetime,
) -> Report:
    """How a service is, from how its checks stand and those of the services it depends on.

    A service counts for those that depend on it by its own checks alone, and never as critical: so a fault is told
    where it is, circles do no harm, and the neighbours of what is down are degraded and not all down.
    """
    own = _own(service, known, now)
    needs = []
    for name in service.depends_on:
        other = services.get(name)
        if other is not None and other.health:
            parts = [each.part for each in _own(other, known, now)]
            needs.append(Part(name, overall(parts), _worst(parts), critical=False))
    status = overall([*(each.part for each in own), *needs]) if own else Status.UNKNOWN
    since = count.since if count is not None and count.status is status else None
    return Report(service, status, since, own, tuple(needs))


def own_status(checks: Sequence[HealthCheck], known: Mapping[str, Standing]) -> Status | None:
    """What the checks that are judged give together; None while too little is judged to say anything.

    What is bad already is bad whatever the others will say.
    """
    judged = [
        Part(check.name, known[check.name].status, "", check.critical)
        for check in checks
        if check.name in known and known[check.name].judged
    ]
    status = overall(judged)
    is_bad = status in (Status.DEGRADED, Status.UNHEALTHY)
    return status if is_bad or len(judged) == len(checks) else None


def _own(service: Service, known: Mapping[tuple[str, str], Standing], now: datetime) -> tuple[Seen, ...]:
    return tuple(seen(check, known.get((service.name, check.name)), now) for check in service.health)


def _now(check: HealthCheck, standing: Standing, now: datetime) -> tuple[Status, str]:
    if standing.at is None:
        return Status.UNKNOWN, "nobody has looked yet"
    if now - standing.at > max(_GRACE, _MISSED * check.interval + check.timeout):
        return Status.UNKNOWN, f"nobody has looked for {span(now - standing.at)}"
    if not standing.judged:
        count = f"{standing.streak} of {standings.needed(standing, standing.toward, check, now)}"
        return Status.UNKNOWN, f"{standing.why} ({count} looks before it counts)"
    if standing.latest is standing.status:
        return standing.status, standing.why
    count = f"{standing.streak} of {standings.needed(standing, standing.toward, check, now)}"
    return standing.status, f"{standing.why} ({standing.latest} {count} times in a row)"


def _worst(parts: Sequence[Part]) -> str:
    order = tuple(Status)
    bad = [part for part in parts if part.status is not Status.HEALTHY]
    worst = max(bad, key=lambda part: (part.critical, order.index(part.status)), default=None)
    return f"{worst.name}: {worst.why}" if worst else "all its checks are healthy"
