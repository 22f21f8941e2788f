"""Discord as one of the house's platforms: connects, hands in what arrives, sends what is to be said."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

import discord
import structlog
from pydantic import BaseModel, ConfigDict, SecretStr

from bot.discord.client import Client, invite_link, point_at
from bot.discord.commands import register, tree
from bot.discord.hear import Hearing
from bot.discord.marks import Marks
from bot.discord.problems import NEEDS_CONTENT, REFUSED_LOGIN, told
from bot.discord.receive import Receiver
from bot.discord.send import Sender
from bot.platform import Document, Door, Health, Refused, RoomMade, SendError, Wish
from core.clock import Clock
from core.place import Actor, Place
from handlers.cards.card import Card
from handlers.inbound import Seen

_START_LIMIT = 60.0
_STOP_LIMIT = 10.0
_AUTHENTICATION_FAILED = 4004
log = structlog.get_logger("wardroom.discord")


class DiscordSettings(BaseModel):
    """How to reach Discord. Without `guild_ids` the commands are registered for every server.

    `api_url` and `gateway_url` name another server that speaks Discord's protocol; they hold for the whole
    process. `message_content` needs the privileged intent of that name: with it, words in a thread under a
    message of ours are heard without a mention.
    """

    model_config = ConfigDict(frozen=True)

    token: SecretStr
    api_url: str = ""
    gateway_url: str = ""
    message_content: bool = False
    guild_ids: tuple[str, ...] = ()


class DiscordAdapter:
    """One bot account on Discord. Made anew for each start."""

    name = "discord"
    edit_interval = 2.0

    def __init__(self, settings: DiscordSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._client: Client | None = None
        self._sender: Sender | None = None
        self._receiver: Receiver | None = None
        self._hearing: Hearing | None = None
        self._marks: Marks | None = None
        self._running: asyncio.Task[None] | None = None
        self._connected = asyncio.Event()
        self._taking: set[asyncio.Task[Any]] = set()
        self._is_closing = False
        self._last_event: datetime | None = None
        self._trouble = "not started"
        self._end = ""

    async def start(self, door: Door) -> None:
        """Log in, register the commands that changed, connect.

        Raises:
            Refused: the token or an intent is refused; says how to mend it.
            SendError: Discord does not answer.
        """
        self._is_closing = False
        self._connected.clear()
        self._end = ""
        point_at(self._settings.api_url, self._settings.gateway_url)
        client = self._client = Client(self, message_content=self._settings.message_content)
        self._sender = Sender(client, self._clock)
        self._hearing = Hearing(client, door, reads_all=self._settings.message_content)
        self._marks = Marks(client, door)
        self._receiver = Receiver(door, self._sender.answers, self._clock)
        try:
            await told(client.login(self._settings.token.get_secret_value()))
            await self._register(client, tree(door.verbs))
            self._running = asyncio.create_task(self._run(client), name="discord")
            await self._until_connected(self._running)
            log.info("discord.connected", invite=invite_link(client.application_id or 0))
        except discord.LoginFailure as error:
            await self.stop()
            raise Refused(REFUSED_LOGIN) from error
        except SendError:
            await self.stop()
            raise

    async def pause(self) -> None:
        """Take nothing more, and let what is being taken finish."""
        self._is_closing = True
        if self._taking:
            await asyncio.wait(set(self._taking), timeout=_STOP_LIMIT)

    async def stop(self) -> None:
        """Take nothing more and disconnect: from then on nothing can be sent."""
        await self.pause()
        if self._client is not None:
            await self._client.close()
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=_STOP_LIMIT)
        self._connected.clear()

    async def post(self, place: Place, card: Card, key: str) -> str:
        """Post a card; the same key never posts twice within minutes."""
        return await self._out.post(place, card, key)

    async def update(self, place: Place, card: Card) -> None:
        """Replace the message that `place.message` names."""
        await self._out.update(place, card)

    async def whisper(self, actor: Actor, place: Place, card: Card, key: str, answering: str) -> None:
        """Tell one person alone."""
        await self._out.whisper(actor, place, card, key, answering)

    async def find_sent(self, place: Place, key: str, of: str = "") -> str | None:
        """The id of the message with this key, among the newest hundred of its channel."""
        del of  # every message carries its key
        return await self._out.find_sent(place, key)

    async def read(self, place: Place) -> Seen:
        """The message that `place.message` names; without the intent for words Discord shows few of them."""
        return await self._out.read(place)

    async def open_room(self, wish: Wish) -> RoomMade:
        """A post of its own in the forum."""
        return await self._out.rooms.open(wish)

    async def entitle_room(self, place: Place, topic: str) -> None:
        """A post has a name, which stays, and no topic."""

    async def close_room(self, place: Place) -> None:
        """Put the post into the archive."""
        await self._out.rooms.close(place)

    async def pin(self, place: Place, *, on: bool) -> None:
        """Pin the message, or take the pin off."""
        await self._out.rooms.pin(place, on=on)

    async def send_file(self, place: Place, document: Document, key: str) -> str:
        """Post a file, once per key within minutes."""
        return await self._out.send_file(place, document, key)

    async def find_file(self, place: Place, document: Document, key: str) -> str | None:
        """The message with this file, if it was posted since."""
        return await self._out.find_file(place, document, key)

    async def publish_home(self, actor: Actor, card: Card) -> None:
        """Discord has no page of a person's own."""

    async def open_thread(self, place: Place, title: str) -> str:
        """The thread under a message, made if there is none."""
        return await self._out.open_thread(place, title)

    def health(self) -> Health:
        """Connected or not, and why."""
        trouble = (self._sender.refused if self._sender else "") or self._end or self._trouble
        return Health(not trouble, trouble or "connected", self._last_event)

    async def interacted(self, interaction: discord.Interaction[Any]) -> None:
        """A command, a suggestion for one, or a form."""
        if self._receiver is None:
            return
        match interaction.type:
            case discord.InteractionType.application_command:
                await self._take(self._receiver.command(interaction))
            case discord.InteractionType.autocomplete:
                await self._take(self._receiver.suggest(interaction))
            case discord.InteractionType.modal_submit:
                await self._take(self._receiver.submit(interaction))
            case _:
                log.info("discord.unknown_interaction", kind=interaction.type.value)

    async def clicked(self, interaction: discord.Interaction[Any], custom_id: str, values: list[str]) -> None:
        """A button or a menu."""
        if self._receiver is not None:
            await self._take(self._receiver.click(interaction, custom_id, values))

    async def said(self, message: discord.Message) -> None:
        """Words of a person, if they are for us."""
        if self._hearing is not None:
            await self._take(self._hearing.hear(message))

    async def signed(self, payload: discord.RawReactionActionEvent, *, is_on: bool) -> None:
        """A sign on a message, or off it, if it means something to us."""
        if self._marks is not None:
            await self._take(self._marks.signed(payload, is_on=is_on))

    async def changed(self, payload: discord.RawMessageUpdateEvent | discord.RawMessageDeleteEvent) -> None:
        """A person's words were changed, or are gone."""
        if self._marks is not None:
            await self._take(self._marks.changed(payload))

    def noticed(self, event: str) -> None:
        """A sign of life, or of its end."""
        self._last_event = self._clock.now()
        if event in ("connect", "resumed"):
            self._trouble = ""
            self._connected.set()
        elif event == "disconnect":
            self._trouble = "the connection is lost; connecting again"

    @property
    def _out(self) -> Sender:
        if self._sender is None:
            raise SendError("Discord is not connected yet.")
        return self._sender

    async def _register(self, client: Client, commands: list[dict[str, Any]]) -> None:
        for guild in self._settings.guild_ids:
            await register(client, commands, guild)
        # Commands for every server beside those of one server would be offered there twice.
        await register(client, [] if self._settings.guild_ids else commands)

    async def _take(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        if self._is_closing:
            task.cancel()
            return
        self._taking.add(task)
        try:
            await task
        finally:
            self._taking.discard(task)

    async def _run(self, client: Client) -> None:
        try:
            await client.connect()
        except discord.PrivilegedIntentsRequired:
            self._end = NEEDS_CONTENT
        except discord.ConnectionClosed as error:
            is_login = error.code == _AUTHENTICATION_FAILED
            self._end = REFUSED_LOGIN if is_login else f"Discord closed the connection ({error.code})."
        except Exception as error:
            self._end = f"The connection ended ({type(error).__name__}); start it again."
            log.exception("discord.connection_ended")

    async def _until_connected(self, running: asyncio.Task[None]) -> None:
        waiting = asyncio.create_task(self._connected.wait())
        await asyncio.wait({waiting, running}, timeout=_START_LIMIT, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if running.done():
            raise Refused(self._end or self._trouble)
        if not self._connected.is_set():
            raise SendError("Discord does not let us in; trying again later.")
