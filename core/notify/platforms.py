"""How the chat platforms are used, where that is a choice; tokens and addresses are in the environment."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from core.source import Section, wrong
from core.wording import DiscordId

_COMMAND = re.compile(r"[a-z][a-z0-9_-]{0,31}")


def _command(value: str) -> str:
    if not _COMMAND.fullmatch(value):
        raise wrong(
            f"`{value[:40]}` cannot be a slash command.",
            "Use small letters, digits, `-` and `_`, at most 32.",
        )
    return value


CommandName = Annotated[str, AfterValidator(_command)]


class SlackOptions(Section):
    """`commands` gives our commands other names there, since another app may have taken ours: `incident: inc`."""

    commands: dict[CommandName, CommandName] = Field(default_factory=dict)


class DiscordOptions(Section):
    """What the bot hears and where its commands are.

    `message_content`: the privileged intent is on, so words under our messages are heard without a mention.
    `guilds`: register the commands on these servers alone, where they change at once; else everywhere.
    """

    message_content: bool = False
    guilds: tuple[DiscordId, ...] = ()
