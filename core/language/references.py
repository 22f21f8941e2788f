"""What is meant by words that lean on what was said before: “and in staging?”, “its warnings”, “no, payments”. Pure.

Service, environment, metric and time stay for a further question of the same kind; a request of another kind keeps
service and environment, and what “it” points at; a general question keeps nothing; a correction replaces one value.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.language.entity import Entity, EntityType
from core.language.leaning.frame import Frame, frame
from core.language.leaning.merging import corrected, merged, other_one
from core.language.leaning.turns import Turn, ids_of, last_request, pending

_STAY = frozenset(
    {EntityType.SERVICE, EntityType.MODEL, EntityType.ENVIRONMENT, EntityType.METRIC, EntityType.TIME_RANGE}
)
_STAY_ELSEWHERE = frozenset({EntityType.SERVICE, EntityType.MODEL, EntityType.ENVIRONMENT})
_OBJECTS = frozenset(
    {
        EntityType.SERVICE,
        EntityType.MODEL,
        EntityType.WORKFLOW,
        EntityType.RUNBOOK,
        EntityType.INCIDENT_ID,
        EntityType.EXECUTION_ID,
        EntityType.INSTANCE,
    }
)
_POINTED = {
    "WORKFLOW_STATUS": (EntityType.EXECUTION_ID, EntityType.WORKFLOW),
    "WORKFLOW_CANCEL": (EntityType.EXECUTION_ID, EntityType.WORKFLOW),
    "WORKFLOW_START": (EntityType.WORKFLOW,),
    "INCIDENT_UPDATE": (EntityType.INCIDENT_ID,),
    "STATUS_QUERY": (EntityType.INCIDENT_ID,),
    "EXPLAIN": (EntityType.INCIDENT_ID, EntityType.EXECUTION_ID, EntityType.WORKFLOW, EntityType.METRIC),
    "RECOMMEND": (EntityType.INCIDENT_ID, EntityType.METRIC),
    "RUNBOOK_EXECUTE": (EntityType.INCIDENT_ID, EntityType.RUNBOOK, EntityType.INSTANCE),
    "METRIC_QUERY": (EntityType.INSTANCE,),
    "LOG_QUERY": (EntityType.INSTANCE, EntityType.EXECUTION_ID),
}
_IDS = frozenset(
    {"INCIDENT_UPDATE", "WORKFLOW_STATUS", "WORKFLOW_CANCEL", "STATUS_QUERY", "EXPLAIN", "RECOMMEND"}
)
_OF_INCIDENTS = frozenset({EntityType.SEVERITY, EntityType.USER, EntityType.CHANNEL})
_FIGURES = frozenset({"METRIC_QUERY", "COMPARE", "EXPLAIN", "RECOMMEND"})
_UNCLEAR = frozenset({"", "NONE", "CLARIFICATION"})


@dataclass(frozen=True)
class Said:
    """What was understood of a message on its own. For `NONE` the entities are those of no intent."""

    text: str
    intent: str
    entities: tuple[Entity, ...]


@dataclass(frozen=True)
class Meant:
    """What a message means after all. `how` says why: `alone`, `answer`, `correction`, `fragment`, `further`."""

    intent: str
    entities: tuple[Entity, ...]
    how: str


Again = Callable[[str], tuple[Entity, ...]]
"""Finds the entities of the message once more, for another intent."""


def resolve(said: Said, history: Sequence[Turn], again: Again | None = None) -> Meant:
    """What `said` means after `history`, the turns in scope from the oldest to the latest, each as it was resolved.

    `again` finds the entities anew if the intent turns out to be another one: a `5` is then a number of replicas.
    What is carried over has an empty text and less confidence.
    """
    shape = frame(said.text, said.entities)
    before = last_request(history, answering=shape.bare)
    if before is None or shape.waits:
        return _alone(said)
    asked = pending(history)
    how = _how(said, shape, before, asked=asked)
    if how == "alone":
        return _alone(said)
    intent = _intent(said, shape, before, how)
    entities = again(intent) if again and intent != said.intent else said.entities
    if how == "correction":
        return Meant(intent, corrected(before.entities, entities, said.text), how)
    if how in {"answer", "fragment"}:
        return _leaning(intent, entities, before, history, shape, how)
    shown = "fragment" if intent != said.intent else how  # what came before says what is asked for
    return Meant(
        intent, _further(replace(said, intent=intent, entities=entities), shape, before, history), shown
    )


def _alone(said: Said) -> Meant:
    return Meant(said.intent, () if said.intent == "NONE" else said.entities, "alone")


def _how(said: Said, shape: Frame, before: Turn, *, asked: bool) -> str:
    """In which way the message leans on what was said before; `alone` if it does not."""
    unclear = said.intent in _UNCLEAR
    if shape.asks_why or _is_update(said, shape, before, asked=asked):
        return "further"
    if shape.corrects and (shape.bare or unclear or shape.corrects_clearly):
        return "correction" if said.entities else "alone"
    if asked and (shape.agrees or (shape.bare and said.entities)):
        return "answer"
    if _is_fragment(said, shape, before):
        return "fragment"
    if said.intent in {"NONE", "HELP", ""} or (said.intent == "CLARIFICATION" and not shape.leans):
        return "alone"
    return "further" if _keeps(said, shape, before) else "alone"


def _is_update(said: Said, shape: Frame, before: Turn, *, asked: bool) -> bool:
    """Whether “it” is an incident that is to be changed: “change it to high” does not change what was asked for."""
    if not shape.points or before.intent == "INCIDENT_UPDATE":
        return False
    changed = {entity.type for entity in said.entities}
    opened = _is_of_an_incident(before) and not asked and bool(changed) and changed <= _OF_INCIDENTS
    return said.intent == "INCIDENT_UPDATE" or opened


def _is_of_an_incident(before: Turn) -> bool:
    """Whether an incident was opened or looked at, so that “make it sev1” is about it."""
    looked = any(entity.type is EntityType.INCIDENT_ID for entity in before.entities)
    return before.intent == "INCIDENT_START" or (before.intent == "STATUS_QUERY" and looked)


def _is_fragment(said: Said, shape: Frame, before: Turn) -> bool:
    """Whether it says nothing but another value, or that the same is wanted once more."""
    own = said.intent not in _UNCLEAR and said.intent != before.intent
    if own and shape.points and not shape.same:
        return False  # “how is its error rate?” after a deployment is no second deployment
    if shape.bare and (said.entities or (shape.leans and (shape.same or shape.other))):
        return True
    return shape.same and (said.intent in _UNCLEAR or said.intent == before.intent)


def _keeps(said: Said, shape: Frame, before: Turn) -> bool:
    if shape.points or shape.other:
        return True
    named = any(entity.type in _OBJECTS for entity in said.entities)
    if shape.general:
        return False
    return not named or said.intent == before.intent


def _intent(said: Said, shape: Frame, before: Turn, how: str) -> str:
    """That of the request before, unless a fragment names what only another kind of question is about."""
    if how == "further":
        return _intent_of_its_own(said, shape, before)
    kinds = {entity.type for entity in said.entities}
    if how == "fragment" and not shape.same:
        if EntityType.METRIC in kinds and before.intent not in _FIGURES:
            return "METRIC_QUERY"
        if EntityType.LEVEL in kinds and before.intent not in {"LOG_QUERY", "EXPLAIN", "COMPARE"}:
            return "LOG_QUERY"
    return before.intent


def _intent_of_its_own(said: Said, shape: Frame, before: Turn) -> str:
    """What a request asks for that leaves out what it is about: of workflows, `is it done?` asks for their status."""
    if shape.asks_why:
        return "EXPLAIN"
    kinds = {entity.type for entity in said.entities}
    if _is_of_an_incident(before) and shape.points and kinds and kinds <= _OF_INCIDENTS:
        return "INCIDENT_UPDATE"
    if (
        said.intent == "STATUS_QUERY"
        and shape.points
        and before.intent.startswith("WORKFLOW")
        and not kinds & _OBJECTS
    ):
        return "WORKFLOW_STATUS"
    return before.intent if said.intent in _UNCLEAR else said.intent


def _leaning(
    intent: str, entities: tuple[Entity, ...], before: Turn, history: Sequence[Turn], shape: Frame, how: str
) -> Meant:
    old = before.entities
    if intent != before.intent:
        old = tuple(entity for entity in old if entity.type in _STAY_ELSEWHERE | {EntityType.TIME_RANGE})
    if shape.other and not any(entity.type in _OBJECTS for entity in entities):
        entities = (*entities, *other_one(before.entities, history))
    return Meant(intent, merged(old, entities), how)


def _further(said: Said, shape: Frame, before: Turn, history: Sequence[Turn]) -> tuple[Entity, ...]:
    """A request of its own, with what it leaves out."""
    entities = said.entities
    if shape.other and not any(entity.type in _OBJECTS for entity in entities):
        entities = (*entities, *other_one(before.entities, history))
    stay = set(_STAY if said.intent == before.intent else _STAY_ELSEWHERE)
    if shape.points or not any(entity.type in _OBJECTS for entity in entities):
        stay |= set(_POINTED.get(said.intent, ()))
    if shape.names_unknown or any(
        entity.type in _STAY_ELSEWHERE - {EntityType.ENVIRONMENT} for entity in entities
    ):
        stay -= {EntityType.SERVICE, EntityType.MODEL}
    kept = tuple(entity for entity in before.entities if entity.type in stay)
    named = {entity.type for entity in (*entities, *kept)}
    wanted = _POINTED.get(said.intent, ())
    if said.intent in _IDS and shape.points and not named & set(wanted):
        kept = (*kept, *(entity for entity in ids_of(history) if entity.type in wanted))
    return merged(kept, entities)
