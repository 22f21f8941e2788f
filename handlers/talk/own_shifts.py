"""How people ask when they are on call themselves: “how long until my shift?”, “when does my shift end?”. Pure."""

import re

from core.world import World

_SHIFT = r"(?:(?:next |on[ -]?call )*(?:shift|turn|duty|on[ -]?call))"
_END = r"[\s?.!]*"
_SENTENCES = (
    rf"how (?:long|many (?:hours|days)|much (?:time|longer)|soon)(?: is it| is| do i have| left| is left| remains?| more)*(?: until| till| before| to| of| for| in)? (?:my {_SHIFT}|i(?:'m|’m| am) (?:on[ -]?call|on duty|off))(?: (?:next|again|starts?|begins?|ends?|is over|left))*{_END}",
    rf"(?:when|what time|until when|till when)(?:'s|’s| is| does| do| will| am)? (?:my {_SHIFT}|i(?: be| have)? (?:an? )?(?:next )?(?:on[ -]?call|on duty|shift))(?: (?:next|again|starts?|begins?|ends?|over|be|finish|coming))*{_END}",
    rf"how (?:much )?long(?:er)? (?:am i|do i stay|will i be|is my {_SHIFT})(?: still)?(?: on[ -]?call| on duty)?{_END}",
)  # fmt: skip


def asked(_world: World, text: str) -> dict[str, str] | None:
    """Nothing is named, so what is asked for is empty; None for all else."""
    return {} if any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in _SENTENCES) else None
