"""What was said in a conversation, and which of it counts for whoever speaks now. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.language.entity import Entity, EntityType

_ID = re.compile(r"\b(INC|WF|RUN)-(\d{1,9})\b")
LEAN = frozenset({"", "NONE", "CLARIFICATION", "HELP"})


@dataclass(frozen=True)
class Turn:
    """One message of a conversation. Of a person, `intent` and `entities` are what it meant after all.

    `person` is who spoke, or to whom the bot did. `advised`: the intent is a language model's, and nobody has agreed to it.
    """

    role: Literal["user", "bot"]
    text: str
    intent: str = ""
    entities: tuple[Entity, ...] = ()
    person: str = ""
    channel: str = ""
    thread: str = ""
    advised: bool = False


def in_scope(turns: Sequence[Turn], *, person: str, channel: str, thread: str = "") -> tuple[Turn, ...]:
    """The turns that words said there may lean on, from the oldest to the latest.

    In a thread that is all of the thread, whoever spoke; in a channel only what was said with this person there,
    outside of threads: what others ask in between is not meant.
    """
    if thread:
        return tuple(turn for turn in turns if turn.thread == thread and turn.channel == channel)
    return tuple(
        turn for turn in turns if turn.channel == channel and turn.person == person and not turn.thread
    )


def last_request(history: Sequence[Turn]) -> Turn | None:
    """The latest turn that asked for something; thanks and the like in between do not count."""
    return next((turn for turn in reversed(history) if turn.role == "user" and turn.intent not in LEAN), None)


def ids_of(history: Sequence[Turn]) -> tuple[Entity, ...]:
    """The incidents and executions that the bot spoke of last."""
    for turn in reversed(history):
        found = list(dict.fromkeys(_ID.findall(turn.text))) if turn.role == "bot" else []
        if found:
            of = EntityType.EXECUTION_ID
            kinds = {"INC": EntityType.INCIDENT_ID, "WF": of, "RUN": of}
            return tuple(Entity(kinds[kind], f"{kind}-{number}", "", 0, 0, 0.8) for kind, number in found)
    return ()
