"""Words of programs that no rule understands, given to a language model; what it says is the answer only if it is one."""

from typing import Any

from bot.model.inquiring import Question, inquire
from bot.web.api.route import Asking
from core.conversation.llm import Counsel, Hear
from core.errors import TooMany, Unavailable
from core.text import clean, cut

GUESSED = 0.5
_LONGEST = 4_000


async def guessed(llm: Counsel, asking: Asking, known: dict[str, Any], hear: Hear | None) -> dict[str, Any]:
    """What the model answers; what is `known` without it, with the reason, where it does not."""
    question = Question(asking.caller, asking.body.text, asking.body.now)
    try:
        said, looked = await inquire(llm, asking.store, question, hear)
    except (TooMany, Unavailable) as error:
        return known | {
            "answer": f"{known['answer']} I could not ask the language model either: {error.what}"
        }
    last = looked.last or {"intent": "none", "meaning": None, "entities": []}
    return known | {
        "intent": last["intent"],
        "meaning": last["meaning"],
        "confidence": GUESSED if looked.last else 0.0,
        "entities": last["entities"],
        "answer": cut(clean(said.text), _LONGEST),
        "actions": looked.actions,
        "by": llm.name,
        "sources": [*looked.commands, *looked.offers],
    }
