"""What is asked of a memory: which words count how much, whose turns are meant, and whether it is about lately. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.conversation.recalling.akin import akin
from core.language import times
from core.stems import terms

# How much a word counts that is only used for the same thing: 0.3 to 0.7 were tried, and find the same.
AKIN = 0.4
_MOST = 64  # stems that are looked for
_LATELY = re.compile(
    r"\b(?:just|now|currently|recent(?:ly)?|lately|latest|newest|today|tonight|yesterday|earlier|a moment ago|"
    r"this (?:morning|afternoon|evening|week)|(?:the )?last (?:one|time|thing|run|hour|minutes?|few \w+)|"
    r"(?:said|asked|told|was|did) (?:you )?last|minutes? ago|hours? ago)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Question:
    """Stems and how much each counts; the one speaker who is meant, or ""; and whether it is about lately.

    `within` are spans of time that the words name: from, and up to.
    """

    weights: Mapping[str, float]
    speaker: str = ""
    lately: bool = False
    within: Sequence[tuple[datetime, datetime]] = ()


def spans(text: str, now: datetime, zone: str = "UTC") -> tuple[tuple[datetime, datetime], ...]:
    """The past stretches of time that a question names, in the zone of whoever asks."""
    found = times.find(text, now=now, zone=zone, hours=False)
    return tuple((one.start, one.end) for one in found if one.start < one.end and one.start < now)


def ask(
    text: str, speakers: Iterable[str], *, asker: str = "", within: Sequence[tuple[datetime, datetime]] = ()
) -> Question:
    """Read a question about what these speakers said; `asker` is who says “I” in it."""
    names = {term: speaker for speaker in speakers for term in terms(speaker)}
    said = terms(text)
    meant = {names[term] for term in said if term in names}
    if not meant and asker and re.search(r"\b(?:I|me|my)\b", text):
        meant = {asker}
    weights = dict.fromkeys((term for term in said if term not in names), 1.0)
    for term in tuple(weights):
        for other in sorted(akin().get(term, ())):
            weights.setdefault(other, AKIN)
    kept = dict(list(weights.items())[:_MOST])
    speaker = meant.pop() if len(meant) == 1 else ""
    return Question(kept, speaker, lately=_LATELY.search(text) is not None, within=within)
