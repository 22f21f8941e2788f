"""How people ask who did one thing to a request or an incident: “who approved AP-1?”, “when was INC-1 resolved?”. Pure."""

import re
from collections.abc import Mapping

from core.world import World

_END = r"[\s?.!]*"
_REQUEST = r"(?:request |approval )?(?P<id>ap-\d{1,12})"
_INCIDENT = r"(?:incident )?(?P<id>inc-\d{1,12})"
_YET = r"(?: (?:yet|already|so far|then))?"
_ANYBODY = r"(?:anybody|anyone|somebody|someone)"
_OF_REQUEST: Mapping[str, str] = {
    "approved": r"approved?|signed? off(?: on)?|agreed? to|said yes to|okayed|ok'?d",
    "rejected": r"rejected?|refused?|denied|deny|vetoed|blocked|said no to",
    "asked": r"asked for|requested|opened|wanted|made",
}
_WHAT = rf"what (?:does|would|will) {_REQUEST} (?:do|change|run|ask(?: for)?|want|need|touch|affect)(?: for)?{_END}"
_MAY = rf"(?:who(?: else)? (?:can|may|could|must|has to|needs to|should|is allowed to|is to)|(?:can|may|could|must|is) @?[\w.-]+(?: allowed to)?) (?:approve|reject|decide(?: on)?|sign off(?: on)?) {_REQUEST}{_END}"
_OF_INCIDENT: Mapping[str, str] = {
    "declared": r"declared?|opened?|started|created|raised|reported",
    "acknowledged": r"acked|ack|acknowledged?|took|has taken|picked up",
    "resolved": r"resolved?|fixed|solved|ended",
    "closed": r"closed?",
}


def of_request(_world: World, text: str) -> dict[str, str] | None:
    """Which request is asked about, and who it was that did what to it, or may; None for all else."""
    for pattern, shown in ((_WHAT, {}), (_MAY, {"show": "approved"})):
        found = re.fullmatch(pattern, text, re.IGNORECASE)
        if found is not None:
            return {"id": found["id"], **shown}
    return _asked(text, _OF_REQUEST, _REQUEST)


def of_incident(_world: World, text: str) -> dict[str, str] | None:
    """Which incident is asked about, and who it was that did what to it; None for all else."""
    return _asked(text, _OF_INCIDENT, _INCIDENT)


def _asked(text: str, deeds: Mapping[str, str], what: str) -> dict[str, str] | None:
    for name, words in deeds.items():
        sentences = (
            rf"(?:and )?who(?:'s|’s| has| was it (?:that|who))?(?: all| else)? (?:{words}) {what}{_YET}{_END}",
            rf"(?:has|did) {_ANYBODY} (?:{words}) {what}{_YET}{_END}",
            rf"(?:when|by whom|who) (?:was|is|did|has) {what}(?: been)? (?:{words})(?: by)?{_YET}{_END}",
            rf"(?:is|was|has) {what}(?: been)? (?:{words})(?: by {_ANYBODY})?{_YET}{_END}",
        )
        for sentence in sentences:
            found = re.fullmatch(sentence, text, re.IGNORECASE)
            if found is not None:
                return {"id": found["id"], "show": name}
    return None
