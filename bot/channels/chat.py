"""The way `chat`: the card that is posted in the channel anyway, in whose thread people are called by name."""

from typing import ClassVar

from bot.channels.channel import Gear, NotYet, Probe
from bot.platform import Refused
from core.notify.channel import Channel
from core.notify.notice import Letter
from core.store import dispatch

_SOONEST = 0.2
_LATEST = 2.0


class Chat:
    """Says whether the card has arrived; the card itself is sent as a card."""

    way: ClassVar[str] = "chat"

    def __init__(self, gear: Gear) -> None:
        self._gear = gear

    async def send(self, letter: Letter) -> str:
        """Wait until the card is there; returns the id of its message."""
        platform, _, channel = letter.target.partition(":")
        fate = (letter.view, letter.about, platform, channel)
        if self._gear.store is None:
            raise Refused("nobody can look for the card")
        message, why = await self._gear.store.read(dispatch.fate, *fate)
        if message is not None:
            return message
        if why:
            raise Refused(why)
        age = (self._gear.clock.now() - letter.happened).total_seconds()
        raise NotYet("the card is being posted", retry_after=min(_LATEST, max(_SOONEST, age)))

    async def find_sent(self, letter: Letter) -> str | None:
        """Looking again is harmless."""
        del letter
        return None

    def other_side(self, letter: Letter) -> str:
        """Nothing is called."""
        del letter
        return ""

    async def probe(self, channel: Channel) -> Probe:
        """Platforms are checked by themselves."""
        there = ", ".join(place.platform.title() for place in channel.places)
        return Probe(ok=True, detail=f"cards on {there}")
