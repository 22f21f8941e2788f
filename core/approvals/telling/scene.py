"""What of the world telling needs."""

from collections.abc import Mapping
from typing import Protocol

from core.notify.channel import Channel
from core.notify.config import NoticesConfig
from core.oncall.schedule import Schedule
from core.people.person import Person


class Scene(Protocol):
    """What of the world telling needs."""

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody, by id."""
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
    def public_url(self) -> str:
        """Where people reach the pages."""
        ...

    @property
    def secret_key(self) -> str:
        """What signs links."""
        ...
