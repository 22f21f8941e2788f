"""What a way of telling must be able to do, and what all of them are made from."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import ClassVar, Protocol

from bot.platform import Platform, SendError
from bot.settings import Settings
from core.clock import Clock
from core.notify.channel import Channel
from core.notify.notice import Letter
from core.store.engine import Store
from handlers.cards.card import Card


class NotYet(SendError):
    """It is on its way by other means; look again later. Neither a failure nor worth a line in the ledger."""


class Down(SendError):
    """The other side cannot be reached, or has a fault of its own: what a breaker counts, and nothing else."""


@dataclass(frozen=True)
class Gear:
    """What ways are made from. `secret_named` reads an environment variable that the configuration names.

    Without a `store` they can be asked whether they answer, and the chat cannot tell what has arrived. `platforms` are
    the chats that are connected, `shown` draws the card of a view and a thing as it is now.
    """

    settings: Settings
    clock: Clock
    secret_named: Callable[[str], str]
    store: Store | None = None
    platforms: Mapping[str, Platform] = field(default_factory=dict)
    shown: Callable[[str, str], Awaitable[Card]] | None = None


@dataclass(frozen=True)
class Probe:
    """Whether a way answers, in words, and what mends it if not."""

    ok: bool
    detail: str
    mend: str = ""


class Outlet(Protocol):
    """One way. `send` and `find_sent` may raise SendError; neither raises anything else on purpose."""

    way: ClassVar[str]

    async def send(self, letter: Letter) -> str:
        """Send it; returns the id that the other side gave it.

        Raises:
            Limited: the other side asks to wait.
            Refused: it will never be taken as it is.
            NotYet: look again later.
            Down: the other side cannot be reached, or has a fault of its own.
            SendError: it was not taken this time.
        """
        ...

    async def find_sent(self, letter: Letter) -> str | None:
        """The id on the other side if it was sent: asked after a crash. None: send it again, under its old key."""
        ...

    def other_side(self, letter: Letter) -> str:
        """What is called for it, such as a host: what works or does not as one. Nothing if nothing is called."""
        ...

    async def probe(self, channel: Channel) -> Probe:
        """Whether what this way needs is there and answers; nothing is sent."""
        ...


def retry_after(value: str | None, clock: Clock) -> float | None:
    """Seconds that a `Retry-After` header asks for, in either of its two forms."""
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - clock.now()).total_seconds())
    except (TypeError, ValueError):
        return None
