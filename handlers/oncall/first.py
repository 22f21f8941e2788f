"""What is shown before it is done, although a command or a button asked for it: a press or a yes goes on."""

from core.language.intent import Intent
from core.language.understand import Understanding
from core.store.engine import Unit
from handlers.cards import meaning
from handlers.inbound import Message
from handlers.talk import pending
from handlers.talk.pending import Order
from handlers.verb import Call, Reply


def ask(unit: Unit, call: Call, order: Order, would: str, said: tuple[str, str]) -> Reply:
    """Whether to go on with an order, which one would type as `would`; `said` is the question, and what it is about."""
    words = call.inbound.text if isinstance(call.inbound, Message) else would
    asked = Understanding(Intent.CLARIFICATION, 1.0, " ".join(words.split()))
    mark = pending.keep(unit, call, asked, "sure", order)
    return Reply(card=meaning.sure(asked, mark, would, *said))
