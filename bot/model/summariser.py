"""Has summaries of long conversations written by the language model; until it has, and if it cannot, ours stand."""

import structlog
from typing_extensions import override

from bot.workers import Worker
from core.conversation.llm import Counsel
from core.conversation.memory import prompt, units
from core.errors import TooMany, Unavailable
from core.store.engine import Store

log = structlog.get_logger("wardroom.summaries")


class Summariser(Worker):
    """One worker; what it took counts as asked for, so that no other process asks again."""

    longest = 300.0

    def __init__(self, store: Store, llm: Counsel) -> None:
        super().__init__(store, units.TOPIC)
        self._llm = llm

    @override
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
