"""What a component of ours carries in its `custom_id` (at most 100 characters), and how it is read back.

`w1:verb:payload` is a button or a menu, `w1?verb:payload` one that asks before it counts, `w1!verb:payload` the
answer to that question, `w1+verb:token` a form whose arguments were too long and stay in memory. `~2` at the end only keeps two equal buttons of one
message apart. A format that was ever sent stays readable for ever.
"""

import re
from dataclasses import dataclass
from typing import Literal, cast

from handlers.inbound import decode, encode

LIMIT = 100
OURS = r"w1[:?!+](?P<verb>[A-Za-z0-9_.-]+):(?P<payload>[^~]*)(?:~\d+)?"
MORE = r"w1/more(?:~\d+)?"
FOREIGN = rf"(?!{OURS}\Z)(?!{MORE}\Z).*"
_OURS = re.compile(OURS, re.DOTALL)

Mode = Literal[":", "?", "!", "+"]


@dataclass(frozen=True)
class Tag:
    """What stands in a `custom_id`. `token` is set for a form that is kept in memory, the rest otherwise."""

    verb: str
    object: str = ""
    revision: int = 0
    digest: str = ""
    args: tuple[tuple[str, str], ...] = ()
    mode: Mode = ":"
    token: str = ""


def write(tag: Tag) -> str | None:
    """The `custom_id` of this tag; None if it does not fit or would come back changed."""
    if tag.mode == "+":
        return f"w1+{tag.verb}:{tag.token}"
    payload = encode(tag.object, tag.revision, tag.digest, dict(tag.args))
    text = f"w1{tag.mode}{tag.verb}:{payload}"
    if len(text) > LIMIT - 3 or not _comes_back(text, tag):
        return None
    return text


def read(custom_id: str) -> Tag | None:
    """The tag in this `custom_id`; None if it is none of ours or of a version that is not known here."""
    match = _OURS.fullmatch(custom_id)
    if match is None:
        return None
    verb, payload = match["verb"], match["payload"]
    mode = cast("Mode", custom_id[2])
    if mode == "+":
        return Tag(verb, mode=mode, token=payload)
    try:
        object_id, revision, digest, args = decode(payload)
    except ValueError:
        return None
    return Tag(verb, object_id, revision, digest, tuple(sorted(args.items())), mode)


def apart(custom_id: str, taken: set[str]) -> str:
    """`custom_id`, with a number behind it if the message has one like it; adds it to `taken`."""
    unique, number = custom_id, 2
    while unique in taken:
        unique, number = f"{custom_id}~{number}", number + 1
    taken.add(unique)
    return unique


def _comes_back(text: str, tag: Tag) -> bool:
    seen = read(text)
    return seen is not None and (seen.object, seen.args) == (tag.object, tuple(sorted(tag.args)))
