"""Unsure words of programs, as those in a chat: a language model says which intent they have, and the rest is found as ever."""

from functools import partial
from typing import Any

import structlog

from bot.web.api.route import Asking
from core.conversation.llm import Counsel
from core.conversation.weighing import prompt, units
from core.conversation.weighing.units import Opinion
from core.errors import TooMany, Unavailable
from core.language.intent import Intent
from handlers.programs import looking
from handlers.registry import REGISTRY

log = structlog.get_logger("wardroom.weighing")


async def weighed(llm: Counsel, asking: Asking) -> dict[str, Any] | None:
    """The answer to what a model takes the words for; None where they are not unsure, it has no opinion, or it answers nothing.

    What it said is in the log before it is used. A program that asks again after a crash has the words weighed again.

    Raises:
        Forbidden: the person or the token may not look at this.
    """
    caller = asking.caller
    if not caller.world.llm.opinion:
        return None
    meant = await asking.store.read(looking.doubted, caller, asking.body)
    if meant is None:
        return None
    person = caller.person.id
    try:
        said = await llm.say(person, prompt.weighing(meant.text, meant.guesses))
    except (TooMany, Unavailable) as error:
        log.info("no opinion", why=error.what)
        return None
    intent = prompt.chosen(said.text)
    why = "" if intent else f"{llm.name} chose none of the choices."
    await asking.store.transact(units.note, Opinion(person, llm.name, intent or "", why))
    if intent in (None, Intent.NONE):
        return None
    look = partial(looking.answer, opinion=str(intent))
    told: dict[str, Any] = await asking.store.read(look, caller, REGISTRY, asking.body)
    return told if told["intent"] != "none" else None
