"""Notification channels as the configuration file writes them, and what must hold between them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from core.errors import Problem
from core.notify.channel import Channel
from core.notify.notice import FACTS, is_listed_well
from core.people.config import ChatPlaces
from core.quantity import Duration
from core.source import Section, Source, suggestion, wrong
from core.text import one_line
from core.wording import Host, Mail, Name, Phone, Sender, Url, Variable


def _fact(value: str) -> str:
    if not is_listed_well(value):
        mend = suggestion(value, FACTS) + " One value of the subject is written `subject.name`."
        raise wrong(f"`{one_line(value, 60)}` is nothing that a notice can say.", mend)
    return value


Fact = Annotated[str, AfterValidator(_fact)]


class EmailConfig(Section):
    """By mail; without `to`, to the address of each person."""

    sender: Mail = Field(alias="from")
    to: Mail | None = None


class SmsConfig(Section):
    """By text message, to the telephone of each person unless `to` is given.

    `from` is the number it comes from, or the id of a messaging service (`MG...`).
    """

    sender: Sender | None = Field(default=None, alias="from")
    to: Phone | None = None


class WebhookConfig(Section):
    """To another program. `secret_env` names the environment variable with the key that signs what is sent.

    `allow` lists hosts that may be called although their address is a private one.
    """

    url: Url
    secret_env: Variable | None = None
    allow: tuple[Host, ...] = ()


class WebsocketConfig(Section):
    """To the programs of each person that follow `approver:NAME` over a WebSocket, and say that they took it."""


class ChannelConfig(ChatPlaces):
    """All the ways of one channel, what may leave by those other than chat, and the channel to use when they fail."""

    email: EmailConfig | None = None
    sms: SmsConfig | None = None
    webhook: WebhookConfig | None = None
    websocket: WebsocketConfig | None = None
    fields: tuple[Fact, ...] = ()
    fallback: Name | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if not self.places() and not self.outlets():
            mend = "Give it one of: slack, discord, local, email, sms, webhook, websocket."
            raise wrong("This channel leads nowhere.", mend)
        if self.fields and not self.outlets():
            mend = "Remove `fields`; a card shows what its request froze."
            raise wrong(
                "`fields` is for email, sms, webhook and websocket, and this channel is a chat.", mend
            )
        return self

    def outlets(self) -> dict[str, dict[str, object]]:
        """The ways other than chat, each with its options."""
        ways: dict[str, Section | None] = {
            "email": self.email,
            "sms": self.sms,
            "webhook": self.webhook,
            "websocket": self.websocket,
        }
        return {
            name: way.model_dump(mode="json", by_alias=True, exclude_none=True)
            for name, way in ways.items()
            if way
        }


class NoticesConfig(Section):
    """How notices are meant to work.

    deadline: so long after a question was asked somebody must have been told, or the alarm is raised.
    alarm: the channel whose chat hears that nobody could be told; the first with a chat unless given.
    stagger: so long after the others are those told who are not there now; 0 tells all at once.
    otherwise: the channels of requests whose policy names none.
    callback_hosts: private hosts at which programs may want to be called back.
    """

    deadline: Duration = Field(default=timedelta(minutes=2), ge=timedelta(seconds=1))
    stagger: Duration = Field(default=timedelta(minutes=5), ge=timedelta(0), le=timedelta(days=1))
    alarm: Name | None = None
    otherwise: tuple[Name, ...] = ()
    callback_hosts: tuple[Host, ...] = ()


def channels(configs: Mapping[str, ChannelConfig]) -> dict[str, Channel]:
    """Every channel by name."""
    return {
        name: Channel(
            name=name,
            places=config.places(),
            outlets=config.outlets(),
            fields=config.fields,
            fallback=config.fallback,
        )
        for name, config in configs.items()
    }


def check_notices(
    source: Source, rules: NoticesConfig, configs: Mapping[str, ChannelConfig]
) -> list[Problem]:
    """Channels of the rules that do not exist, and an alarm that no chat would hear."""
    at = ("notifications", "otherwise")
    problems = [
        source.unknown((*at, number), "channel", name, configs)
        for number, name in enumerate(rules.otherwise)
        if name not in configs
    ]
    if rules.alarm is None:
        return problems
    path = ("notifications", "alarm")
    if rules.alarm not in configs:
        problems.append(source.unknown(path, "channel", rules.alarm, configs))
    elif not configs[rules.alarm].places():
        mend = "Name a channel with slack, discord or local."
        problems.append(source.problem(path, f"`{rules.alarm}` has no chat to raise an alarm in.", mend))
    return problems


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
