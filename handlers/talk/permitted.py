"""How people ask who may do something with a runbook, and who has to agree: “who may deploy?”, “who approves restarts in prod?”. Pure."""

import re

from core.runbooks.definition import Runbook
from core.runbooks.from_language import candidates, matching
from core.world import World
from handlers.talk import deeds

_END = r"[\s?.!]*"
_WHO = r"(?:so |and )?who(?: all| else)?"
_RUNS = rf"{_WHO} (?:can|may|could|is allowed to|are allowed to|is able to|has (?:the )?(?:rights?|permissions?) to|is permitted to) (?:run |start |do |execute )?(?:an? |the )?(?P<said>\S.{{1,120}}?){_END}"
_APPROVES = (
    rf"{_WHO} (?:approves?|(?:has|have|needs?) to approve|must approve|should approve|can approve|may approve|signs? off(?: on)?|decides? (?:on|about)|agrees to|is asked (?:for|about|before))"
    rf" (?:running |a |an |the |any |all )?(?P<said>\S.{{1,120}}?){_END}"
)
_NEEDS = (
    rf"(?:do|does|would|will) (?:a |an |the |any |all )?(?P<said>\S.{{1,120}}?) (?:need|require)s? (?:an? |any )?(?:approvals?|sign-?off|somebody's ok){_END}",
    rf"(?:is|are) (?:an? |any )?approvals? (?:needed|required|necessary) (?:for|to) (?:a |an |the )?(?P<said>\S.{{1,120}}?){_END}",
)
_SOMEBODY = rf"(?:can|may|could|is) (?P<whom>(?!i\b|we\b|you\b)@?[\w.-]+) (?:allowed to |able to )?(?:run |start )?(?:an? |the )?(?P<said>\S.{{1,120}}?){_END}"
_WHAT = r"(?:production|prod|staging|we|everything|deploys|deployments|changes|releases|deploying|the freeze)"
_CHANGE = r"(?:deploy|release|code|change|holiday|production|prod)"
_SOMETIME = (
    r"(?: (?:on|now|right now|today|tonight|this week(?:end)?|at the moment|for|in|of|to)\b[\w -]{0,40})?"
)
_FREEZE = (
    rf"(?:is there|are there|are we (?:in|under)|do we have|have we got)(?: currently| still)? (?:an? |any |the |our |next )*(?:{_CHANGE}(?:ment)? )?(?:freezes?|change windows?|deploy(?:ment)? windows?|blackouts?)(?: set)?{_SOMETIME}{_END}",
    rf"(?:is|are) {_WHAT}(?: (?:currently|still))? (?:frozen|allowed|forbidden|blocked|stopped|on hold|on|over){_SOMETIME}{_END}",
    rf"how long (?:is|does|will) {_WHAT}(?: be)? (?:frozen|last|on){_END}",
)  # fmt: skip
_WORD = re.compile(r"[a-z][\w-]*", re.IGNORECASE)


def asked(world: World, text: str) -> dict[str, str] | None:
    """Of which runbook it is asked who may run it and who agrees, with the words about it; None if it is of none that is known."""
    somebody = re.fullmatch(_SOMEBODY, text, re.IGNORECASE)
    if somebody and deeds.person_of(world, somebody["whom"]) and books(world, somebody["said"]):
        return {"said": somebody["said"]}
    for pattern in (_RUNS, _APPROVES, *_NEEDS):
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found is not None and books(world, found["said"]):
            return {"said": found["said"]}
    return None


def frozen(_world: World, text: str) -> dict[str, str] | None:
    """Whether it is asked what may not be changed now: “is there a freeze?”; None for all else."""
    is_asked = any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in _FREEZE)
    return {"show": "freeze"} if is_asked else None


def books(world: World, said: str) -> list[Runbook]:
    """The runbooks that these words are about: by name, or by what they do, also where that is said of many, “restarts”."""
    found = matching(world.runbooks, said)
    if found:
        return found
    words = _WORD.findall(said)
    kinds = [kind for word in words[:2] if (kind := deeds.kind(word))]
    return candidates(world.runbooks, kinds[0]) if kinds else []
