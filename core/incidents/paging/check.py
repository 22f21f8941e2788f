"""Whether escalations, and whatever names one, name what there is. Pure."""

from collections.abc import Mapping
from typing import Protocol

from core.catalogue.config import ServiceConfig
from core.document import Path
from core.errors import Problem
from core.incidents.config import AlertsConfig
from core.notify.config import ChannelConfig
from core.oncall.config import ScheduleConfig
from core.paging.config import EscalationConfig, Names, PagingConfig, check_escalations, check_paging
from core.people.config import PersonConfig, TeamConfig
from core.source import Source


class File(Protocol):
    """The sections of the configuration that say who is called."""

    @property
    def people(self) -> Mapping[str, PersonConfig]:
        """Everybody, by id."""
        ...

    @property
    def teams(self) -> Mapping[str, TeamConfig]:
        """Teams, by name."""
        ...

    @property
    def services(self) -> Mapping[str, ServiceConfig]:
        """The catalogue, by name."""
        ...

    @property
    def schedules(self) -> Mapping[str, ScheduleConfig]:
        """On-call schedules, by name."""
        ...

    @property
    def channels(self) -> Mapping[str, ChannelConfig]:
        """Notification channels, by name."""
        ...

    @property
    def escalations(self) -> Mapping[str, EscalationConfig]:
        """Escalations, by name."""
        ...

    @property
    def paging(self) -> PagingConfig:
        """What of incidents calls people."""
        ...

    @property
    def alerts(self) -> AlertsConfig:
        """Routes of alerts."""
        ...


def check_calling(source: Source, file: File) -> list[Problem]:
    """People, schedules, teams, channels and escalations that are named and do not exist."""
    humans = [name for name, person in file.people.items() if person.kind == "human"]
    names = Names(humans, file.schedules, file.teams, file.channels)
    return [
        *check_escalations(source, file.escalations, names),
        *check_paging(source, file.paging, file.escalations, _named(file)),
    ]


def _named(file: File) -> Mapping[Path, str | None]:
    """Where escalations are named outside of their own sections."""
    otherwise = file.alerts.otherwise
    routes = enumerate(file.alerts.routes)
    return {
        **{("teams", name, "escalation"): one.escalation for name, one in file.teams.items()},
        **{("services", name, "escalation"): one.escalation for name, one in file.services.items()},
        **{("alerts", "routes", index, "escalation"): route.escalation for index, route in routes},
        ("alerts", "otherwise", "escalation"): otherwise.escalation if otherwise else None,
    }
