"""A question that a step puts to people, as a form whose answers it gives back: what is asked, and what answers it. Pure."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.errors import Invalid
from core.place import Place
from core.runbooks.definition import Ask, Duration, Name
from core.source import suggestion
from core.text import clean, one_line

Kind = Literal["text", "long", "number", "choice"]
_TEXT, _LONG = 200, 2_000
LONGEST = timedelta(days=30)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Item(_Frozen):
    """One thing to be told. `choices` are for the kind `choice` alone."""

    name: Name
    label: str = Field(default="", max_length=80)
    type: Kind = "text"
    choices: tuple[str, ...] = Field(default=(), max_length=25)
    required: bool = True

    @property
    def title(self) -> str:
        """What people read beside it."""
        return self.label or self.name.replace("_", " ").capitalize()


class Question(_Frozen):
    """What is asked: `whom` (nobody named: whoever started the run), how many of them have to answer, by when, and where."""

    text: str
    items: tuple[Item, ...] = Field(min_length=1, max_length=5)
    whom: tuple[Ask, ...] = ()
    answers: int = Field(default=1, ge=1, le=50)
    timeout: Duration = Field(default=timedelta(hours=24), ge=timedelta(seconds=1), le=LONGEST)
    places: tuple[Place, ...] = ()

    @property
    def buttons(self) -> tuple[str, ...]:
        """What can be answered by one press: the choices, where nothing else is asked and they are few."""
        only = self.items[0] if len(self.items) == 1 else None
        return only.choices if only is not None and 0 < len(only.choices) <= _BUTTONS else ()


_BUTTONS = 5


def values_of(question: Question, given: Mapping[str, str]) -> dict[str, Any]:
    """What somebody wrote, by the names of the items and with the right kinds; what may be left out can be None.

    Raises:
        Invalid: something is missing, too long, no number, or no choice.
    """
    return {item.name: _value(item, given.get(item.name, "")) for item in question.items}


def _value(item: Item, text: str) -> str | int | float | None:
    said = clean(text)
    if not said:
        if item.required:
            raise Invalid(f"“{item.title}” has no answer.", "Fill it in.")
        return None
    match item.type:
        case "number":
            return _number(item, said)
        case "choice":
            if said not in item.choices:
                raise Invalid(f"“{one_line(said, 40)}” is no choice.", suggestion(said, item.choices))
            return said
        case "text":
            return _short(item, one_line(said, _TEXT + 1), _TEXT)
        case "long":
            return _short(item, said, _LONG)


def _short(item: Item, text: str, most: int) -> str:
    if len(text) > most:
        raise Invalid(f"“{item.title}” has more than {most:,} characters.", "Say it shorter.")
    return text


def _number(item: Item, text: str) -> int | float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Invalid(f"“{item.title}” is a number, and “{one_line(text, 40)}” is none.", "Write 3 or 2.5.")
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
