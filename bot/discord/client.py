"""The connection to Discord: which events are asked for, and to whom each of them is handed."""

import sys
from typing import Any, Protocol

import discord
import structlog
import yarl
from typing_extensions import override

from bot.discord.items import ALL

log = structlog.get_logger("wardroom.discord")


class Listener(Protocol):
    """Who takes what arrives."""

    async def interacted(self, interaction: discord.Interaction[Any]) -> None:
        """A command, a suggestion for one, or a form."""
        ...

    async def clicked(self, interaction: discord.Interaction[Any], custom_id: str, values: list[str]) -> None:
        """A button or a menu."""
        ...

    async def said(self, message: discord.Message) -> None:
        """Words."""
        ...

    async def signed(self, payload: discord.RawReactionActionEvent, *, is_on: bool) -> None:
        """A sign that somebody put on a message, or took off it."""
        ...

    async def changed(self, payload: discord.RawMessageUpdateEvent | discord.RawMessageDeleteEvent) -> None:
        """Words that were changed, or are gone."""
        ...

    def noticed(self, event: str) -> None:
        """Anything at all; `connect`, `resumed` and `disconnect` say how the connection is."""
        ...


def point_at(api_url: str, gateway_url: str) -> None:
    """Use other servers than Discord's own; this holds for the whole process, as discord.py keeps it."""
    if api_url:
        discord.http.Route.BASE = api_url.rstrip("/")
    if gateway_url:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)


def invite_link(application: int) -> str:
    """Where somebody who runs a server invites the bot, with the permissions it needs and no others."""
    permissions = discord.Permissions(
        view_channel=True,
        send_messages=True,
        send_messages_in_threads=True,
        create_public_threads=True,
        read_message_history=True,
        pin_messages=True,
    )
    scopes = ("bot", "applications.commands")
    return discord.utils.oauth_url(application, permissions=permissions, scopes=scopes)


class Client(discord.Client):
    """discord.py's client with the fewest intents that do, and no cache of people or messages."""

    def __init__(self, listener: Listener, *, message_content: bool) -> None:
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True, guild_reactions=True)
        intents.message_content = message_content
        super().__init__(
            intents=intents,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
        )
        # Waiting is the outbox's job: it tells others in the meantime, and remembers over a restart.
        self.http.max_ratelimit_timeout = 1.0
        self._listener = listener
        self.add_dynamic_items(*ALL)

    async def clicked(self, interaction: discord.Interaction[Any], custom_id: str, values: list[str]) -> None:
        """A component was used."""
        await self._listener.clicked(interaction, custom_id, values)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Everything but components, which arrive through their own items."""
        if interaction.type is not discord.InteractionType.component:
            await self._listener.interacted(interaction)

    async def on_message(self, message: discord.Message) -> None:
        """Words in a channel, a thread or a direct message."""
        await self._listener.said(message)

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        """A sign on a message."""
        await self._listener.signed(payload, is_on=True)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        """A sign was taken off again."""
        await self._listener.signed(payload, is_on=False)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Words were changed."""
        await self._listener.changed(payload)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        """Words are gone."""
        await self._listener.changed(payload)

    async def on_socket_event_type(self, _: str) -> None:
        """A sign of life."""
        self._listener.noticed("event")

    async def on_connect(self) -> None:
        """A new session."""
        self._listener.noticed("connect")

    async def on_resumed(self) -> None:
        """The old session goes on."""
        self._listener.noticed("resumed")

    async def on_disconnect(self) -> None:
        """The connection is gone; discord.py makes a new one by itself."""
        self._listener.noticed("disconnect")

    @override
    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        """Something of ours went wrong while an event was handled."""
        log.error("discord.event_failed", kind=event_method, reason=repr(sys.exception()))
