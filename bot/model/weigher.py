"""Asks the language model what unsure words ask for, and keeps what it says with them before anything is made of it.

What has no opinion within its time is handled without one. A process that dies before it is kept has the words weighed
again by the next one, which nobody sees; after that nobody is asked again.
"""

import structlog

from bot.model.llm import Llm
from core.conversation.weighing import prompt, units
from core.conversation.weighing.units import Opinion
from core.errors import TooMany, Unavailable
from core.store.engine import Store
from handlers.inbound import Command, Message
from handlers.talk.understood import DoubtedError

log = structlog.get_logger("wardroom.weighing")


class Weigher:
    """Has words weighed, on behalf of whoever said them."""

    def __init__(self, store: Store, llm: Llm) -> None:
        self._store = store
        self._llm = llm

    async def weigh(self, said: Message | Command, doubted: DoubtedError) -> Message | Command:
        """The same words with the opinion on them, or with there being none.

        Raises:
            Unavailable: the database does not answer.
        """
        opinion = await self._asked(doubted)
        told = said.model_copy(update={"opinion": opinion.intent})
        await self._store.transact(units.keep, said.key, told.model_dump(mode="json"), opinion)
        return told

    async def _asked(self, doubted: DoubtedError) -> Opinion:
        person, model = doubted.person, self._llm.name
        try:
            answer = await self._llm.say(person, prompt.weighing(doubted.text, doubted.guesses))
        except (TooMany, Unavailable) as error:
            log.info("no opinion", why=error.what)
            return Opinion(person, model, why=error.what)
        intent = prompt.chosen(answer.text)
        if intent is None:
            return Opinion(person, model, why=f"{model} chose none of the choices.")
        return Opinion(person, model, intent.value)
