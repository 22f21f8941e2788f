"""Orders that name only with a word like “it” what they are about, and what the bot itself proposed to do. Pure."""

import re
from collections.abc import Collection

from core.language.entity import EntityType
from core.language.leaning.frame import HOLDS_BACK
from core.language.leaning.turns import Turn

_IT = r"(?:it|(?:the )?(?:first|second|third|fourth|fifth|last|latter|former|other|newer|older|\d(?:st|nd|rd|th))(?: one)?|that|this|them|those|these|(?:the )?(?:thing|one|service|deployment|release|incident|run|workflow|tests?|suite)s?)"
_SMALL = r"(?:\W|\b(?:and|then|ok(?:ay)?|alright|all right|right|well|so|now|pls|please|just|let's|lets|let us|can you|could you|go|hm+|um+|uh+|yikes|great|cool|good|fine|also|but|oh|ah|yes|yeah|actually|wait|no|me)\b)*"
_UNDO = re.compile(
    rf"^{_SMALL}(?:roll(?:ing)? {_IT} back|roll ?back {_IT}|(?:revert|undo) {_IT})\b", re.IGNORECASE
)
_DEPLOY = re.compile(rf"^{_SMALL}(?:re)?(?:deploy|ship|promote|release|push) {_IT}\b", re.IGNORECASE)
_SCALE = re.compile(rf"^{_SMALL}(?:(?:up|down)?scale|double|halve) {_IT}\b", re.IGNORECASE)
_RESTART = re.compile(rf"^{_SMALL}(?:restart|reboot|bounce|recycle|kick) {_IT}\b", re.IGNORECASE)
_RUN = re.compile(rf"^{_SMALL}(?:run|execute|try|start|launch|trigger) {_IT}\b", re.IGNORECASE)
_STOP = re.compile(rf"^{_SMALL}(?:cancel|stop|abort|kill|terminate|halt) {_IT}\b", re.IGNORECASE)
_CHANGE = re.compile(
    rf"^{_SMALL}(?:close|resolve|ack(?:nowledge)?|assign|escalate|re-?open|mitigate|bump|raise|lower|downgrade|upgrade|give|hand) {_IT}\b",
    re.IGNORECASE,
)
_LOOK = re.compile(
    rf"^{_SMALL}(?:show (?:me )?|what(?:'s| is| are)? )?(?:its|the) (?:timeline|status|state|progress|details|owner|severity|history)\W*(?:please|pls|now)?\W*$",
    re.IGNORECASE,
)
_WHO = re.compile(
    rf"^{_SMALL}(?:who(?:'s| is| has| owns| took)?\b.*\b(?:it|this|that|that one)\W*$)", re.IGNORECASE
)
_WHY = re.compile(
    rf"^{_SMALL}(?:why\b(?!\s+not\s+\w)|how come\b|what (?:caused|causes|is causing|'s causing|went wrong|happened)\b)",
    re.IGNORECASE,
)
# “ok” and “sure” alone are said to anything, “ok thanks” above all.
_DO = re.compile(
    r"\b(?:do (?:it|that|so|this)|go ahead|go for it|go on|please do|proceed|make it so|let's do (?:it|that)|yes|yep|yeah)\b|"
    r"^\W*(?:ok(?:ay)?|sure)(?:\W+(?:please|pls|do|go))?\W*$",
    re.IGNORECASE,
)
_PROPOSED: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (intent, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for intent, words in (
        ("DEPLOY", r"roll(?:ing)?\s?back|revert(?:ing)?|deploy(?:ing)?|promot(?:e|ing)|rollback"),
        ("SCALE", r"scal(?:e|ing)(?: up| down)?|add(?:ing)? (?:\w+ )?(?:replicas|pods|instances|more)|more replicas"),
        ("RUNBOOK_EXECUTE", r"restart(?:ing|s)?|reboot(?:ing)?|fail(?:ing)?\s?over|failover|drain(?:ing)?|clear(?:ing)? (?:the |its )?cache|rotat(?:e|ing)|run(?:ning)? (?:the )?runbook"),
        ("TEST_EXECUTE", r"run(?:ning)? (?:the |its )?(?:\w+ )?(?:tests?|suite)"),
        ("INCIDENT_START", r"open(?:ing)? an incident|declar(?:e|ing) an incident"),
        ("INCIDENT_UPDATE", r"(?:assign|close|resolve|escalate|acknowledge) (?:it|INC-\d+|the incident)"),
        ("WORKFLOW_CANCEL", r"(?:cancel|stop|abort) (?:it|WF-\d+|RUN-\d+|the (?:run|workflow))"),
        ("WORKFLOW_START", r"(?:start|launch|trigger|kick off|run) (?:the )?(?:workflow |pipeline )?[a-z]+-[a-z-]+"),
    )
)  # fmt: skip
_OFFERS = re.compile(
    r"\b(?:shall i|should i|shall we|want me to|do you want|would you like|may i|ready to)\b(?! (?:go on|go ahead|continue|proceed))(?P<what>[^?]*)\?",
    re.IGNORECASE,
)
_PLAIN = (
    ("DEPLOY", _UNDO),
    ("DEPLOY", _DEPLOY),
    ("SCALE", _SCALE),
    ("RUNBOOK_EXECUTE", _RESTART),
    ("EXPLAIN", _WHY),
)
_LONGEST = 8  # words; more say something of their own


