"""What people do to messages that are there already: sign them, change them, take them away."""

from tests.platforms.slack import FakeSlack
from tests.platforms.slack_api import Said


async def reacts(slack: FakeSlack, user: str, said: Said, sign: str, *, on: bool = True) -> None:
    """Put a sign on a message, or take it off."""
    event = {
        "type": "reaction_added" if on else "reaction_removed",
        "user": user,
        "reaction": sign,
        "item": {"type": "message", "channel": said.channel, "ts": said.ts},
        "item_user": said.user,
        "event_ts": slack.stamp(),
    }
    await slack.deliver("events_api", slack.event(event))


async def edits(slack: FakeSlack, said: Said, text: str) -> None:
    """Whoever wrote it writes it in other words."""
    before = {"type": "message", "user": said.user, "text": said.text, "ts": said.ts}
    said.text = text
    event = {
        "type": "message",
        "subtype": "message_changed",
        "channel": said.channel,
        "ts": slack.stamp(),
        "message": before | {"text": text, "edited": {"user": said.user, "ts": slack.stamp()}},
        "previous_message": before,
        "channel_type": "channel",
    }
    await slack.deliver("events_api", slack.event(event))


async def deletes(slack: FakeSlack, said: Said) -> None:
    """Whoever wrote it takes it away."""
    slack.said.remove(said)
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "channel": said.channel,
        "ts": slack.stamp(),
        "deleted_ts": said.ts,
        "previous_message": {"type": "message", "user": said.user, "text": said.text, "ts": said.ts},
        "channel_type": "channel",
    }
    await slack.deliver("events_api", slack.event(event))
