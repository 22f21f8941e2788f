"""What programs are answered to their words: the fields that the interface promises. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from core.language.entity import Entity
from handlers.talk.reading import Understood


class Fields(BaseModel):
    """Fields of an answer."""

    # Made ready at the first use: a start needs none.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class TimeRange(Fields):
    """A stretch of time that the words name."""

    start: str = Field(description="Its first moment, as 2026-03-18T14:30:00Z.")
    end: str = Field(description="The moment at which it is over; that of `start` if it is one moment.")
    text: str = Field(description="The words that say so; empty if earlier words of the session did.")


class Named(Fields):
    """Something that the words name."""

    name: str = Field(
        description="What it is, such as service, environment or time_range; of a command the argument."
    )
    value: str | int | float | TimeRange = Field(
        description="A duration is in seconds, a percentage 5 for 5 %; an argument is as it was said."
    )


class Action(Fields):
    """What would have to be done. Nothing has been done."""

    intent: str
    arguments: dict[str, Any] = Field(description="What it needs, as far as the words say it.")
    command: str = Field(description="The command by which a person says it in the chat.")


class Further(Fields):
    """Something else that the same words ask for, and that this answer is not about."""

    intent: str = Field(description="What is understood; none if nothing is.")
    text: str = Field(description="Its words: say them by themselves to have them answered.")


class Told(Fields):
    """The answer to words, and what was understood."""

    intent: str = Field(description="What was understood, such as incident.list; none if nothing was.")
    meaning: str | None = Field(
        description="What the words ask for, such as METRIC_QUERY, where they were weighed; else null."
    )
    confidence: float = Field(ge=0, le=1, description="How sure that is.")
    entities: list[Named]
    answer: str = Field(description="The answer in words.")
    query: str | None = Field(description="The query of a backend that the answer was read from.")
    actions: list[Action]
    further: list[Further] = Field(description="What else was asked for, in order.")
    by: str = Field(description="Who wrote the answer: rules, or a model.")
    sources: list[str] = Field(description="The commands that a model looked up.")


def named(understood: Understood) -> list[dict[str, Any]]:
    """What the words name: the things that were found in them, or the arguments of a command."""
    if understood.meant is None:
        return [{"name": name, "value": value} for name, value in understood.raw.items()]
    return [{"name": one.type.value, "value": _value(one)} for one in understood.meant.entities]


def _value(one: Entity) -> Any:
    return {**one.value, "text": one.text} if isinstance(one.value, Mapping) else one.value


def nothing(words: str) -> dict[str, Any]:
    """The answer where nothing was understood, or nothing of it is done."""
    return answer("none", 0.0, words)


def answer(intent: str, confidence: float, words: str, **more: Any) -> dict[str, Any]:
    """An answer of the rules; `more` is what of the other fields is there."""
    empty: dict[str, Any] = {
        "meaning": None,
        "entities": [],
        "query": None,
        "actions": [],
        "further": [],
        "sources": [],
    }
    return {"intent": intent, "confidence": confidence, "answer": words, "by": "rules"} | empty | more
