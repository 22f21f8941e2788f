"""How people say that somebody is on call for a time, or that shifts are exchanged: “bo covers for me until 21:00”. Pure.

Pages are another thing: no words about a shift lead to taking one.
"""

import re
from collections.abc import Mapping

from core.world import World
from handlers.talk.listing import listed
from handlers.talk.names import is_known

_PLEASE = r"(?:(?:please|can you|could you|pls)[ ,]+)*"
_WHO = r"@?(?P<person>[\w.-]*\w)"
_DUTY = r"(?:on[ -]?call|on duty|pager|shifts?)"
_TEAM = r"(?: (?:for|in|of) (?:the )?(?:team )?(?P<team>[\w-]+)(?: team)?)?"
_SPAN = (
    r" (?:(?:until|till|to) (?P<hour>\d{1,2})(?::(?P<minute>\d\d))? ?(?P<half>am|pm)?"
    r"|for (?:the next )?(?P<count>\d{1,3}) ?(?P<unit>[hmd])(?:ours?|in(?:ute)?s?|rs?|ays?)?)"
)
_END = r"[\s.!]*"
_ASKED = r"[\s.!?]*"
_STANDS_IN = (
    rf"{_WHO} (?:takes(?: over)?|covers|stands in)(?: (?:for me|(?:my |the )?{_DUTY}))+{_TEAM}{_SPAN}{_END}",
    rf"{_PLEASE}(?:put|set) {_WHO} {_DUTY}{_TEAM}{_SPAN}{_END}",
    rf"(?P<person>i)(?:'ll| will)? (?:take|cover)(?: over)? (?:the |my )?{_DUTY}{_TEAM}{_SPAN}{_END}",
    rf"override (?P<team>[\w-]+) {_WHO} (?P<count>\d{{1,3}})(?P<unit>[hmd]){_END}",
)
_EXCHANGES = rf"{_PLEASE}(?:swap|trade|exchange) (?:my |the )?(?:next )?(?:on[ -]?call )?shifts? with {_WHO}{_TEAM}{_END}"
_OF_SHIFTS = re.compile(
    r"\b(?:shifts?|on[ -]?call|on duty|takes? over for|covers? for|stands? in for)\b", re.IGNORECASE
)
HOW = "For a time: `/oncall override TEAM PERSON 4h`. To exchange shifts: `/oncall swap TEAM PERSON`."
"""What does what words about shifts ask for."""


_SWAP = r"(?:(?:the|my|our|that|this|a) )?(?:shift )?swap(?: of (?:the |my |our )?shifts?)?"
_THEIRS = r"(?:the|that|this|his|her|their|@?[\w.-]*\w['’]s) (?:shift )?swap(?: of (?:the |our )?shifts?)?"
_DECLINES = rf"{_PLEASE}(?:i(?:'ll| will)? )?(?:decline|refuse|reject) {_THEIRS}"
_DECLINED = rf"{_DECLINES}(?:\s*[,:–-]\s*|\s+)(?:because |since )?(?P<reason>\w.*)"
ASKED: Mapping[str, tuple[str, ...]] = {
    "oncall.withdraw": (
        rf"{_PLEASE}(?:let's |we )?swap (?:(?:it|us|my shift|our shifts|the shifts?) )?back(?: again)?(?: (?:please|with @?[\w.-]*\w))?{_END}",
        rf"{_PLEASE}(?:undo|revert|reverse|cancel|withdraw|take back) {_SWAP}{_END}",
        rf"{_PLEASE}take {_SWAP} back{_END}",
    ),
    "oncall.accept": (
        rf"{_PLEASE}(?:i(?:'ll| will)? )?(?:accept|agree to|take) {_THEIRS}{_END}",
        rf"{_PLEASE}(?:i(?:'ll| will)? )?accept(?:ed)?(?: (?:it|this|that|(?:the )?hand-?over))?{_END}",
    ),
    "oncall.decline": (rf"{_DECLINES}{_END}", _DECLINED),
    "oncall.swaps": (
        listed("swaps?|shift swaps?|swapped shifts?", "agreed|asked"),
        rf"(?:what|which|any) (?:shift )?swaps? (?:waits?|waiting|(?:is|are) (?:there|waiting))(?: for (?:me|us|an answer))?{_ASKED}",
        rf"who(?:'s| has| have|'ve)? swapped(?: (?:shifts?|their shifts?))?(?: with (?:whom|who|whose))?{_ASKED}",
    ),
}
"""By the name of a verb what people ask of swaps in a sentence."""


def stands_in(world: World, text: str) -> dict[str, str] | None:
    """`oncall.override`: who is on call for how long; None where no team or no time is meant."""
    for pattern in _STANDS_IN:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found is not None:
            said = found.groupdict()
            span, person = _span(said), "me" if said["person"].casefold() == "i" else said["person"]
            raw = _of_a_team(world, said["team"], person)
            return raw | {"span": span} if raw is not None and span else None
    return None


def exchanges(world: World, text: str) -> dict[str, str] | None:
    """`oncall.swap`: with whom one's next shift is exchanged."""
    found = re.fullmatch(_EXCHANGES, text, re.IGNORECASE)
    return _of_a_team(world, found["team"], found["person"]) if found is not None else None


def says_why(text: str) -> bool:
    """Whether words decline a swap and say why, which is no request of its own."""
    return re.fullmatch(_DECLINED, text, re.IGNORECASE) is not None


def speaks_of_shifts(text: str) -> bool:
    """Whether words are about who is on call, and not about a page."""
    return _OF_SHIFTS.search(text) is not None


def _of_a_team(world: World, team: str | None, person: str) -> dict[str, str] | None:
    """Whose shifts: of the team that is named, else of the only one that has any."""
    having = [name for name, one in world.teams.items() if one.schedule] or list(world.schedules)
    named = [name for name in having if team is not None and name.casefold() == team.casefold()]
    meant = named if team is not None else having
    if len(meant) != 1 or not (person == "me" or is_known(world, person)):
        return None
    return {"team": meant[0], "person": person}


def _span(said: dict[str, str | None]) -> str:
    """As a command says it; empty for an hour that may be of the morning or of the evening."""
    if said.get("count"):
        return f"{said['count']}{str(said['unit']).lower()}"
    half, hour = str(said["half"] or "").lower(), int(str(said["hour"]))
    if hour > (12 if half else 23) or not (half or said["minute"]):
        return ""
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    return f"now/{hour:02}:{said['minute'] or '00'}"
