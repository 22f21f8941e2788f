"""What is refused before anybody looks for a meaning: orders out of a text, and messages for somebody else. Pure."""

import re

from core.errors import Invalid
from core.language.quoted import is_only_quoted, wants_to_be_obeyed
from core.text import message, one_line
from core.world import World

_REPORTED = re.compile(
    r"\W*(?:i|we|he|she|they)\s+(?:asked|told|ordered)\s+(?:(?!me\b|us\b)\S{1,40}\s+)?to\s+\w", re.IGNORECASE
)
_PASS_ON = re.compile(
    r"\W*(?:(?:please|pls|hey|ok|can you|could you|would you|go)\s+)*(?:tell|inform|let|ask|remind|notify|message|ping|write|text|dm)\s+(?:to\s+)?"
    r"(?P<whom>@?[\w.-]+(?:\s+[\w.-]+)?)\s+(?:that|to|about|inc-\d+|know|if|whether|when|why|we|the|it)\b.*",
    re.IGNORECASE | re.DOTALL,
)


def check(world: World, said: str) -> None:
    """Refuse what is no order of whoever says it, where it would be taken for one.

    Raises:
        Invalid: it is to be obeyed because a text says so, is nothing but quoted, tells of an order, or is for somebody else.
    """
    text = message(said)
    if wants_to_be_obeyed(text):
        raise Invalid(
            "Nothing was done. Nobody can set aside by words what people have to approve, and I do not follow what a text says.",
            "Say yourself and plainly what you want, for example “restart checkout in staging”; policies and permissions count as always.",
        )
    if is_only_quoted(text):
        raise Invalid(
            "What is quoted or pasted is no order to me, so nothing was done.",
            "Say in your own words what you want; a command is typed without marks around it.",
        )
    if _REPORTED.match(text):
        raise Invalid(
            "That tells of an order and gives none, so nothing was done.",
            "Say what you want now, for example “restart checkout in staging”.",
        )
    found = _PASS_ON.fullmatch(text)
    whom = _whom(world, found["whom"]) if found else ""
    if whom:
        raise Invalid(
            f"I pass no words on, so {whom} was told nothing.",
            f"Write it where {whom} can read it. `/incident update` tells all who follow an incident, and `/incident page` calls "
            "somebody until they answer.",
        )


_ALL = frozenset(["everyone", "everybody", "people", "them", "others"])


def _whom(world: World, words: str) -> str:
    """The name of the one who is meant, or of all; empty for words that are no person."""
    said = words.removeprefix("@").casefold()
    if said.partition(" ")[0] in _ALL or said in ("the team", "all of"):
        return "everybody else" if said.partition(" ")[0] in _ALL else "the team"
    for one in world.people.values():
        names = {one.id.casefold(), one.name.casefold(), one.name.partition(" ")[0].casefold()}
        if {said, said.partition(" ")[0]} & names:
            return one_line(one.name, 60)
    return ""
