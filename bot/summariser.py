"""Has summaries of long conversations written by the language model; until it has, and if it cannot, ours stand."""

import asyncio

import structlog

from bot.workers import pause
from core.conversation.llm import Counsel
from core.conversation.memory import prompt, units
from core.errors import TooMany, Unavailable
from core.store.engine import Store

log = structlog.get_logger("wardroom.summaries")
_LONGEST = 300.0  # seconds without looking, should a wake-up be lost


class Summariser:
    """One worker; what it took counts as asked for, so that no other process asks again."""

    def __init__(self, store: Store, llm: Counsel) -> None:
        self._store = store
        self._llm = llm
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        store.bus.listen(units.TOPIC, self._wake.set)

    async def run(self) -> None:
        """Do whatever waits, and wait for more."""
        while not self._stopping.is_set():
            self._wake.clear()
            while not self._stopping.is_set() and await self.work():
                pass
            await pause(self._wake, _LONGEST)

    def stop(self) -> None:
        """Take nothing more."""
        self._stopping.set()
        self._wake.set()

    async def work(self) -> bool:
        """Have the next summary written; False if none waits."""
        taken = await self._store.transact(units.take_summary, self._llm.name)
        if taken is None:
            return False
        row, turns = taken
        try:
            said = await self._llm.say(row.person, prompt.of(turns))
        except (TooMany, Unavailable) as error:
            log.info("a summary stays as it is", id=row.id, why=error.what)
        else:
            await self._store.transact(units.summed_up, row, said.text, self._llm.name)
        return True
