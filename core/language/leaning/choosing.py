"""What was offered to choose from, and which of it is meant: by its number, its place, its name or a part of that. Pure."""

import re
from dataclasses import dataclass

from core.language.numbers import ORDINALS, SMALL

_MARK = re.compile(r"(?:^|(?<=[\s(:]))\(?(\d{1,2})[.):]\s+")
_BULLET = re.compile(r"(?:^|\s)[•▪*–-]\s+")
_BRACKET = re.compile(r"\[([^\[\]\n]{1,60})\]")
_END = re.compile(r"\n|\?|\.(?:\s|$)|;")
_LEAD = re.compile(
    r"^.*(?::|\b(?:mean|want|prefer|choose|pick|from|between|is it|should it be|be it)\b)\s*|^(?:or|and|in|on|for|of|to|the)\s+",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\b(?:which|what|who|where|how|do|does|is|are|shall|should)\b", re.IGNORECASE)
_ID = re.compile(r"\b(?:INC|WF|RUN)-\d{1,9}\b")
_REFUSALS = frozenset({"never mind", "something else", "other", "cancel", "none", "none of these", "go on"})
_LONGEST = 4  # words
_MOST = 25
_BARELY = 2  # words: `second please`, but not `run the tests first`
_COUNT = {word: number for word, number in (SMALL | ORDINALS).items() if 0 < number <= _MOST}
_PLACES = "|".join(
    (*(word for word in ORDINALS if ORDINALS[word] <= _MOST), "last", "latter", "former", "middle")
)
_ORDINAL = re.compile(
    rf"\b(?:the |your |that )?(?:(?P<word>{_PLACES})|(?P<digits>\d{{1,2}})(?:st|nd|rd|th))(?: (?:one|option|choice|entry|item|of them))?\b"
    r"(?! (?:\d|hours?|days?|weeks?|months?|minutes?|few|couple))",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    rf"(?:\b(?:number|no\.?|nr\.?|option|choice|item|answer)\s*#?|#)(?P<number>\d{{1,2}}|{'|'.join(SMALL)})\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(
    r"\W*(?:the |take |ok(?:ay)?,? )?(?P<number>\d{1,2})\)?\W*(?:please|pls|then|thanks|thx)?\W*",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\W*(?:(?:please|pls|thanks|then|ok|okay|yes|well|hm+|i|mean|want|take|use|pick|choose|it's|that's|is|the|one|run|for me)\b\W*)*",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z0-9]{3,}", re.IGNORECASE)
_NO_PART = frozenset(
    "the one model service runbook workflow pipeline incident tests test run node please and for not".split()
)


@dataclass(frozen=True)
class Choice:
    """What was chosen, and where the words that chose it stand."""

    text: str
    start: int
    end: int


def offered(text: str) -> tuple[str, ...]:
    """What a question of the bot offers, in order; nothing if it leaves the answer open."""
    found = _numbered(text) or _BRACKET.findall(text) or _bullets(text) or _listed(text) or _ids(text)
    kept = [one.strip(" .,;!?*`\"'“”") for one in found]
    return tuple(one for one in kept if one and one.lower() not in _REFUSALS)[:_MOST]


def chosen(text: str, options: tuple[str, ...]) -> Choice | None:
    """Which of these is meant; None if none is, or more than one may be."""
    if not options:
        return None
    return _named(text, options) or counted(text, options) or _in_part(text, options)


def _numbered(text: str) -> list[str]:
    marks = list(_MARK.finditer(text))
    if [int(mark[1]) for mark in marks] != list(range(1, len(marks) + 1)) or len(marks) < 2:
        return []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [_END.split(text[mark.end() : end].strip(" ("))[0] for mark, end in zip(marks, ends, strict=True)]


def _bullets(text: str) -> list[str]:
    pieces = _BULLET.split(text)[1:]
    return [_END.split(one.strip())[0] for one in pieces] if len(pieces) > 1 else []


def _listed(text: str) -> list[str]:
    """`A, B or C?`, or `A, B, C` after the question or a colon."""
    asked, _, behind = text.rpartition("?")
    for part in (behind, re.split(r"[.!?]\s", asked)[-1]):
        pieces = re.split(r",\s*(?:or\s+)?|\s+or\s+", part.strip(" .")) if part.strip() else []
        pieces = [_LEAD.sub("", one).strip() for one in pieces]
        short = [one for one in pieces if one and len(one.split()) <= _LONGEST and not _ASKS.search(one)]
        if len(short) > 1 and len(short) >= len(pieces) - 1:
            return short
    return []


def _ids(text: str) -> list[str]:
    """Incidents or runs that are told of in a sentence; one alone is no choice."""
    found = list(dict.fromkeys(_ID.findall(text)))
    return found if len(found) > 1 else []


def _named(text: str, options: tuple[str, ...]) -> Choice | None:
    said = text.casefold()
    there = [one for one in options if re.search(rf"(?<![\w-]){re.escape(one.casefold())}(?![\w-])", said)]
    if len(there) != 1:
        return None
    start = said.index(there[0].casefold())
    return Choice(there[0], start, start + len(there[0]))


def counted(text: str, options: tuple[str, ...]) -> Choice | None:
    """Which of these is meant by its number or its place: `the second one`, `option 3`, `2`."""
    found = _NUMBER.search(text) or _DIGIT.fullmatch(text)
    if found is not None:
        return _at(_figure(found["number"]), found, options)
    found = _ORDINAL.search(text)
    if found is None or (found.group() == found["word"] and len(text.split()) > _BARELY):
        return None
    word = (found["word"] or found["digits"]).lower()
    ends = {"last": len(options), "latter": len(options), "former": 1, "middle": (len(options) + 1) // 2}
    return _at(ends.get(word) or _figure(word), found, options)


def picked(text: str, options: tuple[str, ...]) -> str:
    """Which of these is meant by words that say nothing but its number or its place; empty for all else."""
    found = counted(text, options) if text.casefold() not in options else None
    if found is None:
        return ""
    return found.text if _NOTHING.fullmatch(text[: found.start] + text[found.end :]) else ""


def is_place(text: str) -> bool:
    """Whether words say nothing but a number or a place in a list, whatever stands there."""
    return bool(picked(text, tuple(f"#{place}" for place in range(_MOST))))


def _figure(word: str) -> int:
    return int(word) if word.isdigit() else _COUNT.get(word.lower(), 0)


def _at(place: int, found: re.Match[str], options: tuple[str, ...]) -> Choice | None:
    if not 0 < place <= len(options):
        return None
    return Choice(options[place - 1], found.start(), found.end())


def _in_part(text: str, options: tuple[str, ...]) -> Choice | None:
    """By words that only one of the names has: `the sentiment one`."""
    parts = [{word.lower() for word in _WORD.findall(one)} - _NO_PART for one in options]
    hits: dict[int, list[re.Match[str]]] = {}
    for word in _WORD.finditer(text):
        having = [place for place, part in enumerate(parts) if word.group().lower() in part]
        if len(having) == 1:
            hits.setdefault(having[0], []).append(word)
    if len(hits) != 1:
        return None
    ((place, words),) = hits.items()
    return Choice(options[place], words[0].start(), words[-1].end())
