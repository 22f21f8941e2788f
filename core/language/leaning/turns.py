"""What was said in a conversation, and which of it counts for whoever speaks now. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.language.entity import Entity, EntityType

_ID = re.compile(r"\b(INC|WF)-(\d{1,9})\b")
_LEAN = frozenset({"", "NONE", "CLARIFICATION", "HELP"})


@dataclass(frozen=True)
class Turn:
    """One message of a conversation. Of a person, `intent` and `entities` are what it meant after all.

    `person` is who spoke, or to whom the bot did.
    """

    role: Literal["user", "bot"]
    text: str
    intent: str = ""
    entities: tuple[Entity, ...] = ()
    person: str = ""
    channel: str = ""
    thread: str = ""


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


def last_request(history: Sequence[Turn], *, answering: bool = False) -> Turn | None:
    """The latest turn that asked for something; thanks and the like in between do not count.

    `answering`: what is said now may be the answer to a question of the bot that a general one came in between.
    """
    asked = [at for at, turn in enumerate(history) if turn.role == "user" and turn.intent not in _LEAN]
    if not asked:
        return None
    latest = history[asked[-1]]
    if answering and not latest.entities and len(asked) > 1:
        between = history[asked[-2] + 1 : asked[-1]]
        if any(turn.role == "bot" and turn.text.rstrip().endswith("?") for turn in between):
            return history[asked[-2]]
    return latest


def pending(history: Sequence[Turn]) -> bool:
    """Whether the bot has asked something, and nobody has said anything since that asks for something."""
    for turn in reversed(history):
        if turn.role == "bot":
            return "?" in turn.text
        if turn.intent not in _LEAN:
            return False
    return False


def ids_of(history: Sequence[Turn]) -> tuple[Entity, ...]:
    """The incidents and executions that the bot spoke of last."""
    for turn in reversed(history):
        found = _ID.findall(turn.text) if turn.role == "bot" else []
        if found:
            kinds = {"INC": EntityType.INCIDENT_ID, "WF": EntityType.EXECUTION_ID}
            return tuple(Entity(kinds[kind], f"{kind}-{number}", "", 0, 0, 0.8) for kind, number in found)
    return ()
