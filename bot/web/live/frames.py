"""What is said over the socket: frames of programs, checked before they are believed, and frames of the house. Pure."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.web.api import shapes
from core.digest import canonical
from core.errors import Invalid, WardroomError
from core.text import one_line

_Topic = Annotated[str, Field(min_length=1, max_length=100)]
_WORDS = "auth, subscribe, unsubscribe, ack, ping"
_MEND = f"Send one JSON object whose `op` is one of: {_WORDS}."


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Auth(_Frame):
    """The first frame of those who cannot send a header: their token."""

    op: Literal["auth"]
    token: str = Field(max_length=200)


class Subscribe(_Frame):
    """Follow a topic, from now on or from after an event."""

    op: Literal["subscribe"]
    topic: _Topic
    after: int | None = Field(default=None, ge=0, le=2**53, strict=True)


class Unsubscribe(_Frame):
    """Follow it no longer."""

    op: Literal["unsubscribe"]
    topic: _Topic


class Ack(_Frame):
    """A notice was taken; `id` is the notice's."""

    op: Literal["ack"]
    id: str = Field(max_length=24)


class Ping(_Frame):
    """Is anybody there?"""

    op: Literal["ping"]


Frame = Auth | Subscribe | Unsubscribe | Ack | Ping
_FRAME: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="op")])


def parse(text: str) -> Frame:
    """The frame that a program sent.

    Raises:
        Invalid: it is none; says what is wrong with it.
    """
    try:
        return _FRAME.validate_json(text)
    except (ValidationError, ValueError) as error:
        raise Invalid(f"This frame cannot be used: {_told(error)}.", _MEND) from None


def error(problem: WardroomError, topic: str = "") -> dict[str, Any]:
    """What went wrong, and how to mend it; with a topic: that topic is not followed (any more)."""
    return shapes.problem(problem) | ({"topic": topic} if topic else {})


def text(frame: dict[str, Any]) -> str:
    """A frame of the house as it is sent."""
    return canonical(frame).decode()


def _told(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "it is no JSON"
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    fault = faults[0]
    where = ".".join(map(str, fault["loc"][1:]))
    said = one_line(fault["msg"], 200).rstrip(".")
    return f"{where}: {said}" if where else said
