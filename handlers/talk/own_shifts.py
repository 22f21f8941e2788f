"""How people ask when they, or somebody else, are on call: “how long until my shift?”, “when does ana's shift end?”. Pure."""

import re

from core.world import World
from handlers.talk import deeds

_SHIFT = r"(?:(?:next |on[ -]?call )*(?:shift|turn|duty|on[ -]?call))"
_END = r"[\s?.!]*"
_SENTENCES = (
    rf"how (?:long|many (?:hours|days)|much (?:time|longer)|soon)(?: is it| is| do i have| left| is left| remains?| more)*(?: until| till| before| to| of| for| in)? (?:my {_SHIFT}|i(?:'m|’m| am) (?:on[ -]?call|on duty|off))(?: (?:next|again|starts?|begins?|ends?|is over|left))*{_END}",
    rf"(?:when|what time|until when|till when)(?:'s|’s| is| does| do| will| am)? (?:my {_SHIFT}|i(?: be| have)? (?:an? )?(?:next )?(?:on[ -]?call|on duty|shift))(?: (?:next|again|starts?|begins?|ends?|over|be|finish|coming))*{_END}",
    rf"how (?:much )?long(?:er)? (?:am i|do i stay|will i be|is my {_SHIFT})(?: still)?(?: on[ -]?call| on duty)?{_END}",
)  # fmt: skip


_NAME = r"@?(?P<whose>[\w.-]+|<@!?\w+>)"
_OF_OTHERS = (
    rf"(?:when|what time|until when|till when|how long)(?:'s|’s| is| does| do| will)? {_NAME}['’]s? {_SHIFT}(?: (?:next|again|starts?|begins?|ends?|over|be|finish|last))*{_END}",
    rf"(?:when|until when|till when|how long) (?:is|will) {_NAME} (?:be )?(?:next |still )?(?:on[ -]?call|on duty)(?: (?:next|again|for|until))*{_END}",
    rf"is {_NAME} (?:still |currently )?(?:on[ -]?call|on duty)(?: (?:now|right now|at the moment|currently))?{_END}",
)  # fmt: skip


def asked(world: World, text: str) -> dict[str, str] | None:
    """Whose shifts are asked for: nobody is named where they are one's own; None for all else."""
    if any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in _SENTENCES):
        return {}
    found = next((one for pattern in _OF_OTHERS if (one := re.fullmatch(pattern, text, re.IGNORECASE))), None)
    whose = deeds.person_of(world, found["whose"]) if found else None
    return {"whose": whose} if whose else None
