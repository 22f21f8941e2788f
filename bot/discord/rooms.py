"""Posts of incidents in a forum of Discord's, and pins. A post is known by its name and its owner: there is no other key."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Literal

import discord

from bot.discord.markdown import short
from bot.discord.problems import ARCHIVED, FORBIDDEN, code
from bot.discord.render import render
from bot.platform import Refused, RoomMade, Wish
from core.ids import made_at
from core.place import Place

Ask = Callable[[Awaitable[Any]], Awaitable[Any]]
_WEEK: Literal[10_080] = 10_080
_NAME = 100
_CLOCKS = timedelta(minutes=2)
_NO_FORUM = (
    "`incidents.discord_forum` names no forum that the bot can see. Copy the forum's id, and let the bot in."
)
_NO_POST = "The bot's role may not begin posts there: give it “Create Posts” and “Send Messages in Posts” in that forum."
_NO_PIN = "The bot's role lacks “Pin Messages” in that channel."


class Rooms:
    """Makes, finds and archives posts, and pins messages."""

    def __init__(self, client: discord.Client, ask: Ask) -> None:
        self._client = client
        self._ask = ask

    async def open(self, wish: Wish) -> RoomMade:
        """The post of this wish; made unless it was made before. Who belongs there is mentioned by its first message.

        Raises:
            Refused: there is no such forum, or the bot may not post there.
        """
        if wish.room is not None:
            return RoomMade(wish.room, wish.title)
        number = int(wish.place.channel)
        forum = self._client.get_channel(number) or await self._ask(self._client.fetch_channel(number))
        if not isinstance(forum, discord.ForumChannel):
            raise Refused(_NO_FORUM)
        name = short(wish.title, _NAME) or wish.name
        thread = await self._found(forum, name, wish) or await self._begin(forum, name, wish)
        place = Place(
            platform="discord", channel=str(forum.id), thread=str(thread.id), message=str(thread.id)
        )
        return RoomMade(place, name, thread.jump_url)

    async def close(self, place: Place) -> None:
        """Archive it; whoever writes there takes it out again."""
        thread = await self._ask(self._client.fetch_channel(int(place.thread or place.channel)))
        if isinstance(thread, discord.Thread) and not thread.archived:
            await self._ask(thread.edit(archived=True))

    async def pin(self, place: Place, *, on: bool) -> None:
        """Pin, or take the pin off."""
        target = self._client.get_partial_messageable(int(place.thread or place.channel))
        message = target.get_partial_message(int(place.message or 0))
        try:
            await self._ask(message.pin() if on else message.unpin())
        except Refused as error:
            if code(error) in FORBIDDEN:
                raise Refused(_NO_PIN) from error
            if code(error) != ARCHIVED:
                raise

    async def _begin(self, forum: discord.ForumChannel, name: str, wish: Wish) -> discord.Thread:
        shown = render(wish.card, wish.key)
        asked = forum.create_thread(
            name=name, auto_archive_duration=_WEEK, view=shown.view, allowed_mentions=shown.mentions
        )
        try:
            made = await self._ask(asked)
        except Refused as error:
            if code(error) in FORBIDDEN:
                raise Refused(_NO_POST) from error
            raise
        thread: discord.Thread = made.thread
        return thread

    async def _found(self, forum: discord.ForumChannel, name: str, wish: Wish) -> discord.Thread | None:
        """The post of that name, if we began it since it was wished for: before a crash, say."""
        born, me = made_at(wish.key), self._client.user
        threads: list[discord.Thread] = await self._ask(forum.guild.active_threads())
        for one in threads:
            mine = one.parent_id == forum.id and one.name == name and me is not None and one.owner_id == me.id
            begun = discord.utils.snowflake_time(one.id)
            if mine and (born is None or begun >= born - _CLOCKS):
                return one
        return None
