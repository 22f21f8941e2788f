"""Frames of the page into what the house understands; pure."""

import re

from bot.local.frames import Press, Send
from core.errors import Invalid
from core.place import Actor, Place
from handlers.inbound import Click, Command, Submit, decode

_SLASH = re.compile(r"^/([a-z][a-z0-9_-]{0,31})(?:\s+(.*))?$", re.DOTALL | re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@])@wardroom\b", re.IGNORECASE)
_OPENING = re.compile(r"^\s*@wardroom\b[\s,:]*", re.IGNORECASE)


def mentions(text: str) -> bool:
    """Whether the bot is spoken to by name."""
    return _MENTION.search(text) is not None


def spoken(text: str) -> str:
    """The words meant for the bot: a mention that opens them is left out."""
    return _OPENING.sub("", text, count=1)


def command(text: str, key: str, actor: Actor, place: Place) -> Command | None:
    """The slash command that `text` is, if it is one: `/runbook run x` is area `runbook`, text `run x`."""
    match = _SLASH.match(spoken(text).strip())
    if match is None:
        return None
    area, rest = match.group(1).lower(), (match.group(2) or "").strip()
    return Command(key=key, actor=actor, place=place, area=area, text=rest)


def click(frame: Press, actor: Actor, place: Place) -> Click:
    """A press as a Click; its key says who pressed what, so that the same press again is the same click.

    Raises:
        Invalid: the button was never one of ours.
    """
    object_id, revision, digest, args = _carried(frame.value)
    if frame.choice:
        args["value"] = frame.choice
    return Click(
        key=f"local:{frame.message}:{actor.user}:{frame.verb}:{frame.id}",
        actor=actor,
        place=place,
        verb=frame.verb,
        object=object_id,
        revision=revision,
        digest=digest,
        args=args,
    )


def submit(frame: Send, actor: Actor, place: Place) -> Submit:
    """A filled-in form as a Submit.

    Raises:
        Invalid: the form was never one of ours.
    """
    object_id, revision, digest, _ = _carried(frame.value)
    return Submit(
        key=f"local:{frame.id}",
        actor=actor,
        place=place,
        verb=frame.verb,
        object=object_id,
        revision=revision,
        digest=digest,
        args=frame.args,
        fields=frame.fields,
    )


def _carried(value: str) -> tuple[str, int, str, dict[str, str]]:
    try:
        return decode(value)
    except ValueError:
        raise Invalid(
            "I do not know that button.", "It may be from an older version; ask for the card again."
        ) from None
