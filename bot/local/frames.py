"""What a page or a terminal may say over the socket. Every word of it is checked before it is believed."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Name = Annotated[str, Field(max_length=80)]


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hello(_Frame):
    """First word, and again at every change of person. `since`: the last change seen, of history `epoch`."""

    t: Literal["hello"]
    persona: Name
    since: int = 0
    epoch: str = ""


class Asking(_Frame):
    """Anything that gets an answer; a repeated `id` has one effect."""

    id: Id


class Say(Asking):
    """Words, in a channel or a thread."""

    t: Literal["say"]
    channel: Name
    thread: Name = ""
    text: Annotated[str, Field(max_length=200_000)]


class Press(Asking):
    """A button of a message, or a choice in one of its menus (`choice`)."""

    t: Literal["press"]
    message: Name
    verb: Name
    value: Annotated[str, Field(max_length=2_000)]
    choice: Annotated[str, Field(max_length=200)] = ""


class Send(Asking):
    """A form that was filled in. `verb` and `value` are what the form carried."""

    t: Literal["send"]
    channel: Name
    thread: Name = ""
    message: Name = ""
    verb: Name
    value: Annotated[str, Field(max_length=2_000)]
    args: dict[str, str] = Field(default_factory=dict)
    fields: dict[Name, Annotated[str, Field(max_length=20_000)]]


class Suggest(Asking):
    """What could be typed next."""

    t: Literal["suggest"]
    verb: Name
    argument: Name
    typed: Annotated[str, Field(max_length=200)]


class Home(Asking):
    """The person opened their own page."""

    t: Literal["home"]


class Preview(Asking):
    """How would this message look elsewhere?"""

    t: Literal["preview"]
    message: Name


class Mark(Asking):
    """A sign on what somebody said, or off it again."""

    t: Literal["mark"]
    message: Name
    on: bool = True


Ask = Mark | Say | Press | Send | Suggest | Home | Preview
FRAME: TypeAdapter[Hello | Ask] = TypeAdapter(Annotated[Hello | Ask, Field(discriminator="t")])
