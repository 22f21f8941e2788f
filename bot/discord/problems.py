"""Discord's refusals, in words that say how to mend them, and as what the outbox has to do about them."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import TypeVar

import aiohttp
import discord

from bot.platform import Gone, Limited, Refused, SendError
from bot.unreached import why

T = TypeVar("T")

REFUSED_LOGIN = (
    "Discord refuses the bot's token. Make a new one on the app's Bot page "
    "(https://discord.com/developers/applications), put it into DISCORD_TOKEN and start again."
)
NEEDS_CONTENT = (
    "Discord refuses the connection: switch on “Message Content Intent” on the app's Bot page "
    "(https://discord.com/developers/applications), or set `discord.message_content: false`."
)
ARCHIVED = 50083
THREAD_EXISTS = 160004
DMS_CLOSED = 50007
FORBIDDEN = (50001, 50013)
_GONE = {
    10008: "The message is not there any more.",
    30046: "Discord allows no more edits of a message that is older than an hour.",
}
_REFUSED = {
    10003: "Discord knows no such channel. Correct its id in wardroom.yaml, or invite the bot to that server.",
    10004: "The bot is not on that server. Invite it with the link that the log shows at each start.",
    50001: "The bot cannot see that channel. Give its role “View Channel” there.",
    50005: "That message is by somebody else, so it cannot be edited.",
    50013: "The bot's role lacks a permission in that channel: “Send Messages”, “Send Messages in Threads”, "
    "“Create Public Threads” and “Read Message History” are needed.",
    DMS_CLOSED: "That person takes no direct messages from the bot.",
}
_BANNED_FOR = 60.0


async def told(asked: Awaitable[T]) -> T:
    """What Discord answers.

    Raises:
        SendError: in the kind that says what to do next.
    """
    try:
        return await asked
    except discord.RateLimited as error:
        raise Limited("Discord asks to wait.", retry_after=error.retry_after) from error
    except discord.HTTPException as error:
        raise explained(error) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise SendError(f"Discord cannot be reached: {why(error)}.") from error


def code(error: SendError) -> int:
    """Discord's own number for what went wrong; 0 if it gave none."""
    return int(getattr(error.__cause__, "code", 0))


def explained(error: discord.HTTPException) -> SendError:
    """The kind of error, in words."""
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Limited("Discord asks to wait.", retry_after=_BANNED_FOR)
    if error.status == HTTPStatus.UNAUTHORIZED:
        return Refused(REFUSED_LOGIN)
    if error.code in _GONE:
        return Gone(_GONE[error.code])
    if error.code in _REFUSED:
        return Refused(_REFUSED[error.code])
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return SendError(f"Discord has trouble of its own ({error.status}).")
    return Refused(f"Discord refused it: {error.text[:200] or error.status} (code {error.code}).")
