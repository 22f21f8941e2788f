"""How health is watched and told, as the configuration file writes it."""

from collections.abc import Iterable

from pydantic import Field

from core.errors import Problem
from core.source import Section, Source
from core.wording import Name


class HealthRules(Section):
    """Where changes are told, and how many looks are under way at once in a process.

    Channels in `notify` get a card when a service ceases to be healthy; without any, the chat of the team that
    owns it does.
    """

    notify: tuple[Name, ...] = ()
    at_once: int = Field(default=32, ge=1, le=500)


def check_health(source: Source, rules: HealthRules, channels: Iterable[str]) -> list[Problem]:
    """Channels that do not exist."""
    channels = list(channels)
    return [
        source.unknown(("health", "notify", index), "channel", name, channels)
        for index, name in enumerate(rules.notify)
        if name not in channels
    ]
