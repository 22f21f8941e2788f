"""Deployments are reported, once each; each public function one transaction, or part of one."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from core.catalogue.deployments import records
from core.catalogue.deployments.deployment import PREFIX, Deployment, Report
from core.catalogue.model import Environment, Service
from core.catalogue.names import Named, resolve
from core.digest import digest
from core.errors import Invalid, VersionConflict
from core.store import events
from core.store.engine import Unit
from core.store.numbers import next_number
from core.text import one_line

REPORTED = "service.deployed"
_NAME, _WORDS, _LINK = 64, 200, 1_000
_KEPT = timedelta(days=90)


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def services(self) -> Mapping[str, Service]:
        """The catalogue, by name."""
        ...

    @property
    def environments(self) -> Mapping[str, Environment]:
        """Where services run, by name."""
        ...


def report(unit: Unit, scene: Scene, said: Report, via: str) -> tuple[Deployment, bool]:
    """Keep a deployment that `via` reports; False beside it if it was reported before, whatever is said of it now.

    What the catalogue does not know is kept by the name that it was given, so that no pipeline fails for that.

    Raises:
        Invalid: it names no service.
    """
    key = digest([said.source, said.event])[:64]
    known = records.of_key(unit, key)
    if known is not None:
        return known, False
    service = _service(scene, said.names)
    if not service:
        raise Invalid("This deployment names no service.", "Say which one was deployed.")
    made = Deployment(
        id=next_number(unit, PREFIX),
        service=service,
        version=one_line(said.version, _WORDS),
        environment=_named(said.environment, scene.environments) or one_line(said.environment, _NAME),
        kind=said.kind,
        # A clock that is ahead of ours makes nothing happen that has not happened yet.
        at=min(said.at or unit.now, unit.now),
        by=one_line(said.by, _WORDS),
        via=one_line(via, _WORDS),
        url=said.url[:_LINK],
    )
    if not records.add(unit, key, made):
        raise VersionConflict("It was reported at the same moment.")
    facts = {"service": made.service, "version": made.version, "environment": made.environment}
    events.append(unit, REPORTED, made.id, actor=made.via, data=facts | {"kind": made.kind, "at": made.at})
    return made, True


def forget(unit: Unit, _before: datetime) -> int:
    """Delete what is older than ninety days, but for the newest of each service; returns how many."""
    return records.forget(unit, unit.now - _KEPT)


def _service(scene: Scene, names: Iterable[str]) -> str:
    """The first of these names that the catalogue knows, whole or by its last part; else the last part of the first."""
    wanted = [name for said in names for name in (said, _last(said)) if name.strip()]
    known = (_named(name, scene.services) for name in wanted)
    return next((name for name in known if name), one_line(_last(wanted[0]), _NAME) if wanted else "")


def _last(name: str) -> str:
    return name.rstrip("/:").replace(":", "/").rpartition("/")[2]


def _named(text: str, things: Mapping[str, Named]) -> str:
    try:
        return resolve(text, things).name if text else ""
    except Invalid:
        return ""
