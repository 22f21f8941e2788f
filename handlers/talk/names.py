"""How people ask who somebody is, and who is in a team: “who is bo?”, “which team is ana in?”, “which teams are there?”. Pure."""

import re

from core.people.person import Person
from core.source import nearest
from core.world import World
from handlers.talk.listing import listed

_NAME = r"@?(?P<whom>[\w.-]+(?: [\w.-]+)??)"
_TEAM = r"(?:the )?(?:team )?(?P<whom>[\w.-]+)(?: team)?"
_END = r"[\s?.!]*"
_ALIKE, _MORE = 0.65, 2
_NOBODY = frozenset(
    re.findall(
        r"\w+",
        "on off in out up away here there me you us it this that next first last late busy free awake online available working leading lead",
    )
)
_SENTENCES = (
    rf"who(?:'s| is|s) {_NAME}{_END}",
    rf"who(?:'s| is|s) (?:in|on|part of) {_TEAM}{_END}",
    rf"who are (?:the )?(?:people|members) (?:in|of|on) {_TEAM}{_END}",
    rf"(?:show (?:me )?|list )?(?:the )?members of {_TEAM}{_END}",
    rf"(?:where(?:'s| is)|is) {_NAME}(?: (?:online|there|around|available|awake|away|here|back|in|free|reachable|working|now|today|right now))+{_END}",
    rf"where(?:'s| is) {_NAME}{_END}",
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
    named = [found for pattern in _SENTENCES if (found := re.fullmatch(pattern, text, re.IGNORECASE))]
    known = next((one["whom"] for one in named if is_known(world, one["whom"])), "")
    alike = re.fullmatch(rf"who(?:'s| is|s) @?(?P<whom>[\w-]{{2,40}}){_END}", text, re.IGNORECASE)
    if not known and alike and alike["whom"].casefold() not in _NOBODY and near(world, alike["whom"]):
        known = alike["whom"]
    return {"whom": known} if known else None


def near(world: World, word: str) -> Person | None:
    """The person whose first name or id is spelt most like a word that is nobody's name."""
    people = {name: one for one in _people(world) for name in (one.id, one.name.split()[0])}
    said = word.lstrip("@")
    found = nearest(said, people, _ALIKE) or next((one for one in people if _is_longer(said, one)), None)
    return people[found] if found else None


def _is_longer(word: str, name: str) -> bool:
    """Whether a word is a name with a letter or two more: the short ones are like no word by their letters alone."""
    return 0 < len(word) - len(name) <= _MORE and word.casefold().startswith(name.casefold())


def is_known(world: World, word: str) -> bool:
    """Whether a word is the name of a person or of a team."""
    names = (name for one in _people(world) for name in (one.id, one.name, one.name.split()[0]))
    return word.casefold() in {name.casefold() for name in (*names, *world.teams)}


def _people(world: World) -> list[Person]:
    return [one for one in world.people.values() if one.is_human and one.active]
