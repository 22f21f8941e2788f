"""Channels of incidents on Slack, and pins. A name says which channel was made: Slack has no other key for them."""

from datetime import timedelta
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.platform import Limited, Refused, RoomMade, SendError, Wish
from bot.slack.problems import code, told
from bot.slack.send import Sender
from core.ids import made_at
from core.place import Place

log = structlog.get_logger("wardroom.slack")
_NAMES = 5
_PAGES, _PAGE = 10, 200
_CLOCKS = timedelta(minutes=2)
_NO_CHANNELS = ("restricted_action", "user_is_restricted", "team_access_not_granted", "ekm_access_denied")


class Rooms:
    """Makes, finds and archives channels, and pins messages. `me` is the bot's own account."""

    def __init__(self, client: AsyncWebClient, sender: Sender) -> None:
        self.me = ""
        self._client = client
        self._sender = sender

    async def open(self, wish: Wish) -> RoomMade:
        """The channel of this wish, with its topic and its people; made unless it was made before.

        Raises:
            Refused: there can be none; says which scope is missing.
        """
        if wish.room is not None:
            await self._call_in(wish, wish.room.channel)
            return RoomMade(wish.room, wish.name)
        channel, name = await self._channel(wish)
        place = Place(platform="slack", channel=channel, workspace=wish.place.workspace, flat=True)
        await self.about(place, wish.topic)
        await self._call_in(wish, channel)
        address = self._sender.address.rstrip("/")
        return RoomMade(place, name, f"{address}/archives/{channel}" if address else "")

    async def about(self, place: Place, topic: str) -> None:
        """Set its topic; a room without one is a room all the same."""
        self._sender.admit("conversations.setTopic", place.workspace)
        try:
            await told(self._client.conversations_setTopic(channel=place.channel, topic=topic))
        except Refused as error:
            log.warning("slack.no_topic", channel=place.channel, why=str(error))

    async def close(self, place: Place) -> None:
        """Archive it."""
        self._sender.admit("conversations.archive", place.workspace)
        await self._unless(
            self._client.conversations_archive(channel=place.channel), "already_archived", "is_archived"
        )

    async def pin(self, place: Place, *, on: bool) -> None:
        """Pin, or take the pin off."""
        spot = {"channel": place.channel, "timestamp": place.message or ""}
        self._sender.admit("pins.add" if on else "pins.remove", place.workspace)
        asked = self._client.pins_add(**spot) if on else self._client.pins_remove(**spot)
        await self._unless(asked, "already_pinned", "no_pin", "not_pinned")

    async def _channel(self, wish: Wish) -> tuple[str, str]:
        for number in range(1, _NAMES + 1):
            name = wish.name if number == 1 else f"{wish.name}-{number}"
            self._sender.admit("conversations.create", wish.place.workspace)
            try:
                made = await told(self._client.conversations_create(name=name))
            except SendError as error:
                if code(error) in _NO_CHANNELS:
                    raise Refused("The workspace's settings do not let the bot make channels.") from error
                if code(error) != "name_taken":
                    raise
                known = await self._found(wish, name)
                if known:
                    return known, name
            else:
                return str(made["channel"]["id"]), str(made["channel"].get("name") or name)
        raise Refused(f"Channels called {wish.name} and alike are there already.")

    async def _found(self, wish: Wish, name: str) -> str:
        """The channel of that name, if we made it since it was wished for: before a crash, say."""
        born, cursor = made_at(wish.key), ""
        since = (born - _CLOCKS).timestamp() if born is not None else 0.0
        for _ in range(_PAGES):
            self._sender.admit("conversations.list", wish.place.workspace)
            asked = self._client.conversations_list(
                limit=_PAGE, exclude_archived=True, types="public_channel", cursor=cursor or None
            )
            page = await told(asked)
            for one in page.get("channels", []):
                mine = one.get("name") == name and one.get("creator") == self.me
                if mine and float(one.get("created") or 0) >= since:
                    return str(one["id"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return ""

    async def _call_in(self, wish: Wish, channel: str) -> None:
        """Invite them; who cannot be invited, as a guest of another workspace, keeps nobody else out."""
        people = [person for person in wish.people if person != self.me]
        if not people:
            return
        self._sender.admit("conversations.invite", wish.place.workspace)
        asked = self._client.conversations_invite(channel=channel, users=people[:100], force=True)
        try:
            await self._unless(asked, "already_in_channel", "cant_invite_self")
        except Limited:
            raise
        except SendError as error:
            log.warning("slack.not_invited", channel=channel, why=str(error))

    async def _unless(self, asked: Any, *is_so: str) -> None:
        """Ask for it; that it is so already is no error."""
        try:
            await told(asked)
        except SendError as error:
            if code(error) not in is_so:
                raise
