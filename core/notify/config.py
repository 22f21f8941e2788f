"""Notification channels as the configuration file writes them, and what must hold between them."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from core.errors import Problem
from core.notify.channel import Channel
from core.people.config import ChatPlaces
from core.source import Section, Source, wrong
from core.wording import Mail, Name, Phone, Url, Variable


class EmailConfig(Section):
    """By mail; without `to`, to the address of each person."""

    sender: Mail = Field(alias="from")
    to: Mail | None = None


class SmsConfig(Section):
    """By text message, to the telephone of each person unless `to` is given."""

    to: Phone | None = None


class WebhookConfig(Section):
    """To another program. `secret_env` names the environment variable with the key that signs what is sent."""

    url: Url
    secret_env: Variable | None = None


class ChannelConfig(ChatPlaces):
    """All the ways of one channel, and the channel to use when they fail."""

    email: EmailConfig | None = None
    sms: SmsConfig | None = None
    webhook: WebhookConfig | None = None
    fallback: Name | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if not self.places() and not self.outlets():
            mend = "Give it one of: slack, discord, local, email, sms, webhook."
            raise wrong("This channel leads nowhere.", mend)
        return self

    def outlets(self) -> dict[str, dict[str, str]]:
        """The ways other than chat, each with its options."""
        ways = {"email": self.email, "sms": self.sms, "webhook": self.webhook}
        return {name: way.model_dump(by_alias=True, exclude_none=True) for name, way in ways.items() if way}


def channels(configs: Mapping[str, ChannelConfig]) -> dict[str, Channel]:
    """Every channel by name."""
    return {
        name: Channel(name=name, places=config.places(), outlets=config.outlets(), fallback=config.fallback)
        for name, config in configs.items()
    }


def check_channels(source: Source, configs: Mapping[str, ChannelConfig]) -> list[Problem]:
    """Fallbacks that do not exist, or that lead in a circle."""
    problems = []
    for name, config in configs.items():
        path = ("channels", name, "fallback")
        if config.fallback is not None and config.fallback not in configs:
            problems.append(source.unknown(path, "channel", config.fallback, configs))
        elif circle := _circle(name, configs):
            what = f"The fallbacks of {name} go in a circle: {' → '.join(circle)}."
            problems.append(source.problem(path, what, "Let the last one have no fallback."))
    return problems


def _circle(start: str, configs: Mapping[str, ChannelConfig]) -> list[str]:
    trail = [start]
    while (config := configs.get(trail[-1])) is not None and config.fallback is not None:
        trail.append(config.fallback)
        if config.fallback == start:
            return trail
        if len(trail) > len(configs):
            return []
    return []
