"""How people ask who somebody is, and who is in a team: “who is bo?”, “which team is ana in?”, “which teams are there?”. Pure."""

import re

from core.world import World
from handlers.talk.listing import listed

_NAME = r"@?(?P<whom>[\w.-]+(?: [\w.-]+)??)"
_TEAM = r"(?:the )?(?:team )?(?P<whom>[\w.-]+)(?: team)?"
_END = r"[\s?.!]*"
_SENTENCES = (
    rf"who(?:'s| is|s) {_NAME}{_END}",
    rf"who(?:'s| is|s) (?:in|on|part of) {_TEAM}{_END}",
    rf"who are (?:the )?(?:people|members) (?:in|of|on) {_TEAM}{_END}",
    rf"(?:show (?:me )?|list )?(?:the )?members of {_TEAM}{_END}",
    rf"(?:tell me about|what do you know about) {_NAME}{_END}",
    rf"(?:which|what) (?:teams?|roles?|time ?zone) (?:is|does|has) {_NAME}(?: in| on| have)?{_END}",
)  # fmt: skip
_ALL = (listed("teams?"), rf"(?:who|which people) (?:is|are) (?:there|here|in (?:the|which) teams?){_END}")


def asked(world: World, text: str) -> dict[str, str] | None:
    """Who or which team is asked about; nothing is named where it is all of them, and None is for all else."""
    if any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in _ALL):
        return {}
    mention = re.fullmatch(rf"who(?:'s| is|s) (?P<whom><@!?\w+>){_END}", text, re.IGNORECASE)
    if mention:
        return {"whom": mention["whom"]}
    named = (re.fullmatch(pattern, text, re.IGNORECASE) for pattern in _SENTENCES)
    return next(({"whom": one["whom"]} for one in named if one and is_known(world, one["whom"])), None)


def is_known(world: World, word: str) -> bool:
    """Whether a word is the name of a person or of a team."""
    people = [one for one in world.people.values() if one.is_human and one.active]
    names = (name for one in people for name in (one.id, one.name, one.name.split()[0]))
    return word.casefold() in {name.casefold() for name in (*names, *world.teams)}
