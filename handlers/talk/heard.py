"""From what was understood to the arguments of a verb: each function serves the verb of its name, or says that it is not meant. Pure."""

import re
from collections.abc import Callable, Mapping

from core.language.entity import EntityType
from core.language.intent import Intent
from core.language.leaning.frame import frame
from core.language.spelling import Spelling
from core.language.understand import Understanding
from core.runbooks import from_language
from core.runbooks.definition import Runbook
from core.world import World
from handlers.talk import declaring, resolving
from handlers.talk.listing import LEAVE
from handlers.talk.spelt import spelt

Raw = dict[str, str]
Hears = Callable[[World, Understanding], Raw | None]

_PEOPLE = re.compile(r"\bon[\s-]?call\b|\bpager\b|\bon duty\b", re.IGNORECASE)
_WAS = re.compile(r"\b(?:was|were|had)\b", re.IGNORECASE)
_DECLARED = re.compile(
    r"^\W*(?:(?:please|pls|can|could|would|you|u|we|i|need|want|to|let|us|hey|hi|ok|kindly)\s+)*"
    r"(?:open|declare|start|create|raise|report|file|log|begin|new|make|call)\b\s*(?:up\s+)?(?:an?|the|new)?\s*(?:new\s+)?"
    r"(?:[\w-]+\s+){0,2}?(?:incidents?|inc|sev\s?-?\d|p\d|outage|war room)\b\s*(?:response\s*)?"
    r"(?:for|on|about|because(?: of)?|that)?[\s:,.–-]*|^\W*(?:(?:please|pls)\s+)?declare\s+(?:that\s+)?(?=\w)",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"\W*(?:(?:and|but|so|hey|hi|ok|okay|then|now)\W+)*(?:please|pls|kindly|(?:can|could|would|will) (?:you|u|we))\b",
    re.IGNORECASE,
)
_GRADE = re.compile(r"[\s,;(-]*\b(?:sev\s?-?|p)[1-5]\b\)?", re.IGNORECASE)
_QUESTION = 4  # words
_NEXT = re.compile(r"\b(?:next|now|first|advice|suggest|recommend)\b", re.IGNORECASE)
_TIMELINE = re.compile(r"\b(?:timeline|history)\b", re.IGNORECASE)
_POINTS = re.compile(r"\b(?:its?|that|this|incident|outage)\b", re.IGNORECASE)
_WHO = re.compile(r"\W*(?:and |but |so )?(?:who|whom|whose|who's|whos)\b", re.IGNORECASE)
_VERSION = re.compile(r"\b(?:version|build|release|tag|commit)\b", re.IGNORECASE)
_STATES = re.compile(r"\b(?P<state>monitoring|mitigat(?:ing|ed))\b", re.IGNORECASE)
_LEVELS = {"critical": "1", "high": "2", "medium": "3", "low": "4", "informational": "5"}

_CARRIED = (EntityType.SERVICE, EntityType.ENVIRONMENT, EntityType.REPLICA_COUNT)

# By which word of its name one finds the runbook for what people call otherwise; the first that fits counts.
_DOING: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\b(?:roll(?:ing)?[\s-]*back|revert|undo|back\s+to|downgrade|previous)\b", ("rollback", "roll")),
    (
        r"\b(?:(?:re)?deploy|ship|release|roll(?:ing)?\s*out|push|promote|upgrade|update|install|publish|live)\b",
        ("deploy", "release"),
    ),
    (r"\b(?:scal(?:e|ing)|upscale|downscale|replicas?|pods?|instances|capacity)\b", ("scale",)),
    (r"\b(?:restart(?:ing)?|reboot(?:ing)?|bounce|recycle|kick|cycle|reload)\b", ("restart", "reboot")),
    (r"\b(?:fail[\s-]*over|switch\s*over|standby|replica)\b", ("failover",)),
    (r"\b(?:drain|cordon|out of rotation|evacuate)\b", ("drain",)),
    (r"\b(?:rotate|renew|certs?|certificates?|keys?)\b", ("rotate", "renew")),
    (r"\b(?:clear|flush|purge|invalidate|caches?)\b", ("clear", "flush", "cache")),
    (r"\b(?:tests?|suite|regression|smoke|e2e)\b", ("test", "tests")),
)

_SLIPS = Spelling(
    ("restart", "deploy", "rollback", "scale", "failover", "reboot", "drain", "rotate", "upgrade")
)


def asks_leave(text: str) -> bool:
    """Whether words ask if something may or should be done, and order nothing: “can I restart payments?”."""
    return re.match(rf"\W*(?:{LEAVE})\b", text, re.IGNORECASE) is not None


def only_asks(text: str) -> bool:
    """Whether words ask if something may, should or does hold, and order nothing: “this is sev1, right?”; “could you …?” orders."""
    shape = frame(text, ())
    return asks_leave(text) or (shape.asks and not shape.orders and _POLITE.match(text) is None)


