"""In which way words lean on what was said before: to correct it, to say another value, to go on from it, or not at all. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.language.entity import Entity, EntityType
from core.language.leaning.asking import ACTS
from core.language.leaning.finder import Finder
from core.language.leaning.frame import Frame
from core.language.leaning.keeping import OBJECTS, UNCLEAR
from core.language.leaning.merging import is_mended
from core.language.leaning.said import SAYS_SO, Said
from core.language.leaning.turns import Turn, ids_of

OF_INCIDENTS = frozenset({EntityType.SEVERITY, EntityType.USER, EntityType.CHANNEL})
"""What of an incident is changed."""
_FEW = 7


@dataclass(frozen=True)
class Case:
    """A message, its shape, and what it may lean on."""

    said: Said
    shape: Frame
    before: Turn
    history: Sequence[Turn]
    finder: Finder
    time: Entity | None = None
    counts: bool = False


def how(case: Case) -> str:
    """In which way the message leans on what was said before; `alone` if it does not."""
    said, shape = case.said, case.shape
    unclear = said.intent in UNCLEAR
    if shape.asks_why or is_update(case):
        return "further"
    if is_mended(said.entities, said.text) or (
        shape.corrects and (shape.bare or unclear or shape.corrects_clearly)
    ):
        return ("further" if _is_next_update(case) else "correction") if said.entities else "alone"
    if _is_fragment(case):
        return "fragment"
    is_unclear = said.intent == "CLARIFICATION" and not (case.counts or _goes_on(said, shape))
    if said.intent in {"NONE", "HELP", ""} or is_unclear:
        return "alone"
    return "further" if _keeps(case) else "alone"


_DECLARES = re.compile(r"\b(?:incident|outage|sev ?\d|war room)\b", re.IGNORECASE)


def _goes_on(said: Said, shape: Frame) -> bool:
    """Whether it means more with what was said before: not “and in the moonlight?”, which names nothing that is known."""
    says_what = bool(said.entities) or shape.bare or shape.same or shape.other or shape.points
    return shape.leans and says_what


def is_update(case: Case) -> bool:
    """Whether “it” is an incident that is to be changed: “change it to high” does not change what was asked for."""
    said, before = case.said, case.before
    if not case.shape.points or before.intent == "INCIDENT_UPDATE":
        return False
    if before.intent == "INCIDENT_START" and not ids_of(case.history):
        return False  # it is not opened yet: “make it a sev1” says how it shall be
    changed = {entity.type for entity in said.entities}
    opened = is_of_an_incident(before) and bool(changed) and changed <= OF_INCIDENTS
    return said.intent == "INCIDENT_UPDATE" or (opened and bool(ids_of(case.history)))


def _is_next_update(case: Case) -> bool:
    """Whether an incident that was changed is changed in another way: `make it sev1` after it was given to somebody."""
    old = {one.type for one in case.before.entities}
    return case.before.intent == "INCIDENT_UPDATE" and all(
        one.type in OF_INCIDENTS - old for one in case.said.entities
    )


def is_of_an_incident(before: Turn) -> bool:
    """Whether an incident was opened or looked at, so that “make it sev1” is about it."""
    looked = any(entity.type is EntityType.INCIDENT_ID for entity in before.entities)
    return before.intent == "INCIDENT_START" or (before.intent == "STATUS_QUERY" and looked)


def _is_fragment(case: Case) -> bool:
    """Whether it says nothing but another value, or that the same is wanted once more."""
    said, shape, before = case.said, case.shape, case.before
    own = said.intent not in UNCLEAR and said.intent != before.intent
    if own and shape.points and not shape.same:
        return False  # “how is its error rate?” after a deployment is no second deployment
    is_sure = said.sure >= SAYS_SO or (shape.looks and before.intent in ACTS)
    if own and (shape.asks_openly or shape.orders) and is_sure:
        return False  # nor are “how is payments?” and “show RUN-1”
    if _is_beside_the_change(said, shape, before):
        return False
    if case.time is not None and said.intent in UNCLEAR | {"HELP"} and len(said.text.split()) <= _FEW:
        return not shape.points or said.intent == before.intent or not (own or shape.orders)
    if shape.bare and (said.entities or (shape.leans and (shape.same or shape.other))):
        return True
    return shape.same and (said.intent in UNCLEAR | {"HELP"} or said.intent == before.intent)


def _is_beside_the_change(said: Said, shape: Frame, before: Turn) -> bool:
    """Whether it names what the change that was asked for before is not about: a run after an incident that was closed."""
    named = {entity.type for entity in said.entities}
    if before.intent == "INCIDENT_START":
        is_another = EntityType.SERVICE in named and (shape.goes_on or shape.adds or shape.same)
        return not (is_another or named & OF_INCIDENTS)  # “I prefer staging” declares nothing
    if before.intent == "INCIDENT_UPDATE":
        mine = {EntityType.INCIDENT_ID, EntityType.SERVICE, EntityType.TIME_RANGE}
        return not named <= OF_INCIDENTS | mine
    ids = {EntityType.INCIDENT_ID, EntityType.EXECUTION_ID} - {entity.type for entity in before.entities}
    return before.intent in ACTS and bool(named & ids)


def _keeps(case: Case) -> bool:
    said, shape = case.said, case.shape
    if shape.points or shape.other or case.counts:
        return True
    named = any(entity.type in OBJECTS for entity in said.entities)
    if shape.general or (said.intent == "INCIDENT_START" and not _DECLARES.search(said.text)):
        return False  # “customers can't log in” says nothing of the service that was spoken of
    return not named or said.intent == case.before.intent
