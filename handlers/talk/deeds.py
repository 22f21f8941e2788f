"""How people ask what happened, what was done, and by whom: “did anybody deploy checkout today?”, “what did I do today?”. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from core.catalogue.names import Named, resolve
from core.errors import Invalid
from core.language import times
from core.world import World
from handlers.whom import called

DONE: Mapping[str, str] = {
    "rollback": r"roll(?:ed|ing)?[ -]?backs?|reverts?|reverted",
    "deploy": r"(?:re)?deploy(?:s|ed|ments?)?|ship(?:s|ped)?|releases?|released|roll(?:ed)?[ -]?outs?|upgrades?|upgraded",
    "restart": r"restarts?|restarted|reboots?|rebooted|bounced?",
    "failover": r"fail(?:ed)?[ -]?overs?",
    "scale": r"scaled?|scaling",
    "drain": r"drain(?:s|ed)?",
}
"""What is done to services, by the word that a runbook for it has in its name."""
_DID = rf"(?P<did>{'|'.join(DONE.values())})"
_END = r"[\s?.!]*"
_WHEN = r"(?P<when>(?:since|from|between|yesterday|today|tonight|overnight|last|this|the (?:last|past)|past|in|on|over|during|after|before|earlier|recently|lately)\b[\w :,.+-]{0,60}?)"
# Words that begin a time or a place, or name nothing: no service is meant, though one may begin with one of them.
_NO_THING = r"(?:in|to|on|since|from|between|yesterday|today|tonight|overnight|last|this|past|over|during|after|before|earlier|recently|lately|yet|already|again|ever|anything|something|it)(?![\w.-])"
_THING = rf"(?:the |our |service )*(?P<service>(?!{_NO_THING})[a-z][\w.-]*(?: [\w.-]+)??)(?: service)?"
_OF = rf"(?:of|for|to|on|with) {_THING}"
_WHERE = r"(?: (?P<where>(?:in|to|on) [\w-]+))?"
_WHO = r"(?P<who>you|we|they|i|anybody|anyone|somebody|someone|@?[\w.-]+)"
_BROKEN = r"(?:down|broken|slow|out|unavailable|unhealthy|degraded|red|affected)"
_TIME = rf"(?: {_WHEN})?(?: (?:yet|already|again|ever))?"
CHANGES = ("changed", "changes")
"""What is said to ask for all that was done to services, and not for what went wrong with them."""
_ASKS = r"(?:(?:so|and|ok|okay|hey|please|tell me|show me),? )*"
_WITH = rf"(?:to|with|in|on|at|around|for|of) {_THING}"
_HAPPENED = r"(?:happened|happen|been (?:going on|happening)|was (?:going on|happening)|went on|did (?:i|we) miss|have (?:i|we) missed)"
_SENTENCES = (
    rf"{_ASKS}what(?:'s| has| have| all| did| was)?(?: all)? {_HAPPENED}(?: here)?(?: {_WITH})?(?: {_WHEN})?{_END}",
    rf"{_ASKS}what(?:'s| has| have| was| got)?(?: all)? (?P<did>changed)(?: here)?(?: {_WITH})?(?: {_WHEN})?{_END}",
    rf"{_ASKS}what were (?:the )?(?P<did>changes)(?: {_WITH})? {_WHEN}{_END}",
    rf"{_ASKS}(?:the |any |all |recent |last )*(?P<did>changes)(?: {_WITH})? {_WHEN}{_END}",
    rf"(?:did|has|is there)? ?(?:anything|something)(?: else)? (?:happen|happened|been going on|break|broken|new){_TIME}{_END}",
    rf"(?:did|have) (?:i|we) miss(?:ed)? (?:anything|something){_TIME}{_END}",
    rf"what (?:all )?(?:did|have|was) (?P<who>i|(?!you\b|we\b|they\b)@?[\w.-]+) (?:do|done|doing)(?: here)?(?: {_WHEN})?{_END}",
    rf"what(?:'s|’s| is| am| are) (?P<who>i|(?!you\b|we\b|they\b|it\b|this\b|that\b)@?[\w.-]+) (?:doing|working on|up to|busy with)(?: {_WHEN})?{_END}",
    rf"when did {_THING}(?: last)? {_DID}(?: last)?{_WHERE}{_END}",
    rf"(?:did|has|have) {_WHO}(?: (?:already|just|ever|really))? {_DID}(?: (?:{_THING}|anything|something))?{_WHERE}{_TIME}{_END}",
    rf"(?:was|were|has|have) {_THING}(?: (?:already|been|just|ever))* {_DID}{_WHERE}{_TIME}{_END}",
    rf"(?:when|what|who) (?:was|did|made|is) (?:the |our )?(?:last|latest|most recent|newest|previous) {_DID}(?: {_OF})?{_WHERE}{_END}",
    rf"(?:show (?:me )?|what(?:'s| is) )?(?:the |our )?(?:last|latest|most recent) {_DID}(?: {_OF})?{_WHERE}{_END}",
    rf"(?:when|who) (?:last )?(?:did (?:we|you|they|anybody|somebody) )?(?:last )?{_DID}(?= \S)(?: {_THING})?{_WHERE}(?: last)?{_TIME}{_END}",
    rf"(?:(?:show|list|give)(?: me)? )?(?:(?:the |our )?(?:last|latest|most recent) \d{{1,2}}|(?:list|show)(?: me)?(?: (?:all|the|our|recent))*) {_DID}(?: {_OF})?{_WHERE}{_END}",
    rf"(?:was|were|is|has) there (?:been )?(?:an? |any |another )?{_DID}(?: {_OF})?{_WHERE}{_TIME}{_END}",
    rf"who (?P<agreed>approved|signed off(?: on)?|agreed to) (?:the |that )?(?:last )?{_DID}(?: {_OF})?{_WHERE}{_TIME}{_END}",
    rf"(?:was|were) {_THING} {_BROKEN} {_WHEN}{_END}",
    rf"how (?:often|many times) (?:did|was|has|is) {_THING} (?:been )?(?:break|fail|go down|crash|{_BROKEN}) {_WHEN}{_END}",
    rf"(?:when|by whom) was {_THING}(?: last)? {_DID}(?: last)?{_WHERE}{_END}",
    rf"(?:what|which services?) (?:was|were|has been|have been|got|did we|have we) {_DID}{_WHERE}(?: {_WHEN})?{_END}",
    rf"(?:(?:show|list)(?: me)? |which |what |were there )?(?:all |any |the )*{_DID}(?: (?:were|was|there|that|did|have|we|had|been|made))*(?: {_OF})?(?: (?:there|made))?{_WHERE} {_WHEN}{_END}",
)  # fmt: skip
_ANYBODY = frozenset(("you", "we", "they", "anybody", "anyone", "somebody", "someone"))
_ANY_TIME = frozenset(("lately", "recently"))
# Whether words name a time does not hang on when they are said, nor on when the last deployment was.
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_IDS = re.compile(r"\binc-\d{1,9}\b", re.IGNORECASE)
_KNOWN = dict.fromkeys(("deploy", "incident"), (_SOME_DAY, None))


def asked(world: World, text: str) -> dict[str, str] | None:
    """In which time, of which service and by whom something is asked for that was done; None if nothing like that is asked.

    Who or what is named has to be known: words that look alike mean something else.
    """
    for pattern in _SENTENCES:
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        raw = (
            _known(world, {name: value for name, value in found.groupdict().items() if value})
            if found
            else None
        )
        if raw is not None:
            return raw
    return None


def kind(word: str) -> str:
    """What kind of thing a word says was done: `restart` for “rebooted”; empty if none that is known."""
    return next((name for name, said in DONE.items() if re.fullmatch(said, word, re.IGNORECASE)), "")


def is_time(words: str) -> bool:
    """Whether words name a time."""
    named = dict.fromkeys((one.upper() for one in _IDS.findall(words)), (_SOME_DAY, None))
    return bool(times.find(words, now=_SOME_DAY, facts=_KNOWN | named))


def _known(world: World, said: dict[str, str]) -> dict[str, str] | None:
    place = said.pop("where", "")
    where = name_of(world.environments, place.partition(" ")[2])
    when = " ".join(word for word in ("" if where else place, said.pop("when", "")) if word)
    when = "" if when.casefold() in _ANY_TIME else when
    if when and not is_time(when):
        return None
    thing = said.pop("service", "")
    if thing and not where and name_of(world.environments, thing):
        where, thing = name_of(world.environments, thing), ""  # “the last deploy to production”
    who, service = person_of(world, said.pop("who", "we")), name_of(world.services, thing)
    if who is None or service is None:
        return None
    raw = {**said, "when": when, "service": service, "where": where or "", "who": who}
    return {name: value for name, value in raw.items() if value}


def person_of(world: World, word: str) -> str | None:
    """Whose deeds are meant: `me`, a person's, or anybody's, which is empty; None if it is nobody who is known.

    A word that may be more than one person is handed on as it is, so that it is refused.
    """
    if word.casefold() in (*_ANYBODY, "i"):
        return "me" if word.casefold() == "i" else ""
    found = called(world, "", word)
    return found[0].id if len(found) == 1 else word if found else None


def name_of(known: Mapping[str, Named], word: str) -> str | None:
    """The name of what a word means; empty if there is no word, None if it is nothing that is known."""
    try:
        return resolve(word, known).name if word else ""
    except Invalid:
        return None
