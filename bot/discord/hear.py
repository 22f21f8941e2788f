"""Words on Discord: which of them are for us, and that none of those is lost in silence."""

from collections import OrderedDict

import discord
import structlog

from bot.discord import parse
from bot.discord.render import render
from bot.discord.replies import not_taken
from bot.platform import Door
from core.errors import WardroomError

# Longer words that do not name us are talk among people, not an order.
_OVERHEARD = 300
_REMEMBERED = 1_000
log = structlog.get_logger("wardroom.discord")


class Hearing:
    """Hands in what is said to us; with `reads_all` also short words that the house may recognise."""

    def __init__(self, client: discord.Client, door: Door, *, reads_all: bool) -> None:
        self._client = client
        self._door = door
        self._reads_all = reads_all
        self._threads: OrderedDict[int, bool] = OrderedDict()

    async def hear(self, said: discord.Message) -> None:
        """Take one message, if it is a person's and for us."""
        me = self._client.user
        if me is None or said.author.bot or said.webhook_id or said.is_system():
            return
        addressed = await self._is_addressed(said, me.id)
        if not addressed and (not self._reads_all or len(said.content) > _OVERHEARD):
            return
        named = parse.is_named(said, me.id)
        inbound = parse.message(said, me.id, addressed=addressed, named=named)
        if inbound is None:
            return
        try:
            await self._door.receive(inbound)
        except WardroomError as error:
            log.warning("discord.not_taken", code=error.code, key=inbound.key)
            if addressed:
                await self._apologise(said, error)

    async def _is_addressed(self, said: discord.Message, me: int) -> bool:
        if parse.is_named(said, me):
            return True
        if not self._reads_all or not isinstance(said.channel, discord.Thread):
            return False
        return said.channel.owner_id == me or await self._is_ours(said.channel, me)

    async def _is_ours(self, thread: discord.Thread, me: int) -> bool:
        """Whether a message of ours began the thread; asked of Discord once per thread."""
        if thread.id not in self._threads:
            parent = self._client.get_partial_messageable(thread.parent_id)
            try:
                begin = await parent.fetch_message(thread.id)
            except discord.NotFound:
                self._threads[thread.id] = False
            except (discord.HTTPException, discord.RateLimited):
                return False
            else:
                self._threads[thread.id] = begin.author.id == me
            while len(self._threads) > _REMEMBERED:
                self._threads.popitem(last=False)
        return self._threads[thread.id]

    async def _apologise(self, said: discord.Message, error: WardroomError) -> None:
        """Discord delivers words once, so only asking the person keeps them from being lost."""
        view = render(not_taken(error)).view
        try:
            await said.reply(view=view, mention_author=False, allowed_mentions=discord.AllowedMentions.none())
        except (discord.HTTPException, discord.RateLimited):
            log.warning("discord.apology_failed", key=f"discord:{said.id}")
