"""Where an incident is shown from the beginning: to the team of its service, and to operations. Pure."""

from collections.abc import Mapping
from typing import Protocol

from core.catalogue.model import Service
from core.notify.channel import Channel
from core.people.team import Team
from core.place import Place

OPERATIONS = "ops"
"""The channel where every incident is announced, if there is one of that name."""


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def services(self) -> Mapping[str, Service]:
        """The catalogue, by name."""
        ...

    @property
    def teams(self) -> Mapping[str, Team]:
        """Every team, by name."""
        ...

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Every notification channel, by name."""
        ...


def team_of(scene: Scene, service: str) -> Team | None:
    """The team that owns a service, if the catalogue says so."""
    known = scene.services.get(service)
    return scene.teams.get(known.owner) if known is not None and known.owner else None


def places(scene: Scene, service: str) -> tuple[Place, ...]:
    """Where an incident of this service is announced."""
    team, operations = team_of(scene, service), scene.channels.get(OPERATIONS)
    return (*(team.places if team else ()), *(operations.places if operations else ()))
