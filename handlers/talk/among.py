"""What people say to each other in a thread that the bot takes part in, as told from what they say to the bot. Pure."""

import re

from core.language.intent import Intent
from core.language.leaning.frame import frame
from core.language.understand import Understanding
from core.language.vocative import calls
from core.world import World
from handlers.inbound import Message
from handlers.talk.grasp import MEANING
from handlers.verb import Verb

_NOTHING = frozenset((Intent.NONE, Intent.CLARIFICATION))
_LEANS = frozenset(("answer", "correction", "fragment", "order"))
_WANTS = re.compile(
    r"\W*(?:(?:please|pls|ok|okay|now|then|and|also|can you|could you|would you)\b\W*)*"
    r"(?:kick|bounce|recycle|reload|page|call|silence|mute|unsilence|post|add|link|merge|make|hand|give|update|upgrade|release|push|put|"
    r"failover|pause|resume|retry|mark|note|remember|remind|invite|approve|reject|withdraw|change|move|take)\b",
    re.IGNORECASE,
)
_YOU = re.compile(r"\W*(?:(?:and|so|but|hey)\W+)?(?:did|have|are|were|had) (?:you|u)\b", re.IGNORECASE)


def is_among(said: Message) -> bool:
    """Whether it was said beneath something of the bot, without its name: it may be for whoever writes there."""
    return said.addressed and not said.named


def is_to_somebody(world: World, said: Message) -> bool:
    """Whether it is said to another person there by name."""
    names = (name for one in world.people.values() for name in (one.id, one.name, one.name.split()[0]))
    return is_among(said) and calls(said.text, names)


def asks_you(said: Message) -> bool:
    """Whether it asks what “you” did or are at, where that is whoever writes there: “did you restart checkout?”."""
    return is_among(said) and _YOU.match(said.text) is not None


def is_for_us(meant: Understanding, verb: Verb) -> bool:
    """Whether words without our name want this of us: they ask, order, or lean on what was asked of us. Reports and opinions do not."""
    if not meant.is_sure or meant.intent in _NOTHING:
        return False
    shape = frame(meant.text, meant.entities)
    orders = shape.orders or _WANTS.match(meant.text) is not None
    # What is asked back before something is done looks, too; what it is about does not.
    if (not verb.reads or verb.name == MEANING) and not orders and shape.asks:
        return False
    return orders or shape.asks or shape.looks or meant.how in _LEANS
