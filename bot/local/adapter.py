"""The simulated workspace as a chat platform: what people do in the page comes in, what the house says goes out."""

import asyncio
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.html import PNG
from bot.local.hub import Hub
from bot.local.personas import BOT, HINTS, ChannelInfo, Persona, direct
from bot.local.routes import Front
from bot.local.store import Draft, Messages, Stored
from bot.local.street import Street
from bot.platform import Document, Door, Gone, Health, Refused, RoomMade, Wish
from core.clock import Clock
from core.place import Actor, Place
from handlers.cards.card import Card, Image, Literal_, Text, line
from handlers.inbound import Seen

_NAMES = 5
Previews = Mapping[str, Callable[[Card], Any]]


class LocalPlatform:
    """A chat in one file and one page, for trying things and for tests; reachable from this machine only.

    Args:
        path: the file the chat keeps its messages in; made if there is none.
        personas: who one can be.
        channels: the channels everybody sees.
        clock: tells when things were said.
        previews: per name, how a card would look elsewhere, as something JSON can show.
        hints: what the page suggests to somebody who is new.
    """

    name = "local"
    edit_interval = 0.3

    def __init__(
        self,
        path: Path,
        personas: tuple[Persona, ...],
        channels: tuple[ChannelInfo, ...],
        clock: Clock,
        *,
        previews: Previews | None = None,
        hints: tuple[str, ...] = HINTS,
    ) -> None:
        self._clock = clock
        self._messages = Messages(path)
        self._hub = Hub()
        self._street = Street(self._messages, self._hub, clock, personas, channels)
        self._street.previews = previews or {}
        self._front = Front(self._street, hints)

    def routes(self) -> list[web.RouteDef]:
        """The page, its files and its socket, to be served by the house's web server on loopback."""
        return self._front.routes()

    async def start(self, door: Door) -> None:
        """Let people in."""
        self._street.door = door

    async def pause(self) -> None:
        """Nothing: the pages stay open, so that people see what is still told, and are served until the end."""

    async def stop(self) -> None:
        """Close the pages and the file, once what was being taken is written."""
        self._street.door = None
        await self._hub.close()
        async with asyncio.timeout(5):
            await self._front.empty()
        self._messages.close()

    async def post(self, place: Place, card: Card, key: str) -> str:
        """Post a card; with a key that was used before, nothing new appears and the first id comes back.

        Raises:
            Refused: there is no such channel or thread here.
        """
        self._check(place)
        return self._keep(place, card, key).id

    async def update(self, place: Place, card: Card) -> None:
        """Show another card in place of the one that `place.message` names.

        Raises:
            Gone: there is no such message.
        """
        stored = self._messages.replace(place.message or "", card.model_dump_json())
        if stored is None:
            raise Gone("The message is not in this workspace any more.")
        self._hub.push(stored)

    async def whisper(self, actor: Actor, place: Place, card: Card, key: str, answering: str) -> None:
        """Show a card to one person, where they asked if they can see that place, else in their own."""
        del answering  # a person's own place can be reached here without a token
        known = self._street.sees(actor.user, place.channel)
        spot = place if known else Place(platform=self.name, channel=direct(actor.user), direct=True)
        self._keep(spot, card, key, only_for=actor.user)

    async def find_sent(self, place: Place, key: str, of: str = "") -> str | None:
        """The id of the message that was posted with `key`, if it was."""
        del place, of  # keys are unique in the whole workspace
        stored = self._messages.by_key(key)
        return stored.id if stored else None

    async def read(self, place: Place) -> Seen:
        """The message that `place.message` names.

        Raises:
            Gone: there is no such message.
        """
        stored = self._messages.get(place.message or "")
        if stored is None:
            raise Gone("The message is not in this workspace any more.")
        here = place.model_copy(update={"thread": stored.thread or None})
        author = Actor(platform=self.name, user=stored.author, name=stored.author)
        text = stored.body if stored.kind != "card" else ""
        return Seen(text, author, datetime.fromisoformat(stored.created_at), here)

    async def open_room(self, wish: Wish) -> RoomMade:
        """A channel of its own, which everybody sees: nobody need be called in. It is made unless it was made before."""
        known = wish.room.channel if wish.room is not None else self._messages.channel_of(wish.key)
        if known is not None:
            return self._room(known)
        for number in range(1, _NAMES + 1):
            name = wish.name if number == 1 else f"{wish.name}-{number}"
            if not self._street.is_configured(name) and self._messages.open_channel(
                name, wish.topic, wish.key
            ):
                self._hub.tell(self._street.cast())
                return self._room(name)
        raise Refused(f"Channels called {wish.name} and alike are there already.")

    async def entitle_room(self, place: Place, topic: str) -> None:
        """Set the topic of a channel."""
        self._messages.entitle_channel(place.channel, topic)
        self._hub.tell(self._street.cast())

    async def close_room(self, place: Place) -> None:
        """Put the channel away."""
        self._messages.close_channel(place.channel)
        self._hub.tell(self._street.cast())

    async def pin(self, place: Place, *, on: bool) -> None:
        """Pin a message, or take its pin off.

        Raises:
            Gone: there is no such message.
        """
        stored = self._messages.pin(place.message or "", on=on)
        if stored is None:
            raise Gone("The message is not in this workspace any more.")
        self._hub.push(stored)

    async def send_file(self, place: Place, document: Document, key: str) -> str:
        """Show what is in the file; the local workspace keeps no files."""
        self._check(place)
        shown = Literal_(text=document.data.decode(errors="replace"))
        words = Text(line=line(document.words))
        card = Card(title=document.name, parts=(words, shown), summary=f"{document.name}: {document.words}")
        return self._keep(place, card, key).id

    async def find_file(self, place: Place, document: Document, key: str) -> str | None:
        """The message that shows this file: it carries the key."""
        del document
        return await self.find_sent(place, key)

    async def publish_home(self, actor: Actor, card: Card) -> None:
        """Show the card as the person's own page."""
        self._hub.push(self._street.keep_home(actor.user, card.model_dump_json()))

    async def open_thread(self, place: Place, title: str) -> str:
        """Threads are named after their first message and need no opening.

        Raises:
            Gone: there is no such message.
        """
        del title
        stored = self._messages.get(place.message or "")
        if stored is None:
            raise Gone("The message is not in this workspace any more.")
        return stored.thread or stored.id

    def health(self) -> Health:
        """How many pages are open, and when one last said something."""
        pages = len(self._hub.sessions)
        return Health(
            ok=self._street.door is not None,
            detail=f"{pages} page{'' if pages == 1 else 's'} open",
            last_event=self._street.last_event,
        )

    def _room(self, name: str) -> RoomMade:
        return RoomMade(Place(platform=self.name, channel=name, flat=True), name, f"/#{name}")

    def _check(self, place: Place) -> None:
        if not self._street.exists(place.channel):
            raise Refused(f"There is no channel “{place.channel}” in the local workspace.")
        if place.thread and self._messages.get(place.thread) is None:
            raise Refused("There is no such thread in the local workspace.")

    def _keep(self, place: Place, card: Card, key: str, *, only_for: str = "") -> Stored:
        draft = Draft(
            key=key,
            channel=place.channel,
            thread=place.thread or "",
            author=BOT,
            kind="card",
            body=_with_pictures(card).model_dump_json(),
            only_for=only_for,
        )
        before = self._messages.change
        stored = self._messages.add(draft, self._clock.now())
        if stored.change > before:
            self._hub.push(stored)
        return stored


def _with_pictures(card: Card) -> Card:
    """The card with its pictures inside, as a page can show them."""
    parts = [
        part.model_copy(update={"url": PNG + b64encode(part.data).decode()})
        if isinstance(part, Image) and part.data
        else part
        for part in card.parts
    ]
    return card.model_copy(update={"parts": tuple(parts)})