def run(world: World, meant: Understanding) -> Raw | None:
    """`runbook.run`: which runbook the words are about, if there is one."""
    if from_language.tells_of_one(meant.text) and not frame(meant.text, ()).orders:
        return None
    if asks_leave(meant.text):
        return None
    named = meant.value(EntityType.RUNBOOK, EntityType.WORKFLOW)
    said = in_full(spelt(world, meant))
    if named in world.runbooks:
        return {"runbook": named, "said": said}
    if from_language.matching(world.runbooks, meant.text):
        return {"runbook": "", "said": said}
    # What it was taken for counts before what else stands in it: “kick off the scaling of payments”.
    scales = meant.intent is Intent.SCALE
    doing = sorted(_DOING, key=lambda row: scales and "scale" not in row[1])
    for text in (meant.text, _mended(meant.text)):
        for pattern, words in doing:
            if re.search(pattern, text, re.IGNORECASE):
                found = next((word for word in words if from_language.candidates(world.runbooks, word)), None)
                return {"runbook": found, "said": said} if found else None
    return None


def begins_with_doing(text: str) -> bool:
    """Whether the first word says what runbooks do: “restarting checkout now”."""
    return any(re.match(rf"\W*{pattern}", text, re.IGNORECASE) for pattern, _ in _DOING)


def near(world: World, text: str) -> list[Runbook]:
    """The runbooks that say of themselves that they do what a sentence asks for, whatever they are called."""
    asked = {one for pattern, words in _DOING if re.search(pattern, text, re.IGNORECASE) for one in words}
    return [
        book
        for book in world.runbooks.values()
        if asked & set(re.findall(r"[a-z]+", f"{book.name} {book.description}".casefold()))
    ]


def _mended(text: str) -> str:
    """The words, where one is a slip of a finger away from what runbooks do: `restrat`."""
    return re.sub(r"[^\W\d_]+", lambda word: _SLIPS.mend(word[0].casefold()), text)


def in_full(meant: Understanding) -> str:
    """The words, and what they mean by “it” and “there”; an order that points at nothing says all that it means."""
    if meant.how == "further" and not frame(meant.text, ()).leans:
        return meant.text
    text = meant.text.casefold()
    carried = [str(one.value) for one in meant.entities if not one.text and one.type in _CARRIED]
    added = ", ".join(value for value in carried if value.casefold() not in text)
    return f"{meant.text} ({added})" if added else meant.text  # what was not said now stands apart


def run_status(_world: World, meant: Understanding) -> Raw | None:
    """`runbook.status`: of one run, and why it failed; or of all that have not ended."""
    return _run_id(meant) or (None if meant.intent is Intent.EXPLAIN else {})


def run_logs(_world: World, meant: Understanding) -> Raw:
    """`runbook.logs`: of which service, and where."""
    said = {"service": meant.value(EntityType.SERVICE), "where": meant.value(EntityType.ENVIRONMENT)}
    return {name: value for name, value in said.items() if value}


def run_cancel(_world: World, meant: Understanding) -> Raw | None:
    """`runbook.cancel`: which run; none without its id."""
    return _run_id(meant)


def services(_world: World, meant: Understanding) -> Raw | None:
    """`health.show`: of one service, or of all; which version runs somewhere is not known, nor who somebody is."""
    if _VERSION.search(meant.text):
        return None
    named = dict.fromkeys(str(one.value) for one in meant.entities if one.type is EntityType.SERVICE)
    if not named and _WHO.match(meant.text):
        return None
    return {"service": ", ".join(named)} if named else {}


def oncall(_world: World, meant: Understanding) -> Raw | None:
    """`oncall.show`: now, or at the time that is named; for all, or for who owns the service that is named."""
    if not _PEOPLE.search(meant.text):
        return None
    when = next((one.text for one in meant.entities if one.type is EntityType.TIME_RANGE), "")
    said = {"team": meant.value(EntityType.SERVICE), "at": when}
    said |= {"past": "was"} if when and _WAS.search(meant.text) else {}
    return {name: value for name, value in said.items() if value}


def incident(_world: World, meant: Understanding) -> Raw | None:
    """`incident.show`: the one that is named, or that the words point at."""
    found = next((one for one in meant.entities if one.type is EntityType.INCIDENT_ID), None)
    # What names nothing itself, “the second”, is about what was carried over.
    is_picked = meant.how == "fragment" and not any(one.text for one in meant.entities)
    points = found is not None and (found.text or is_picked or _POINTS.search(meant.text))
    if found is None or not points or _TIMELINE.search(meant.text):
        return None
    return {"id": str(found.value)}


def history(_world: World, meant: Understanding) -> Raw | None:
    """`incident.history`: what happened so far."""
    found = meant.value(EntityType.INCIDENT_ID)
    return {"id": found} if found and _TIMELINE.search(meant.text) else None


def declare(world: World, meant: Understanding) -> Raw:
    """`incident.declare`: what is wrong, how grave it is and where."""
    told = declaring.title_of(world, meant.text)
    rest = _GRADE.sub("", _DECLARED.sub("", told, count=1)).strip(" .,:;!-")
    title = rest if len(rest.split()) > 1 else meant.text.strip()
    level = _LEVELS.get(meant.value(EntityType.SEVERITY), "") or ("1" if declaring.is_all_down(title) else "")
    service = declaring.service_of(meant)
    return {
        "title": title[:200],
        **({"severity": level} if level else {}),
        **({"service": service} if service else {}),
    }


