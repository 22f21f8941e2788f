"""What of the world paging needs."""

from collections.abc import Mapping
from typing import Protocol

from core.notify.channel import Channel
from core.notify.config import NoticesConfig
from core.oncall.schedule import Schedule
from core.paging.config import PagingConfig
from core.paging.page import Plan
from core.people.person import Person
from core.people.team import Team


class Scene(Protocol):
    """What of the world paging needs."""

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody, by id."""
        ...

    @property
    def teams(self) -> Mapping[str, Team]:
        """Every team, by name."""
        ...

    @property
    def schedules(self) -> Mapping[str, Schedule]:
        """Every on-call schedule, by name."""
        ...

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Every notification channel, by name."""
        ...

    @property
    def notices(self) -> NoticesConfig:
        """How notices are meant to work."""
        ...

    @property
    def paging(self) -> PagingConfig:
        """What of incidents calls people."""
        ...

    @property
    def escalations(self) -> Mapping[str, Plan]:
        """Every escalation, by name."""
        ...

    @property
    def public_url(self) -> str:
        """Where people reach the pages."""
        ...

    @property
    def secret_key(self) -> str:
        """What signs the links in messages."""
        ...
