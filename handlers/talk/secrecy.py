"""Secrets that people type: left out of what is done with their words, and whoever typed one is told so alone."""

import re
from collections.abc import Mapping

from core.conversation.memory.hiding import MASK
from core.errors import WardroomError
from core.store import outbox
from core.store.engine import Unit
from core.world import World
from handlers.cards.card import say
from handlers.inbound import Asked, Command, Message, Submit
from handlers.talk.lately import veiled
from handlers.verb import Verb

TOLD = (
    "What you wrote has what looks like a secret in it, and I left that out of what I keep. "
    "If it is one, change it: it has been in a chat."
)
# What a run is told it works with; the others need the words as they were said to tell what in them is a secret.
_OF_RUNS = frozenset({"runbook.reply", "runbook.answer"})
_ASKED = re.compile(r"\b(?:ASK|RUN)-\d{1,9}\b", re.IGNORECASE)
_THEMSELVES = _OF_RUNS | {
    "runbook.run",
    "runbook.tell",
    "ask.meaning",
    "ask.choose",
    "wardroom.link",
    "wardroom.remember",
}
_NO_WORDS = frozenset(
    {"id", "digest", "revision", "mark", "words", "source", "source_link", "source_at", "source_by"}
)


def without(world: World, verb: Verb, raw: Mapping[str, str]) -> dict[str, str]:
    """What a verb is to work on, without secrets, unless the verb sees to that itself."""
    if verb.name in _THEMSELVES:
        return dict(raw)
    return {name: value if name in _NO_WORDS else veiled(world, value) for name, value in raw.items()}


def answers_a_run(verb: Verb) -> bool:
    """Whether what is said with a verb is for one run alone, which asked for it: it may be anything, also a secret."""
    return verb.name in _OF_RUNS


def remembered(verb: Verb, text: str) -> str:
    """Words as they are kept of a conversation: without what answers a run."""
    if not text or not answers_a_run(verb):
        return text
    named = _ASKED.search(text)
    return " ".join((f"/{verb.command}", *((named[0].upper(),) if named else ()), MASK))


def warn(unit: Unit, world: World, verb: Verb, inbound: Asked) -> None:
    """Tell whoever typed a secret, alone, where the answer does not say it."""
    if verb.name not in _OF_RUNS | {"wardroom.remember"} and _is_typed(world, inbound):
        outbox.whisper(unit, inbound.actor, inbound.place, say(TOLD).model_dump(mode="json"))


def beside(world: World, inbound: Asked, error: WardroomError) -> None:
    """The same where it was refused: nothing secret is said back."""
    error.what, error.mend = veiled(world, error.what), veiled(world, error.mend)
    if _is_typed(world, inbound):
        error.mend = f"{error.mend} {TOLD}".strip()


def _is_typed(world: World, inbound: Asked) -> bool:
    return any(veiled(world, text) != text for text in _typed(inbound))


def _typed(inbound: Asked) -> tuple[str, ...]:
    match inbound:
        case Message(text=text):
            return (text,)
        case Command(text=text, options=options):
            return (text, *(f"{name}={value}" for name, value in options.items()))
        case Submit(fields=fields):
            return tuple(fields.values())
    return ()
