"""What is kept of a conversation: one thing that was said, summed up, or told to be remembered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.place import Place


class Tier(StrEnum):
    """What a row is: said by a person, said by the bot, a summary of both, or a fact."""

    PERSON = "person"
    BOT = "bot"
    SUMMARY = "summary"
    FACT = "fact"


@dataclass(frozen=True)
class Kept:
    """A row: whose conversation it is of, where, what kind, when, and the words.

    `place` is the lane of its channel. `folded` says that a summary stands for it in what is at hand; `number` is
    where it stands in its session. `model` wrote a summary, or nobody did.
    """

    id: int
    person: str
    tier: Tier
    place: str
    direct: bool
    session: str
    number: int
    at: datetime
    text: str
    tokens: int
    folded: bool = False
    model: str = ""


def session_of(place: Place) -> str:
    """The conversation that a place is part of: its thread, or the channel outside of threads."""
    return f"{place.lane()}|{place.thread or ''}"[:255]
