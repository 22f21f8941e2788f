"""What of the world is needed to know who is on call, and to reach them."""

from collections.abc import Mapping
from typing import Protocol

from core.notify.channel import Channel
from core.oncall.schedule import Schedule
from core.people.person import Person
from core.people.team import Team


class Scene(Protocol):
    """What of the world is needed to know who works when, and to reach them."""

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
