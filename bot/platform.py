"""What a chat platform must be able to do, and the one door through which it hands in what arrives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.place import Actor, Place
from handlers.cards.card import Card
from handlers.cards.form import Form
from handlers.inbound import Click, Command, Inbound, Seen
from handlers.verb import Verb


class SendError(Exception):
    """Sending did not work. `retry_after` (seconds) says when to try again; None: by the usual back-off."""

    def __init__(self, why: str, *, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class Limited(SendError):
    """The platform, or our own count of its limits, asks to wait; never counted as a failure."""


class Refused(SendError):
    """It will never work as it is: no such channel, not invited, bad token. Not tried again."""


class Gone(SendError):
    """The message cannot be edited any more; a new one must be posted in its place."""


@dataclass(frozen=True)
class Health:
    """How a part is: `ok`, one sentence, and when something last arrived from it."""

    ok: bool
    detail: str
    last_event: datetime | None = None


@dataclass(frozen=True)
class Wish:
    """A room for one thing: a channel beside `place`, or a post in the forum that `place` names.

    `name` is for channels, `title` for posts; `card` begins a post. `people` are accounts that belong there. `key` says
    since when it is wished for; `room` is where it is already, so that only people are called in.
    """

    place: Place
    name: str
    title: str
    topic: str
    card: Card
    people: tuple[str, ...]
    key: str
    room: Place | None = None


@dataclass(frozen=True)
class RoomMade:
    """A room that is there: `place.message` is its first message, if it has one already."""

    place: Place
    name: str
    url: str = ""


@dataclass(frozen=True)
class Document:
    """A file to be posted, with the words that stand beside it."""

    name: str
    data: bytes
    words: str


class Platform(Protocol):
    """A chat, as the house uses it. Every method may raise SendError; none raises anything else on purpose."""

    name: str
    edit_interval: float  # seconds to keep between two edits of one message that are not urgent

    async def start(self, door: "Door") -> None:
        """Connect and hand everything that arrives to `door`; returns when connected."""
        ...

    async def pause(self) -> None:
        """Take nothing more, and let what is being taken finish; messages can still be sent."""
        ...

    async def stop(self) -> None:
        """Disconnect, after a pause."""
        ...

    async def post(self, place: Place, card: Card, key: str) -> str:
        """Post a message that carries `key` (24 characters) so that find_sent can know it; returns its id."""
        ...

    async def update(self, place: Place, card: Card) -> None:
        """Replace the message that `place.message` names."""
        ...

    async def whisper(self, actor: Actor, place: Place, card: Card, key: str, answering: str) -> None:
        """Tell one person alone, as the answer to the inbound whose key is `answering`.

        Where the platform has given a short-lived token for that, the adapter still holds it; else a direct
        message is sent.
        """
        ...

    async def find_sent(self, place: Place, key: str, of: str = "") -> str | None:
        """The id of the message that carries `key`, or shows what has the id `of`, if it was posted: asked after a crash."""
        ...

    async def read(self, place: Place) -> Seen:
        """The message that `place.message` names, with the thread it is in; Gone if it is not there."""
        ...

    async def open_room(self, wish: Wish) -> RoomMade:
        """Make a room, or find the one that was made for this wish before, and call people in."""
        ...

    async def entitle_room(self, place: Place, topic: str) -> None:
        """Say anew what a room is about; nothing happens where rooms have no topic."""
        ...

    async def close_room(self, place: Place) -> None:
        """Put a room into the archive; nothing happens if it is there."""
        ...

    async def pin(self, place: Place, *, on: bool) -> None:
        """Pin the message that `place.message` names, or take its pin off; nothing happens if it is so."""
        ...

    async def send_file(self, place: Place, document: Document, key: str) -> str:
        """Post a file; returns the id of its message, or of the file where that is all there is."""
        ...

    async def find_file(self, place: Place, document: Document, key: str) -> str | None:
        """The id of the file, or of its message, if it was posted there since `key` was made: asked after a crash."""
        ...

    async def publish_home(self, actor: Actor, card: Card) -> None:
        """Show the person's own page (Slack's App Home); a platform without one does nothing."""
        ...

    async def open_thread(self, place: Place, title: str) -> str:
        """The id of the thread under the message `place.message` names, made if there is none."""
        ...

    def health(self) -> Health:
        """How the connection is, now."""
        ...


class Door(Protocol):
    """What an adapter is given: the house, seen from the street."""

    @property
    def verbs(self) -> Sequence[Verb]:
        """Every verb, for manifests, command trees and menus."""
        ...

    @property
    def watched(self) -> frozenset[str]:
        """The reactions that mean something, by name or as the sign itself; others are not handed in."""
        ...

    async def form_for(self, inbound: Click | Command) -> Form | None:
        """The form this click or command needs before it can run, at once; None: receive it.

        When a form is opened, its submission is the event, and the click is not received.
        """
        ...

    def suggest(self, verb: str, argument: str, typed: str) -> Sequence[tuple[str, str]]:
        """At most 25 choices (label, value) for an argument, from memory and at once."""
        ...

    async def receive(self, inbound: Inbound) -> bool:
        """Write the inbox row durably; acknowledge to the platform after this returns.

        The work then goes on by itself. False: this was received before, and nothing will happen twice.

        Raises:
            Unavailable: the store cannot write; do not acknowledge, tell the person if that is possible.
        """
        ...
