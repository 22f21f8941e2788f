"""What of the world alerts need."""

from collections.abc import Callable, Mapping
from typing import Protocol

from core.catalogue.model import Service
from core.incidents.config import AlertsConfig, IncidentsConfig
from core.notify.channel import Channel
from core.notify.config import NoticesConfig
from core.people.team import Team
from core.runbooks.definition import Runbook


class Scene(Protocol):
    """What of the world alerts need."""

    @property
    def timezone(self) -> str:
        """The zone of moments that name none."""
        ...

    @property
    def conceal(self) -> Callable[[str], str]:
        """Takes the secrets that are known out of a text."""
        ...

    @property
    def alerts(self) -> AlertsConfig:
        """Routes, windows and the rest."""
        ...

    @property
    def incidents(self) -> IncidentsConfig:
        """How incidents go."""
        ...

    @property
    def services(self) -> Mapping[str, Service]:
        """The catalogue, by name."""
        ...

    @property
    def teams(self) -> Mapping[str, Team]:
        """Every team, by name."""
        ...

    @property
    def runbooks(self) -> Mapping[str, Runbook]:
        """Every runbook, by name."""
        ...

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Every notification channel, by name."""
        ...

    @property
    def notices(self) -> NoticesConfig:
        """How notices are meant to work."""
        ...