def ordered(text: str, before: Turn, near: Collection[EntityType]) -> str:
    """The intent of an order about “it” after `before`; empty if it is none. `near`: the kinds of ids that were spoken of."""
    plain = next((intent for intent, pattern in _PLAIN if pattern.match(text)), "")
    if plain:
        return "" if EntityType.INCIDENT_ID in near and plain == "SCALE" else plain
    if _RUN.match(text):
        return _run(before)
    return _of_ids(text, near)


def _of_ids(text: str, near: Collection[EntityType]) -> str:
    """Of an incident or a run that was spoken of."""
    if EntityType.INCIDENT_ID in near and _CHANGE.match(text):
        return "INCIDENT_UPDATE"
    if EntityType.EXECUTION_ID in near and _STOP.match(text):
        return "WORKFLOW_CANCEL"
    if near and (_LOOK.match(text) or _WHO.match(text)):
        return "STATUS_QUERY" if EntityType.INCIDENT_ID in near else "WORKFLOW_STATUS"
    return ""


def proposed(text: str, before: Turn, told: str) -> str:
    """The intent of what the bot proposed in `told`, or was asked about, if `text` says to do it; empty if it does not."""
    if not _DO.search(text) or HOLDS_BACK.search(text) or len(text.split()) > _LONGEST:
        return ""
    for words in (told, before.text):
        first = [(found.start(), intent) for intent, pattern in _PROPOSED if (found := pattern.search(words))]
        if first:
            return min(first)[1]
    return ""


def offered_to_do(told: str) -> tuple[str, str]:
    """The intent of what a question of the bot offers to do, and the words for it; empty if it offers nothing."""
    found = _OFFERS.search(told)
    if found is None:
        return "", ""
    first = [(one.start(), intent) for intent, words in _PROPOSED if (one := words.search(found["what"]))]
    return (min(first)[1], found["what"]) if first else ("", "")


def _run(before: Turn) -> str:
    """What is run by “run them”: tests that were written, a runbook or a workflow that was spoken of."""
    if before.intent in {"TEST_GENERATE", "TEST_EXECUTE"}:
        return "TEST_EXECUTE"
    kinds = {one.type for one in before.entities}
    if before.intent in {"HELP", "RECOMMEND", "EXPLAIN", "STATUS_QUERY"}:
        return (
            "RUNBOOK_EXECUTE"
            if EntityType.RUNBOOK in kinds
            else "WORKFLOW_START"
            if EntityType.WORKFLOW in kinds
            else ""
        )
    return ""
