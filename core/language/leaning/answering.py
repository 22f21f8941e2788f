"""What an answer says: the values in it that were asked for, whatever words stand around them. Pure."""

import re
from collections.abc import Collection
from dataclasses import replace

from core.language.entity import Entity, EntityType
from core.language.leaning.asking import Asked
from core.language.leaning.choosing import Choice
from core.language.leaning.finder import Finder
from core.language.numbers import SMALL

_SEVERITIES = (
    ("critical", r"critical|sev ?-?1|p1|highest|worst|blocker"),
    ("high", r"high|sev ?-?2|p2|major|serious|severe"),
    ("medium", r"medium|moderate|sev ?-?3|p3|mid|normal"),
    ("low", r"low|minor|sev ?-?4|p4"),
    ("informational", r"informational|info|sev ?-?5|p5"),
)
_SEVERITY = tuple((value, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for value, words in _SEVERITIES)
_NUMBER = re.compile(
    rf"(?<![\w.-])(?:\d{{1,6}}|{'|'.join(word for word in SMALL if word != 'zero')})(?![\w.-]*\w)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:the|this|that|which|[a-z-]{3,}) one\b", re.IGNORECASE)
_PREFIXES = {EntityType.INCIDENT_ID: "INC", EntityType.EXECUTION_ID: "WF"}
_NUMBERED = frozenset({*_PREFIXES, EntityType.INSTANCE})
_FOREIGN = re.compile(
    r"\b(?:inc|incident|ap|approval|request|pg|page|step|wish|run|wf)[-_ ]?#?$", re.IGNORECASE
)
_TAIL = re.compile(r"-\d+$")
_COUNTED = (EntityType.REPLICA_COUNT, EntityType.PERCENTAGE)
_CHOSEN = 0.9


def values(text: str, asked: Asked, choice: Choice | None, finder: Finder) -> tuple[Entity, ...]:
    """What these words name as an answer to that question."""
    intent = asked.request.intent
    if choice is None:
        return as_asked(text, finder.find(text, intent), asked.kinds)
    rest = text[: choice.start] + " " * (choice.end - choice.start) + text[choice.end :]
    picked = as_asked(choice.text, finder.find(choice.text, intent), asked.kinds)
    kinds = {one.type for one in picked}
    around = [one for one in finder.find(rest, intent) if one.type not in kinds | {EntityType.NUMERIC_VALUE}]
    return (*(_picked(one) for one in picked if _fits(one, picked, asked.kinds)), *around)


def as_asked(text: str, found: tuple[Entity, ...], kinds: Collection[EntityType]) -> tuple[Entity, ...]:
    """What was found, and what words mean because just that was asked for: `high` is a severity, `three` so many copies."""
    there = {one.type for one in found}
    if EntityType.SEVERITY in kinds and EntityType.SEVERITY not in there:
        return (*found, *_severity(text))
    found = tuple(one for one in found if not _is_pronoun(one, text))
    number = _NUMBER.search(text)
    if number is None or (_PRONOUN.search(text) and number.group().lower() == "one"):
        return found
    wanted = [kind for kind in (*_COUNTED, *_PREFIXES, EntityType.VERSION) if kind in kinds]
    if not wanted or any(one.type in wanted for one in found):
        return found
    if wanted[0] in _PREFIXES and (_FOREIGN.search(text[: number.start()]) or _is_of_another(number, found)):
        return found  # “INC 1” is no run, whatever its number is
    kept = tuple(one for one in found if not one.start <= number.start() < one.end)
    return (*kept, _counted(number, wanted[0]))


def renumbered(found: tuple[Entity, ...], old: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """A bare number after an id is the number of another of its kind: `and 91?` after WF-90."""
    ids = [one for one in old if one.type in _NUMBERED and _TAIL.search(str(one.value))]
    if len(ids) != 1 or len(found) != 1 or found[0].type is not EntityType.NUMERIC_VALUE:
        return found
    value = _TAIL.sub(f"-{int(float(str(found[0].value)))}", str(ids[0].value))
    return (replace(found[0], type=ids[0].type, value=value),)


def _is_of_another(number: re.Match[str], found: tuple[Entity, ...]) -> bool:
    """Whether a number is a part of something else that was named."""
    return any(
        one.start <= number.start() < one.end and one.type is not EntityType.NUMERIC_VALUE for one in found
    )


def _fits(one: Entity, picked: tuple[Entity, ...], kinds: Collection[EntityType]) -> bool:
    """Of a name that may be two things, the one that was asked for."""
    return one.type in kinds or not any(other.type in kinds for other in picked)


def _picked(one: Entity) -> Entity:
    return replace(one, text="", start=0, end=0, confidence=_CHOSEN)


def _severity(text: str) -> tuple[Entity, ...]:
    for value, words in _SEVERITY:
        if found := words.search(text):
            return (Entity(EntityType.SEVERITY, value, found.group(), found.start(), found.end(), _CHOSEN),)
    return ()


def _is_pronoun(one: Entity, text: str) -> bool:
    """Whether `one` stands for a thing in `the prod one`, and counts nothing."""
    return one.text.lower() == "one" and any(
        found.start() <= one.start < found.end() for found in _PRONOUN.finditer(text)
    )


def _counted(number: re.Match[str], kind: EntityType) -> Entity:
    word = number.group().lower()
    figure = int(word) if word.isdigit() else SMALL[word]
    value = (
        f"{_PREFIXES[kind]}-{figure}"
        if kind in _PREFIXES
        else str(figure)
        if kind is EntityType.VERSION
        else figure
    )
    return Entity(kind, value, number.group(), number.start(), number.end(), _CHOSEN)