def graded(_world: World, meant: Understanding) -> Raw | None:
    """`incident.severity`."""
    level = _LEVELS.get(meant.value(EntityType.SEVERITY))
    return {"id": meant.value(EntityType.INCIDENT_ID), "severity": level} if level else None


def _changes(pattern: str, name: str = "") -> Hears:
    """A verb on an incident that a word says; `name` takes what stands behind the incident's id."""
    said = re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
    denied = re.compile(
        rf"(?:\b(?:not|never|cannot)|n't|n’t)\s+(?:[\w-]+\s+){{0,3}}(?:{pattern})\b", re.IGNORECASE
    )

    def hears(_world: World, meant: Understanding) -> Raw | None:
        if (
            not said.search(meant.text)
            or denied.search(meant.text)
            or _LEVELS.get(meant.value(EntityType.SEVERITY))
        ):
            return None
        raw = {"id": meant.value(EntityType.INCIDENT_ID)}
        behind = _behind(meant.text).strip(" .") if name else ""
        return raw | ({name: behind} if behind else {})

    return hears


_THEN = r"\s*(?:[:,–-]|\bbecause\b|\bsince\b|\bthat\b|\broot cause was\b)\s*"
_BEHIND = re.compile(rf"inc-\d+{_THEN}", re.IGNORECASE)
_BEHIND_THIS = re.compile(rf"\b(?:this|it|that|incident){_THEN}", re.IGNORECASE)


def _behind(text: str) -> str:
    """What stands behind the incident: behind its id, else behind what points at it."""
    for names in (_BEHIND, _BEHIND_THIS):
        found = names.split(text, maxsplit=1)
        if len(found) > 1:
            return found[1]
    return ""


# Only what is told of the incident is news of it: “print this so that I can click it: …” is none.
_NEWS = re.compile(
    r"\W*(?:(?:please|pls|can|could|you|we|i|post|send|give|write|share|tell|everybody|everyone|all|add|put|make|leave|an?|the|new|short|status|"
    r"update|news|line|comment|on|for|of|about|to|in|from|incident|just|and|here|so|now)\W+)*(?:inc-\d+|this|it|that|incident)\b",
    re.IGNORECASE,
)

acknowledged = _changes(r"ack(?:nowledge)?d?")


def resolved(_world: World, meant: Understanding) -> Raw | None:
    """`incident.resolve`, with what was behind it."""
    if not resolving.is_over(meant.text) or _LEVELS.get(meant.value(EntityType.SEVERITY)):
        return None
    cause = resolving.told_besides(_behind(meant.text)).strip(" .") or resolving.cause_of(meant.text)
    return {"id": meant.value(EntityType.INCIDENT_ID), **({"cause": cause} if cause else {})}


reopened = _changes(r"re-?open(?:ed)?", "text")
escalated = _changes(r"escalat(?:e|ed|ing)")
noted = _changes(r"timeline|note|log|record", "text")


def said(world: World, meant: Understanding) -> Raw | None:
    """`incident.update`: where it stands now, or what is new in words."""
    if any(hears(world, meant) for hears in (acknowledged, resolved, reopened, escalated, noted, graded)):
        return None
    raw = {"id": meant.value(EntityType.INCIDENT_ID)}
    state = _STATES.search(meant.text)
    behind = _behind(meant.text).strip() if _NEWS.match(meant.text) else ""
    if state is not None:
        return raw | {"state": "monitoring" if state["state"].lower() == "monitoring" else "mitigating"}
    return raw | {"text": behind} if behind else None


def advice(_world: World, meant: Understanding) -> Raw | None:
    """`wardroom.next`: what to do next in all; not about one service, of which it knows nothing more."""
    about = (EntityType.SERVICE, EntityType.MODEL, EntityType.METRIC, EntityType.RUNBOOK)
    return {} if _NEXT.search(meant.text) and not meant.value(*about) else None


def how(_world: World, meant: Understanding) -> Raw | None:
    """`wardroom.how`: a question that says what it is about; shorter ones want the overview."""
    return {"question": meant.text} if len(meant.text.split()) >= _QUESTION else None


def _run_id(meant: Understanding) -> Raw | None:
    named = meant.value(EntityType.EXECUTION_ID)
    return {"id": f"RUN-{named.rpartition('-')[2]}"} if named else None


UNBUILT: Mapping[Intent, str] = {
    Intent.METRIC_QUERY: "I cannot read figures from words",
    Intent.TRACE_QUERY: "I cannot look for traces",
    Intent.COMPARE: "I cannot compare figures",
    Intent.EXPLAIN: "I cannot tell causes by myself",
    Intent.RECOMMEND: "I have no advice of my own to give on that",
    Intent.TEST_GENERATE: "I cannot write tests",
    Intent.STATUS_QUERY: "I do not know that",
}
"""What is understood and has no engine here, in words that say so."""
