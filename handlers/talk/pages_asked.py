"""How people ask who was paged in a time: “who was paged last night?”, “was bo paged over the weekend?”. Pure."""

import re

from core.world import World
from handlers.talk import deeds

_END = r"[\s?.!]*"
_WHEN = r"(?P<when>(?:since|from|between|yesterday|overnight|last|this|the (?:last|past)|past|in|on|over|during|earlier|tonight|today)\b[\w :,.+-]{0,60}?)"
_PAGED = r"(?:paged|called|woken(?: up)?|a page|pages)"
_WHO = r"(?P<who>i|we|anybody|anyone|somebody|someone|@?[\w.-]+)"
_SENTENCES = (
    rf"who(?: all)? (?:was|were|got|has been|have been|did you|did we) {_PAGED} {_WHEN}{_END}",
    rf"who did (?:you|we) (?:page|call|wake(?: up)?) {_WHEN}{_END}",
    rf"(?:was|were|has|have) {_WHO} (?:been )?{_PAGED} {_WHEN}{_END}",
    rf"how (?:often|many times) (?:was|were|have|has|did) {_WHO} (?:been |get )?{_PAGED} {_WHEN}{_END}",
    rf"did {_WHO} (?:get|have) {_PAGED} {_WHEN}{_END}",
    rf"(?:(?:show|list|give)(?: me| us)? |what |which |were there |any )*(?:the |any |all |our )*pages(?: (?:there|were|was|did|we|have|had|from|of))* {_WHEN}{_END}",
)


def asked(world: World, text: str) -> dict[str, str] | None:
    """In which time, and of whom, if of one person; None for all else."""
    for pattern in _SENTENCES:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        who = deeds.person_of(world, found.groupdict().get("who") or "we") if found else None
        if found is not None and who is not None and deeds.is_time(found["when"]):
            return {"when": found["when"]} | ({"whose": who} if who else {})
    return None
