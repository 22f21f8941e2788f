"""How much one person, and everybody together, may ask of the house."""

from datetime import timedelta

from pydantic import Field

from core.quantity import Duration
from core.source import Section


class MessageRates(Section):
    """Messages, commands and clicks per minute."""

    person: int = Field(default=30, ge=1)
    workspace: int = Field(default=600, ge=1)


class RequestRates(MessageRates):
    """Calls of programs per minute: of one token, and of all."""

    person: int = Field(default=300, ge=1)
    workspace: int = Field(default=6_000, ge=1)


class PageRates(MessageRates):
    """Openings of pages around signing in per minute: from one address, and from all."""

    person: int = Field(default=60, ge=1)
    workspace: int = Field(default=600, ge=1)


class AlertRates(MessageRates):
    """Alerts per minute: of one sender, and of all; one that is told again counts again."""

    person: int = Field(default=60_000, ge=1)
    workspace: int = Field(default=120_000, ge=1)


class Limits(Section):
    """All limits.

    A program may have `pending_per_program` questions open at a time, and asks again about what was refused
    only after `cool_down`: nobody is worn down by being asked. A token keeps at most `connections_per_token` open
    that follow something, and one of them follows `topics_per_connection`.
    """

    messages_per_minute: MessageRates = MessageRates()
    requests_per_minute: RequestRates = RequestRates()
    pages_per_minute: PageRates = PageRates()
    alerts_per_minute: AlertRates = AlertRates()
    pending_per_program: int = Field(default=50, ge=1)
    cool_down: Duration = timedelta(minutes=5)
    connections_per_token: int = Field(default=20, ge=1)
    topics_per_connection: int = Field(default=100, ge=1)
