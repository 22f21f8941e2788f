"""Slack's refusals, in words that say how to mend them, and as what the outbox has to do about them."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.platform import Gone, Limited, Refused, SendError
from bot.unreached import why

_NOT_IN = "Invite the bot to that channel: write `/invite @Wardroom` there."
_TOKEN = "Install the app again and put the new bot token into SLACK_BOT_TOKEN."  # noqa: S105 - a sentence
_GONE = {
    "edit_window_closed": "Slack allows no more edits of that message.",
    "message_not_found": "The message is not there any more.",
    "cant_update_message": "That message cannot be edited.",
    "is_inactive": "The message can no longer be edited.",
    "no_item_specified": "The message is not there any more.",
    "streaming_state_conflict": "The message is being streamed and cannot be edited.",
}
_REFUSED = {
    "channel_not_found": f"Slack knows no such channel, or the bot is not in it. {_NOT_IN}",
    "not_in_channel": f"The bot is not in that channel. {_NOT_IN}",
    "is_archived": "That channel is archived. Name another one in wardroom.yaml.",
    "restricted_action": "The workspace's settings do not let the bot post there. Ask a Slack administrator.",
    "user_not_in_channel": "That person is not in that channel.",
    "user_not_found": "Slack knows no such person.",
    "cannot_dm_bot": "Bots cannot be sent direct messages.",
    "messages_tab_disabled": "Switch on the Messages tab on the app's App Home page (manifest.yml does).",
    "invalid_auth": f"Slack refuses the bot token. {_TOKEN}",
    "not_authed": f"There is no bot token. {_TOKEN}",
    "token_revoked": f"The bot token was revoked. {_TOKEN}",
    "token_expired": f"The bot token has expired. {_TOKEN}",
    "account_inactive": f"The bot was removed from the workspace. {_TOKEN}",
    "msg_too_long": "The message is too long for Slack.",
    "invalid_blocks": "Slack does not understand the message's form; please report this.",
    "thread_not_found": "The thread is not there any more.",
    "too_many_pins": "That channel has as many pins as Slack allows. Take some off.",
    "not_pinnable": "Slack does not let that message be pinned.",
}
_WAIT = 1.0


async def told(asked: Awaitable[Any]) -> dict[str, Any]:
    """What Slack answers.

    Raises:
        SendError: in the kind that says what to do next.
    """
    try:
        response = await asked
    except SlackApiError as error:
        raise explained(error) from error
    except (SlackClientError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise SendError(f"Slack cannot be reached: {why(error)}.") from error
    data = response.data
    return data if isinstance(data, dict) else {}


def code(error: SendError) -> str:
    """Slack's own word for what went wrong; empty if it gave none."""
    cause = error.__cause__
    data = cause.response.data if isinstance(cause, SlackApiError) else None
    return str(data.get("error", "")) if isinstance(data, dict) else ""


def explained(error: SlackApiError) -> SendError:
    """The refusal as the outbox understands it."""
    response = error.response
    body = response.data if isinstance(response.data, dict) else {}
    why = str(body.get("error", f"something that is no answer (status {response.status_code})"))
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or why == "ratelimited":
        wait = float(response.headers.get("Retry-After", _WAIT) or _WAIT)
        return Limited("Slack asks to wait.", retry_after=wait)
    if why == "missing_scope":
        scope = body.get("needed", "a scope")
        return Refused(
            f"The app lacks the scope {scope}. Add it on the app's OAuth page and install it again."
        )
    if why in _GONE:
        return Gone(_GONE[why])
    if why in _REFUSED:
        return Refused(_REFUSED[why])
    return SendError(f"Slack says {why}.")
