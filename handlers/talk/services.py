"""What people ask about one service besides how it is: “what depends on user-db?”, “who owns checkout?”. Pure."""

import re
from collections.abc import Mapping

from core.catalogue.model import Service
from core.world import World
from handlers.talk.deeds import name_of

_NAME = r"(?:the |our )?(?:service )?(?P<service>[a-z][\w.-]*(?: [\w.-]+){0,2}?)(?: service)?"
_NAME_TOO = _NAME.replace("service>", "other>")
_END = r"(?: (?:right now|now|currently|at the moment|today|please))?[\s?.!]*"
_WHICH = r"(?:what|who|which (?:other )?(?:services?|systems?|things?|ones?|teams?))(?: else| all)?"
_PLACED = r"(?:located|hosted|running|deployed|placed|run|live|stored|kept|at)"
_SOMEBODY = r"(?:is (?:anybody|anyone|somebody|someone)|who(?:'s| is)?|are you)(?: already| currently)?"
_ASKED: Mapping[str, tuple[str, ...]] = {
    "": (
        rf"(?:what (?:does|is)|describe|explain|tell me about|what do you know about) {_NAME}(?: (?:do|for|about|good for|there for))*{_END}",
        rf"(?:(?:show|give|get)(?: me)? )?{_NAME} (?:status|health|state)(?: please| pls| now)*{_END}",
        rf"(?:how (?:healthy|well|bad|good) is {_NAME}{_END}|{_NAME_TOO} (?:down|up|ok|okay|healthy|fine|working|alive|broken|green|red|degraded|slow)[\s.!]*\?[\s?!]*)",
    ),
    "needed": (
        rf"{_WHICH} (?:depends?|rel(?:y|ies)) on {_NAME}{_END}",
        rf"{_WHICH} (?:needs?|uses?|calls?|would break without) {_NAME}{_END}",
        rf"(?:if|when) {_NAME} (?:(?:is|goes|went|were|was) )?(?:down|fails?|failed|breaks?|dies|gone),? {_WHICH} (?:(?:would|will|could) )?(?:breaks?|fails?|goes down|(?:is|be) affected)(?: too)?{_END}",
        rf"{_WHICH} (?:(?:would|will|could) )?(?:breaks?|fails?|goes down|go down|(?:is|be) affected)(?: too)? (?:if|when) {_NAME} (?:(?:is|goes|went|were|was) )?(?:down|fails?|failed|breaks?|broke|broken|dies|gone){_END}",
    ),
    "needs": (
        rf"(?:what|which services?) (?:does|do) {_NAME} (?:depend|rely) on{_END}",
        rf"(?:what|which services?) (?:does|do) {_NAME} (?:need|use|call){_END}",
        rf"(?:(?:show|list)(?: me)? |what are )(?:the )?dependencies of {_NAME}{_END}",
    ),
    "owner": (
        rf"(?:who|which team) (?:owns|maintains|has|is responsible for|takes care of|looks after|is the owner of) {_NAME}{_END}",
        rf"(?:whose (?:service )?is|who does) {_NAME}(?: belong to)?{_END}",
    ),
    "aims": (
        rf"(?:what|which) tier (?:is|does|has) {_NAME}(?: (?:in|have|of))?{_END}",
        rf"(?:what(?:'s|’s|s| is| are)|(?:show|give)(?: me)?) (?:the )?(?:tier|slos?|slas?|objectives?|targets?) (?:of|for) {_NAME}{_END}",
        rf"(?:what|which) (?:slos?|slas?|objectives?) (?:does|has) {_NAME}(?: have)?{_END}",
        rf"how (?:important|critical) is {_NAME}{_END}",
        rf"how many (?:users|people|customers) (?:does {_NAME} have|use {_NAME_TOO}){_END}",
    ),
    "where": (
        rf"where(?:'s| is|s| are|re|'re)?(?: does)? (?:the |our )?(?:\w+ (?:of|for) )?{_NAME}(?: {_PLACED})?{_END}",
    ),
    "work": (
        rf"{_SOMEBODY} (?:(?:working|looking|busy)(?: at| on| into| after| with)?|on|fixing|handling|restarting|deploying|touching) {_NAME}{_END}",
    ),
}


_LISTED = r"(?:(?:show|list|give)(?: me)? |what are |which are |which |what )?(?:all |the |our )*"
_OF_TIER = (
    rf"{_LISTED}services (?:(?:that )?(?:are|have|is|with|of|in|on) )*tier[ -]?(?P<tier>\d){_END}",
    rf"{_LISTED}tier[ -]?(?P<tier>\d) (?:services|ones)(?: (?:are|is) there| do we have)?{_END}",
)
_TEAM = r"(?:the |team )*(?P<team>[a-z][\w.-]*)(?: team)?"
_OF_TEAM = (
    rf"(?:which|what) services (?:does|do|are) {_TEAM} (?:own|have|maintain|run|look after|responsible for){_END}",
    rf"(?:which|what) services (?:belong|belongs) to {_TEAM}{_END}",
    rf"{_LISTED}services (?:of|owned by) {_TEAM}{_END}",
    rf"what (?:does|do) {_TEAM} (?:own|maintain|look after){_END}",
)


def of_a_kind(world: World, text: str) -> dict[str, str] | None:
    """The services of a tier or of a team, where these are asked for; None for all else, and where there are none."""
    for pattern in (*_OF_TIER, *_OF_TEAM):
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        said = found.groupdict() if found else {}
        of = {name: one for name, one in world.services.items() if _is_of(one, said)}
        if of:
            return {"service": ", ".join(sorted(of))}
    return None


def _is_of(service: Service, said: Mapping[str, str | None]) -> bool:
    tier, team = said.get("tier"), said.get("team")
    return (tier is not None and str(service.tier) == tier) or (
        team is not None and (service.owner or "").casefold() == team.casefold()
    )


def asked(world: World, text: str) -> dict[str, str] | None:
    """Which service is asked about, and what; None if it is none that is known, or something else is asked."""
    for about, patterns in _ASKED.items():
        for pattern in patterns:
            found = re.fullmatch(pattern, text, re.IGNORECASE)
            named = next((one for one in found.groupdict().values() if one), "") if found else ""
            # How an environment is can be asked alike; all else is asked of services alone.
            known = (world.services, world.environments) if not about else (world.services,)
            if named and any(name_of(some, named) for some in known):
                return {"service": named, "about": about}
    return None
