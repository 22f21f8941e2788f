"""Which questions of the bot are still open, of which request they are, and what would answer them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.language.clarify import missing
from core.language.entity import EntityType
from core.language.intent import Intent
from core.language.leaning.choosing import offered
from core.language.leaning.consent import Leaving, leaves
from core.language.leaning.turns import LEAN, Turn

_WANTS: tuple[tuple[EntityType, str], ...] = (
    (EntityType.ENVIRONMENT, r"environments?|env|\bwhere\b|stage"),
    (
        EntityType.SERVICE,
        r"(?:which|what|for what) (?:service|app\w*|system|component)|services?\b|where|affected|broken",
    ),
    (EntityType.MODEL, r"models?|where|affected|broken"),
    (EntityType.VERSION, r"versions?|builds?|release|tag"),
    (EntityType.REPLICA_COUNT, r"how many|replicas?|copies|instances|size|number"),
    (EntityType.SEVERITY, r"severity|severe|how (?:bad|serious|urgent|grave)|sev|priority"),
    (EntityType.TIME_RANGE, r"period|when|time|how far back|how long|window|range|span|day"),
    (EntityType.METRIC, r"figures?|metrics?"),
    (EntityType.QUANTILE, r"percentile|quantile"),
    (EntityType.WORKFLOW, r"workflow|pipeline|which one|what shall|job"),
    (EntityType.RUNBOOK, r"runbook|which one|what shall"),
    (EntityType.INCIDENT_ID, r"incident"),
    (EntityType.EXECUTION_ID, r"\brun\b|execution|workflow"),
    (EntityType.INSTANCE, r"node|pod|host|instance|machine"),
    (EntityType.USER, r"\bwho\b|whom|assignee|person"),
    (EntityType.PERCENTAGE, r"percent|share|how much|portion"),
    (EntityType.LEVEL, r"level"),
    (EntityType.DURATION, r"how long|duration"),
)
_KINDS = tuple((kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _WANTS)
_OPEN = re.compile(r"\b(?:which|what|where|who|whom|how|when|for)\b", re.IGNORECASE)
_CONFIRMS = re.compile(
    r"\b(?:go on|go ahead|proceed|confirm|shall i|should i|shall we|ok|okay|right|sure|continue|correct|do you want|want me to|do it|really)\b",
    re.IGNORECASE,
)
_ENDS = (Leaving.DROPS, Leaving.STOPS, Leaving.REFUSES)
_MOST = 3
ACTS = frozenset(
    {
        "DEPLOY",
        "SCALE",
        "RUNBOOK_EXECUTE",
        "WORKFLOW_START",
        "WORKFLOW_CANCEL",
        "TEST_EXECUTE",
        "TEST_GENERATE",
    }
    | {"INCIDENT_START", "INCIDENT_UPDATE"}
)


@dataclass(frozen=True)
class Asked:
    """A question of the bot: about which request, for what, and what it offered.

    `confirms`: a yes answers it. `is_last`: nothing was asked for since.
    """

    request: Turn
    text: str
    kinds: frozenset[EntityType]
    options: tuple[str, ...] = ()
    confirms: bool = False
    is_last: bool = True


def still_open(history: Sequence[Turn]) -> tuple[Asked, ...]:
    """The questions that nobody has answered yet, the latest first.

    A question in between leaves the one before it open; an answer, another order or `never mind` ends it.
    """
    found: list[Asked] = []
    latest: Turn | None = None
    for turn in history:
        if turn.role == "bot":
            found = [*_without_same(found, asked), asked] if (asked := _asked(turn, latest, found)) else found
            continue
        if leaves(turn.text) in _ENDS:
            found = []
        if turn.intent in LEAN and not (turn.intent == "CLARIFICATION" and turn.entities):
            continue
        latest = turn
        found = _after(found, turn)
    return tuple(reversed(found[-_MOST:]))


def _after(found: list[Asked], turn: Turn) -> list[Asked]:
    """What is still open after a request."""
    if turn.intent in ACTS and any(one.request.intent != turn.intent for one in found):
        return []
    return [
        Asked(one.request, one.text, one.kinds, one.options, one.confirms, is_last=False)
        for one in found
        if one.request.intent not in (turn.intent, "CLARIFICATION")
    ]


def _without_same(found: list[Asked], asked: Asked) -> list[Asked]:
    return [one for one in found if one.request is not asked.request]


def _asked(turn: Turn, latest: Turn | None, found: list[Asked]) -> Asked | None:
    """What the bot asks in these words, if it asks anything about a request."""
    if "?" not in turn.text or latest is None:
        return None
    asked = _questions(turn.text)
    kinds = (
        frozenset(kind for kind, words in _KINDS if words.search(asked))
        if _OPEN.search(asked)
        else frozenset()
    )
    confirms = not kinds or bool(_CONFIRMS.search(asked) and not re.match(r"\W*(?:which|what|where)", asked))
    request = _request(latest, found, kinds, confirms=confirms)
    if not kinds and not confirms:
        kinds = frozenset(missing(Intent(request.intent), {one.type for one in request.entities}))
    return Asked(request, turn.text, kinds, offered(turn.text), confirms)


def _request(latest: Turn, found: list[Asked], kinds: frozenset[EntityType], *, confirms: bool) -> Turn:
    """The request that is asked about: an earlier one, if the bot comes back to what it asked about that."""
    lacks = missing(Intent(latest.intent), {one.type for one in latest.entities})
    for one in reversed(found):
        comes_back = bool(one.kinds & kinds) or (confirms and one.confirms and one.request.intent in ACTS)
        if comes_back and latest.intent not in ACTS and not kinds & set(lacks):
            return one.request
    return latest


def _questions(text: str) -> str:
    """The sentences that ask."""
    return " ".join(found for found in re.findall(r"[^.!?\n]*(?:\.\d[^.!?\n]*)*\?", text)) or text
