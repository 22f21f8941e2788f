"""Cards to Discord: posted once, edited in place, whispered, found again after a crash.

How a message is known again: Discord answers a repeated nonce with the first message for some minutes, and
the key also stands, invisibly, in the numbers of the first two components, where it stays until the first
edit. `find_sent` looks at the newest hundred messages of the channel; it needs “Read Message History”.
"""

import asyncio
import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, TypeVar

import discord
from discord import ui

from bot.discord.kept import Kept
from bot.discord.markdown import short
from bot.discord.problems import ARCHIVED, DMS_CLOSED, FORBIDDEN, REFUSED_LOGIN, THREAD_EXISTS, code, told
from bot.discord.render import marks, render
from bot.discord.rooms import Rooms
from bot.platform import Document, Limited, Refused
from core.clock import Clock
from core.ids import made_at
from core.place import Actor, Place
from handlers.cards.card import Card, Who, say
from handlers.inbound import Seen

T = TypeVar("T")
_OLD = timedelta(hours=1)
_OLD_PAUSE = timedelta(seconds=30)
_PATIENCE = 5.0
_NONCE = 25
_HISTORY = 100
_CLOCKS = timedelta(minutes=2)  # how far the clocks of two servers may be apart
_QUIET = discord.AllowedMentions.none()


@dataclass
class Answer:
    """Where a person waits for an answer.

    `replace`: the first answer takes the place of our "Taken". `is_open` is set once Discord had its first
    sign from us; before that it takes no answer, and the house may be faster than that sign.
    """

    interaction: discord.Interaction[Any]
    replace: bool
    is_open: asyncio.Event = field(default_factory=asyncio.Event)


