"""Reports, which tell and order nothing: news of an incident that begin with its id, and what a deploy or a restart broke. Pure."""

import re
from dataclasses import dataclass

from core.language.clauses import clauses
from core.language.leaning.frame import frame

_BEGINS = re.compile(
    r"\W{0,3}(?:incident\s+)?(?P<id>inc-\d{1,9})(?:(?P<mark>\s{0,3}[:,–—-]+\s{0,3})|\s+)(?:update\s{0,3}[:,–—-]\s{0,3})?(?P<text>[^\W_].*)",
    re.IGNORECASE | re.DOTALL,
)
# What is ordered or asked of the incident, or says how it stands, in the place of news of it.
_SAYS_HOW = re.compile(
    r"(?:(?:please|pls|now|and|is|it['’]?s|it is|this is|make|set|raise|lower|to|an?|it)\s+){0,4}"
    r"(?:ack(?:nowledged?)?|resolved?|closed?|fixed|over|all clear|re-?open(?:ed)?|escalate|sev\s?-?\d|p[1-5]|note|log|timeline|history|summary|status|state|assign|unassign|"
    r"page|call|wake|link|merge|mitigat(?:ed|ing)|monitoring|duplicate|same|mine|taken|take|taking|on it|i take|i['’]ll take|task|who|what|how|why|when|inc-\d+)\b",
    re.IGNORECASE,
)
_FEWEST = 3  # words

_DEED = r"(?:(?:re)?deploy(?:ment)?|release|roll-?\s?out|restart|reboot|roll-?\s?back|fail-?\s?over|scaling|upgrade|migration|config(?:uration)? change|change)"
_BROKE = (
    r"(?:(?:has |have |just |also |completely |really |it |again )*(?:broke|breaks|broken|failed|fails|crashed|crashes|killed|kills|caused|causes|took down|takes down|brought down|brings down|"
    r"went wrong|timed out|hangs|hung)|(?:is|was|keeps|got) (?:failing|stuck|broken|hanging|crashing|breaking)|did(?: not|n['’]t) (?:work|finish|come up|go through)|made \S+ (?:slow|worse|unstable))\b"
)
_WHOSE = r"(?:the|our|my|this|that|last|latest|an?|another|today['’]?s|yesterday['’]?s|[\w-]{1,40}['’]s?)"
_FAILED = re.compile(
    rf"(?P<lead>\W*(?:(?:hm+|uh+|oh no|damn|fyi|so|and|but|ok|looks like|seems like|it seems|it looks like|i think|i guess|that|hey|hi|guys|all)\b\W*){{0,4}})"
    rf"(?P<title>(?:{_WHOSE}\s+){{0,3}}(?:[\w.-]{{1,40}}\s+){{0,2}}{_DEED}(?:\s+(?:of|to|for|in|on|from|at)\s+(?:the\s+)?[\w.-]{{1,40}}(?:\s+v?\d[\w.]{{0,30}})?){{0,3}}\s+(?:{_BROKE})(?P<what>.*))",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class News:
    """What is new of an incident; `marked`: its id stands apart from the words, as in “INC-7: the disk is full”."""

    incident: str
    text: str
    marked: bool


@dataclass(frozen=True)
class Failure:
    """What went wrong, in the words in which it was told, and what stands behind the word for it: what it broke."""

    title: str
    broken: str


def news(text: str) -> News | None:
    """What a message tells of the incident whose id it begins with; None if it asks, orders, or names it only."""
    found = _BEGINS.fullmatch(text.strip())
    if found is None:
        return None
    told = found["text"]
    shape = frame(told, ())
    is_other = told.rstrip(" !.").endswith("?") or shape.asks_openly or shape.orders or shape.looks
    if is_other or _SAYS_HOW.match(told) or (not found["mark"] and len(told.split()) < _FEWEST):
        return None
    return News(found["id"].upper(), told, marked=bool(found["mark"]))


def begins_with(text: str) -> tuple[str, str]:
    """The incident whose id a message begins with, and what is said behind it; both empty if it begins with none."""
    found = _BEGINS.fullmatch(text.strip())
    return (found["id"].upper(), found["text"]) if found else ("", "")


def failure(text: str) -> Failure | None:
    """What a message tells that went wrong: “the deploy of checkout broke payments”; None if it asks, or orders something besides."""
    found = _FAILED.fullmatch(" ".join(text.split()))
    if found is None or text.rstrip(" !.").endswith("?") or frame(text, ()).asks_openly:
        return None
    if any(frame(piece, ()).orders for piece in (*clauses(text)[1:], *re.split(r"[,;.!]\s+", text)[1:])):
        return None
    return Failure(found["title"].strip(" .!"), found["what"])
