"""The way `direct`: a message in somebody's own conversation with the house, on the chat where they are."""

from typing import ClassVar

from bot.channels.channel import Gear, Probe
from bot.channels.words import heading
from bot.platform import Platform, Refused
from core.notify.channel import Channel
from core.notify.notice import Letter
from core.place import Place
from handlers.cards.card import Card, say


class Direct:
    """Posts the card of what a person is asked for, or a line of what they are told."""

    way: ClassVar[str] = "direct"

    def __init__(self, gear: Gear) -> None:
        self._gear = gear

    async def send(self, letter: Letter) -> str:
        """Post it; returns the message's id on the platform."""
        platform, place = self._spot(letter)
        return await platform.post(place, await self._card(letter), letter.key)

    async def find_sent(self, letter: Letter) -> str | None:
        """Ask the platform for the message that carries the key."""
        platform, place = self._spot(letter)
        return await platform.find_sent(place, letter.key)

    def other_side(self, letter: Letter) -> str:
        """The chat."""
        return letter.target.partition(":")[0].title()

    async def probe(self, channel: Channel) -> Probe:
        """Platforms are checked by themselves."""
        del channel
        return Probe(ok=True, detail="direct messages on every chat that is connected")

    def _spot(self, letter: Letter) -> tuple[Platform, Place]:
        name, _, account = letter.target.partition(":")
        platform = self._gear.platforms.get(name)
        if platform is None:
            raise Refused(f"{name.title()} is not connected: its token is not set.")
        return platform, Place(platform=name, channel=account, direct=True)

    async def _card(self, letter: Letter) -> Card:
        if not letter.asks or self._gear.shown is None:
            return say(heading(letter, 400))
        return await self._gear.shown(letter.view, letter.about)