class Sender:
    """Sends through the client's own connection to Discord."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self.answers: Kept[Answer] = Kept(clock)
        self.refused = ""
        self.rooms = Rooms(client, self.ask)
        self._client = client
        self._clock = clock
        self._edited: Kept[datetime] = Kept(clock)
        self._threads: Kept[bool] = Kept(clock)

    async def post(self, place: Place, card: Card, key: str) -> str:
        """Post, once per key; returns the message's id."""
        self._check()
        return await self._post(await self._target(place), card, key)

    async def update(self, place: Place, card: Card) -> None:
        """Replace the message; a thread that went to the archive is taken out of it first."""
        self._check()
        number = _number(place.message or "")
        self._pace(place.message or "", number)
        message = (await self._target(place)).get_partial_message(number)
        made = render(card)
        try:
            await self.ask(message.edit(view=made.view, allowed_mentions=made.mentions))
        except Refused as error:
            if code(error) != ARCHIVED:
                raise
            await self._unarchive(place)
            await self.ask(message.edit(view=made.view, allowed_mentions=made.mentions))

    async def whisper(self, actor: Actor, place: Place, card: Card, key: str, answering: str) -> None:
        """Tell one person alone: as the answer they wait for, else in a direct message.

        Somebody who takes no direct messages is named in the channel, without a ring and without the words.
        """
        self._check()
        answer = self.answers.get(answering)
        if answer is not None and await self._answer(answer, card):
            return
        if place.direct:
            await self._post(await self._target(place), card, key)
            return
        try:
            await self._post(await self._conversation(actor.user), card, key)
        except Refused as error:
            if code(error) != DMS_CLOSED:
                raise
            await self._post(await self._target(place), _closed(actor), key)

    async def find_sent(self, place: Place, key: str) -> str | None:
        """The message with this key among the newest of the channel; None also if history may not be read."""
        newest = await self._history(place)
        ours = (m for m in newest if m.nonce == _nonce(key) or _marked(m) == marks(key))
        return next((str(message.id) for message in ours), None)

    async def send_file(self, place: Place, document: Document, key: str) -> str:
        """Post a file with words beside it; returns the message's id."""
        self._check()
        file = discord.File(BytesIO(document.data), document.name)
        asked = (await self._target(place)).send(
            document.words, file=file, nonce=_nonce(key), allowed_mentions=_QUIET
        )
        return str((await self.ask(asked)).id)

    async def find_file(self, place: Place, document: Document, key: str) -> str | None:
        """The message with this file, if it was posted since the key was made; None also if history may not be read."""
        born = made_at(key)
        ours = (
            one
            for one in await self._history(place)
            if one.content == document.words and document.name in [file.filename for file in one.attachments]
        )
        return next((str(one.id) for one in ours if born is None or one.created_at >= born - _CLOCKS), None)

    async def read(self, place: Place) -> Seen:
        """The message that `place.message` names."""
        self._check()
        found = await self.ask((await self._target(place)).fetch_message(_number(place.message or "")))
        author = Actor(platform="discord", user=str(found.author.id), name=found.author.display_name)
        return Seen(found.content, author, found.created_at, place, found.jump_url)

    async def open_thread(self, place: Place, title: str) -> str:
        """The thread of the message: its own id on Discord. Where there are no threads, the channel itself."""
        self._check()
        if place.thread:
            return place.thread
        number = _number(place.channel)
        channel = self._client.get_channel(number) or await self.ask(self._client.fetch_channel(number))
        if not isinstance(channel, discord.TextChannel) or not place.message:
            return place.channel
        if not self._threads.get(place.message) and channel.get_thread(_number(place.message)) is None:
            await self._begin_thread(channel, place.message, title)
        self._threads.put(place.message, value=True)
        return place.message

    async def _begin_thread(self, channel: discord.TextChannel, message: str, title: str) -> None:
        begin = channel.get_partial_message(_number(message))
        name = short(title, 100) or "…"
        try:
            await self.ask(begin.create_thread(name=name, auto_archive_duration=10_080))
        except Refused as error:
            if code(error) != THREAD_EXISTS:
                raise

    async def ask(self, asked: Awaitable[T]) -> T:
        """What Discord answers; a refused login is remembered, so that nothing more is asked."""
        try:
            return await told(asked)
        except Refused as error:
            if str(error) == REFUSED_LOGIN:
                self.refused = REFUSED_LOGIN
            raise

    async def _post(self, target: discord.PartialMessageable, card: Card, key: str) -> str:
        made = render(card, key)
        message = await self.ask(
            target.send(view=made.view, files=made.files, nonce=_nonce(key), allowed_mentions=made.mentions)
        )
        return str(message.id)

    async def _history(self, place: Place) -> list[discord.Message]:
        """The newest messages of the channel; none if its history may not be read."""
        self._check()
        try:
            return await self.ask(self._newest(place))
        except Refused as error:
            if code(error) not in FORBIDDEN:
                raise
            return []

    async def _newest(self, place: Place) -> list[discord.Message]:
        return [message async for message in (await self._target(place)).history(limit=_HISTORY)]

    async def _answer(self, answer: Answer, card: Card) -> bool:
        view: ui.LayoutView = render(card).view
        try:
            await asyncio.wait_for(answer.is_open.wait(), _PATIENCE)
            if answer.replace:
                answer.replace = False
                await answer.interaction.edit_original_response(view=view, allowed_mentions=_QUIET)
            else:
                await answer.interaction.followup.send(view=view, ephemeral=True, allowed_mentions=_QUIET)
        except (discord.HTTPException, TimeoutError):
            return False
        return True

    async def _unarchive(self, place: Place) -> None:
        thread = await self.ask(self._client.fetch_channel(_number(place.thread or place.channel)))
        if isinstance(thread, discord.Thread):
            await self.ask(thread.edit(archived=False))

    async def _target(self, place: Place) -> discord.PartialMessageable:
        if place.channel.startswith("@"):
            return await self._conversation(place.channel[1:])
        return self._client.get_partial_messageable(_number(place.thread or place.channel))

    async def _conversation(self, account: str) -> discord.PartialMessageable:
        """The conversation with one person; asking for it again gives the same."""
        direct = await self.ask(self._client.create_dm(discord.Object(_number(account))))
        return self._client.get_partial_messageable(direct.id)

    def _pace(self, message: str, number: int) -> None:
        """Hold back edits of old messages, of which Discord allows only a few (code 30046)."""
        now = self._clock.now()
        if now - discord.utils.snowflake_time(number) < _OLD:
            return
        last = self._edited.get(message)
        if last is not None and now - last < _OLD_PAUSE:
            wait = (last + _OLD_PAUSE - now).total_seconds()
            raise Limited("Discord allows few edits of old messages.", retry_after=wait)
        self._edited.put(message, now)

    def _check(self) -> None:
        # Ten thousand refused calls in ten minutes ban the whole address.
        if self.refused:
            raise Refused(self.refused)


def _closed(actor: Actor) -> Card:
    who = Who(name=actor.name or "Somebody", ids={"discord": actor.user})
    return say(
        who,
        ", I have an answer for you alone, but you take no direct messages from this server. ",
        "Allow them in its privacy settings, or ask again with a slash command.",
    )


def _marked(message: discord.Message) -> tuple[int, int]:
    top = next(iter(message.components), None)
    first = next(iter(getattr(top, "children", [])), None)
    return getattr(top, "id", 0) or 0, getattr(first, "id", 0) or 0


def _nonce(key: str) -> str:
    return key if len(key) <= _NONCE else hashlib.sha256(key.encode()).hexdigest()[:_NONCE]


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise Refused(f"“{text[:30]}” is not a Discord id; copy it with “Copy Channel ID”.")
    return int(text)
