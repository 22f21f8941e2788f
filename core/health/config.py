"""How health is watched and told, as the configuration file writes it."""

from collections.abc import Mapping

from pydantic import Field

from core.errors import Problem
from core.notify.channel import Channel
from core.source import Section, Source
from core.wording import Name


class HealthRules(Section):
    """Where changes are told, and how many looks are under way at once in a process.

    Channels in `notify` get a card when a service ceases to be healthy; without any, the chat of the team that
    owns it does.
    """

    notify: tuple[Name, ...] = ()
    at_once: int = Field(default=32, ge=1, le=500)


def check_health(source: Source, rules: HealthRules, channels: Mapping[str, Channel]) -> list[Problem]:
    """Channels that do not exist, or have no chat for a card."""
    problems = []
    for index, name in enumerate(rules.notify):
        at = ("health", "notify", index)
        if name not in channels:
            problems.append(source.unknown(at, "channel", name, channels))
        elif not channels[name].places:
            what = f"The channel {name} has no chat, where a card could be."
            problems.append(source.problem(at, what, "Name one with slack, discord or local."))
    return problems
