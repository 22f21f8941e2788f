"""The way `websocket`: a frame to the programs that a person has connected, taken when one of them says so."""

import asyncio
from typing import ClassVar

from bot.channels.channel import Gear, Probe
from bot.platform import Refused, SendError
from bot.workers import pause
from core.notify.channel import Channel
from core.notify.notice import Letter
from core.store.engine import Store
from handlers.programs import notices

_PATIENCE = 2.0  # seconds that a program has to say that it took it, in one try


class Websocket:
    """Calls a person's programs, in whichever process they are connected, and looks whether one took it."""

    way: ClassVar[str] = notices.WAY

    def __init__(self, gear: Gear) -> None:
        self._gear = gear
        self.patience = _PATIENCE

    async def send(self, letter: Letter) -> str:
        """Wait a moment until it is taken; returns its own key."""
        store, topic = self._store(), notices.topic(letter.target)
        taken = asyncio.Event()
        store.bus.listen(topic, taken.set)
        loop = asyncio.get_running_loop()
        until = loop.time() + self.patience
        try:
            await store.transact(notices.call, letter.target)
            while not await store.read(notices.is_taken, letter.key):
                taken.clear()
                if not await pause(taken, max(0.0, until - loop.time())):
                    raise SendError("none of their programs is connected and took it")
        finally:
            store.bus.forget(topic, taken.set)
        return letter.key

    async def find_sent(self, letter: Letter) -> str | None:
        """Whether it was taken."""
        return letter.key if await self._store().read(notices.is_taken, letter.key) else None

    def other_side(self, letter: Letter) -> str:
        """Nothing is called: programs come to us."""
        del letter
        return ""

    async def probe(self, channel: Channel) -> Probe:
        """Nothing can be missing."""
        del channel
        return Probe(ok=True, detail="for programs that follow approver:NAME at /ws")

    def _store(self) -> Store:
        if self._gear.store is None:
            raise Refused("nobody can look whether it was taken")
        return self._gear.store
