"""What arrives from any door, in one shape, and the codec of what a button carries.

A button carries `1|object|revision|digest|k=v;k=v`: a format version, the object's id, the card's revision,
the first eight digits of the digest it showed, and small arguments. Nothing in it is secret, and nothing in
it is trusted: the core checks all of it again. A format that was ever sent stays readable for ever.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.place import Actor, Place

_SAFE = re.compile(r"[^A-Za-z0-9_.:@/ +-]")


class Arrived(BaseModel):
    """Common to all: who, where, and the key under which a repeated delivery is recognised.

    The key says what was said or clicked, not how it was delivered: a mention that arrives as two events
    has one key, and so has a click that the platform sends again.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    actor: Actor
    place: Place


class Said(Arrived):
    """Words. `opinion` is the intent that a language model takes them for; "": it has none; None: it was not asked yet."""

    opinion: str | None = None


class Message(Said):
    """A message. `addressed`: the bot was mentioned, it is a direct message, or a thread it takes part in.

    `named`: not only that it takes part in the thread, in which people also talk to each other.
    """

    kind: Literal["message"] = "message"
    text: str
    addressed: bool
    named: bool = True


class Command(Said):
    """A slash command: `/area verb words`, or with named `options` where the platform has them."""

    kind: Literal["command"] = "command"
    area: str
    text: str = ""
    options: dict[str, str] = Field(default_factory=dict)


class Click(Arrived):
    """A button or a choice in a menu, on a card."""

    kind: Literal["click"] = "click"
    verb: str
    object: str = ""
    revision: int = 0
    digest: str = ""
    args: dict[str, str] = Field(default_factory=dict)


class Submit(Arrived):
    """A form that was filled in and sent. `args` is what the form carried, `fields` what the person wrote."""

    kind: Literal["submit"] = "submit"
    verb: str
    object: str = ""
    revision: int = 0
    digest: str = ""
    args: dict[str, str] = Field(default_factory=dict)
    fields: dict[str, str] = Field(default_factory=dict)


class Reaction(Arrived):
    """A sign that somebody put on a message, which `place` names, or took off it again."""

    kind: Literal["reaction"] = "reaction"
    sign: str
    is_on: bool = True


class Correction(Arrived):
    """Somebody changed what they had said at `place`, to `text`; None: it is gone."""

    kind: Literal["correction"] = "correction"
    text: str | None


Asked = Message | Command | Click | Submit
"""What somebody asks for, which gets an answer; all else is only noticed."""

Inbound = Annotated[Message | Command | Click | Submit | Reaction | Correction, Field(discriminator="kind")]


@dataclass(frozen=True)
class Seen:
    """A message that was looked up: its words, who said it and when, where it stands, and where one can read it."""

    text: str
    author: Actor
    at: datetime
    place: Place
    link: str = ""


def encode(object_id: str, revision: int, digest: str, args: dict[str, str]) -> str:
    """What a button carries; at most 80 characters when ids and arguments are of usual size."""
    pairs = ";".join(f"{name}={_SAFE.sub('', value)}" for name, value in sorted(args.items()))
    return f"1|{_SAFE.sub('', object_id)}|{revision}|{digest[:8]}|{pairs}"


def decode(value: str) -> tuple[str, int, str, dict[str, str]]:
    """Object id, revision, digest and arguments of a button.

    Raises:
        ValueError: if this was never a button of ours.
    """
    version, object_id, revision, digest, pairs = value.split("|", 4)
    if version != "1":
        raise ValueError(value)
    args = dict(pair.split("=", 1) for pair in pairs.split(";") if "=" in pair)
    return object_id, int(revision or 0), digest, args
