"""Signs that people put on messages, and words that they change: handed in if the house watches for them."""

from typing import Any

import discord
import structlog

from bot.discord import parse
from bot.platform import Door
from core.errors import WardroomError
from core.place import Actor, Place
from handlers.inbound import Correction, Reaction

log = structlog.get_logger("wardroom.discord")


class Marks:
    """Hands in what is done to messages that are there already."""

    def __init__(self, client: discord.Client, door: Door) -> None:
        self._client = client
        self._door = door

    async def signed(self, payload: discord.RawReactionActionEvent, *, is_on: bool) -> None:
        """A sign on a message, or off it. Discord gives these events no id, so that the moment tells one from another."""
        sign = payload.emoji.name or ""
        me = self._client.user
        if sign not in self._door.watched or me is None or payload.user_id == me.id:
            return
        place = await self._place(payload.channel_id, payload.message_id)
        if place is None:
            return
        name = payload.member.display_name if payload.member else ""
        moment = f"{discord.utils.utcnow():%H%M%S}"
        await self._hand_in(
            Reaction(
                key=f"discord:sign:{payload.message_id}:{payload.user_id}:{sign}:{is_on}:{moment}",
                actor=Actor(platform="discord", user=str(payload.user_id), name=name),
                place=place,
                sign=sign,
                is_on=is_on,
            )
        )

    async def changed(self, payload: discord.RawMessageUpdateEvent | discord.RawMessageDeleteEvent) -> None:
        """A person's words were changed, or are gone. Without the intent for words, changed ones arrive empty."""
        data: dict[str, Any] = dict(getattr(payload, "data", {}))
        text = str(data.get("content") or "") if data else None
        if (data.get("author") or {}).get("bot") or text == "":
            return
        place = await self._place(payload.channel_id, payload.message_id)
        if place is None:
            return
        stamp = data.get("edited_timestamp") or "gone"
        await self._hand_in(
            Correction(
                key=f"discord:changed:{payload.message_id}:{stamp}",
                actor=Actor(platform="discord", user=str((data.get("author") or {}).get("id", ""))),
                place=place,
                text=text,
            )
        )

    async def _place(self, channel: int, message: int) -> Place | None:
        known = self._client.get_channel(channel)
        if known is None:
            try:
                known = await self._client.fetch_channel(channel)  # a thread that went to the archive
            except (discord.HTTPException, discord.RateLimited, discord.InvalidData):
                return None
        return parse.place(known, message)

    async def _hand_in(self, inbound: Reaction | Correction) -> None:
        try:
            await self._door.receive(inbound)
        except WardroomError as error:
            log.warning("discord.not_taken", code=error.code, key=inbound.key)
