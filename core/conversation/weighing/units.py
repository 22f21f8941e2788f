"""Keeping a second opinion with the message that it is about, before anything is made of it: one transaction."""

from dataclasses import dataclass
from typing import Any

from core.store import events, inbox
from core.store.engine import Unit


@dataclass(frozen=True)
class Opinion:
    """What came of asking: of whose words, by which model; the intent, or why there is none."""

    person: str
    model: str
    intent: str = ""
    why: str = ""


def keep(unit: Unit, key: str, payload: dict[str, Any], opinion: Opinion) -> None:
    """Keep the message as `payload`, which has the opinion in it: whoever takes it over uses that, and asks nobody again."""
    if inbox.amend(unit, key, payload):
        note(unit, opinion)


def note(unit: Unit, opinion: Opinion) -> None:
    """Keep in the log what came of asking: of words of programs, which are answered once and leave no other row."""
    said = {"intent": opinion.intent} if opinion.intent else {"why": opinion.why}
    actor = f"model:{opinion.model}"[:128] if opinion.intent else "system"
    events.append(unit, "message.weighed", opinion.person, actor=actor, data=said)
