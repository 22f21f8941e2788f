"""How people say that something is to be scaled, and to how many: “scale 3”, “scale payments to 3”, “scale up checkout”. Pure."""

import re

from core.runbooks.from_language import candidates
from core.world import World
from handlers.talk.deeds import name_of

_POLITE = r"(?:(?:please|pls|can you|could you) )*"
_WAY = r"(?:up|down|out|in)"
_SCALED = r"(?:the )?(?:service )?(?P<service>(?!(?:\d+|to|up|down|out|in|by|back|it|this|that|them|for|of)(?![\w.-]))[\w.-]+)"
_COPIES = r"(?:(?:up |down )?to )?\d{1,5}(?: (?:replicas?|copies|instances|pods|nodes))?"
_PLACED = r"(?: (?:in|on|at) (?:the )?[\w-]+)?"
_END = r"(?: (?:please|pls|now))*[\s?.!]*"
_SENTENCES = (
    rf"{_POLITE}scale(?: {_WAY})?(?: {_SCALED})?(?: {_WAY})?(?: {_COPIES})?{_PLACED}{_END}",
    rf"{_POLITE}scale(?: {_WAY})? {_COPIES} (?:of|for) {_SCALED}{_PLACED}{_END}",
)


def asked(world: World, text: str) -> dict[str, str] | None:
    """A wish to scale what is known, or what is asked for; None where no runbook does that, or something else is named."""
    if not candidates(world.runbooks, "scale"):
        return None
    for pattern in _SENTENCES:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        service = name_of(world.services, found["service"] or "") if found else None
        if service is not None:
            return {"runbook": "scale", "said": text} | ({"service": service} if service else {})
    return None
