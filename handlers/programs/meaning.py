"""What words of a program mean, and what else they ask for: as in a chat, but nothing is asked back."""

from dataclasses import replace

from pydantic import AwareDatetime, Field

from core.errors import Invalid, NotFound
from core.ids import new_id
from core.language.forbidding import forbids
from core.language.intent import Intent
from core.language.understand import DECIDES, Understanding
from core.place import Actor, Place
from core.store.engine import Unit
from handlers.caller import Caller
from handlers.inbound import Message
from handlers.talk import following, further, grasp, quoting, wishes
from handlers.talk.pending import Wanted
from handlers.talk.reading import Understood, Verbs, understand
from handlers.talk.refraining import refused
from handlers.verb import Args

KNOWN = 1.0
"""So sure is a command, or a sentence that is known."""
_REFERRED = 0.9
_WEIGHED_AT_MOST = 0.99


class Words(Args):
    """What is said to the bot; `now` asks for the answer as of then, `session` says which words came before."""

    text: str = Field(min_length=1, max_length=2_000)
    session: str = Field(default="", max_length=64)
    now: AwareDatetime | None = None


def message(unit: Unit, caller: Caller, said: Words, opinion: str = "") -> Message:
    """The words as a message to the bot alone."""
    return Message(
        key=f"ask:{new_id(unit.now)}",
        actor=Actor(platform="api", user=caller.person.id, name=caller.person.name),
        place=Place(platform="api", channel="ask", thread=said.session or None, direct=True),
        text=said.text,
        addressed=True,
        opinion=opinion or None,
    )


def understood(
    unit: Unit, caller: Caller, verbs: Verbs, said: Words, opinion: str
) -> tuple[Understood | None, float]:
    """What is meant, and how sure that is; with what came before it in the session, where it needs that.

    Raises:
        Invalid: it means nothing.
    """
    is_command = said.text.lstrip().startswith("/")
    if not is_command:
        quoting.check(caller.world, said.text)
        if forbids(said.text):
            raise refused()
    heard = message(unit, caller, said)
    try:
        first = heard if is_command else further.first_of(caller.world, verbs, heard)
        return understand(caller.world, verbs, first), KNOWN
    except (Invalid, NotFound):
        if is_command:
            raise  # a command that there is not, or a wrong argument: nothing to guess at
        meant = meaning(unit, caller, said, opinion)
        weighed = _weighed(caller, verbs, meant)
        if weighed is not None and meant.how != "alone":
            return weighed, _REFERRED
        named = wishes.named_in(caller.world, said.text)
        if named is not None:
            return Understood(verbs.by_name["runbook.run"], named), KNOWN
        if weighed is None:
            raise
        return weighed, min(round(meant.confidence, 2), _WEIGHED_AT_MOST)


def meaning(unit: Unit, caller: Caller, said: Words, opinion: str = "") -> Understanding:
    """What the words mean: after what was said before in the session, where there is one; else by the opinion on them."""
    if said.session:
        words = message(unit, caller, said, opinion)
        return grasp.meaning(unit, caller.world, caller.person, words)
    meant = grasp.known(unit, caller.world, caller.person, said.text, opinion)
    return replace(meant, confidence=DECIDES, advised=True) if opinion else meant


def others(unit: Unit, caller: Caller, verbs: Verbs, heard: Message, found: Understood) -> tuple[Wanted, ...]:
    """What else the same words ask for, where it is sure what they ask for first."""
    if heard.text.lstrip().startswith("/") or not further.are_several(heard):
        return ()
    meant = found.meant or following.heard(unit, caller.world, caller.person, heard, found.verb)
    return further.others(caller.world, verbs, heard, meant) if meant.is_sure else ()


def verb_of(unit: Unit, caller: Caller, verbs: Verbs, wanted: Wanted) -> str:
    """The verb that one of the others asks for; none if nothing here does that."""
    if wanted.order is not None:
        return wanted.order.verb
    meant = grasp.known(unit, caller.world, caller.person, wanted.text, wanted.intent.value)
    found = _weighed(caller, verbs, meant)
    return found.verb.name if found is not None else "none"


def _weighed(caller: Caller, verbs: Verbs, meant: Understanding) -> Understood | None:
    """What the words most likely ask for, where that is sure; a question back, which needs an answer, is none."""
    if not meant.is_sure or meant.intent is Intent.CLARIFICATION:
        return None
    found = grasp.decide(caller.world, verbs.by_name, meant, is_sure=True)
    if found is None:
        return None
    raw = wishes.spelt_out(caller.world, found.raw) if found.verb.name == "runbook.run" else found.raw
    return Understood(found.verb, raw, meant)
