"""What of the world paging needs."""

from collections.abc import Mapping
from typing import Protocol

from core.notify.config import NoticesConfig
from core.oncall.scene import Scene as Staffed
from core.paging.config import PagingConfig
from core.paging.page import Plan


class Scene(Staffed, Protocol):
    """What of the world paging needs."""

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
