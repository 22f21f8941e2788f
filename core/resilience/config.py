"""How much one person, and everybody together, may ask of the house."""

from pydantic import Field

from core.source import Section


class MessageRates(Section):
    """Messages, commands and clicks per minute."""

    person: int = Field(default=30, ge=1)
    workspace: int = Field(default=600, ge=1)


class Limits(Section):
    """All limits."""

    messages_per_minute: MessageRates = MessageRates()
