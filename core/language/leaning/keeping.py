"""What a further request keeps of the one before it. Pure."""

from collections.abc import Iterable, Sequence

from core.language.entity import Entity, EntityType
from core.language.leaning.frame import Frame
from core.language.leaning.merging import merged, other_one
from core.language.leaning.said import Said
from core.language.leaning.turns import Turn, ids_of

UNCLEAR = frozenset({"", "NONE", "CLARIFICATION"})
FIGURES = frozenset({"METRIC_QUERY", "COMPARE", "EXPLAIN", "RECOMMEND"})
OBJECTS = frozenset(
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
_STAY = frozenset(
    {EntityType.SERVICE, EntityType.MODEL, EntityType.ENVIRONMENT, EntityType.METRIC, EntityType.TIME_RANGE}
)
_STAY_ELSEWHERE = frozenset({EntityType.SERVICE, EntityType.MODEL, EntityType.ENVIRONMENT})
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
_ALREADY_ID = frozenset({EntityType.INCIDENT_ID, EntityType.EXECUTION_ID})
_IDS = frozenset(
    {"INCIDENT_UPDATE", "WORKFLOW_STATUS", "WORKFLOW_CANCEL", "STATUS_QUERY", "EXPLAIN", "RECOMMEND"}
)


def kept_elsewhere(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """What a request of another kind keeps."""
    return tuple(one for one in entities if one.type in _STAY_ELSEWHERE)


def further(said: Said, shape: Frame, before: Turn, history: Sequence[Turn]) -> tuple[Entity, ...]:
    """What a request of its own names, with what it leaves out."""
    entities = said.entities
    if shape.other and not any(entity.type in OBJECTS for entity in entities):
        entities = (*entities, *other_one(before.entities, history))
    stay = set(_STAY if said.intent == before.intent else _STAY_ELSEWHERE)
    if shape.points or not any(entity.type in OBJECTS for entity in entities):
        stay |= set(_POINTED.get(said.intent, ()))
    if shape.names_unknown or any(
        entity.type in _STAY_ELSEWHERE - {EntityType.ENVIRONMENT} for entity in entities
    ):
        stay -= {EntityType.SERVICE, EntityType.MODEL}
    kept = tuple(entity for entity in before.entities if entity.type in stay)
    return merged(_with_id(said, shape, (*entities, *kept), kept, history), entities)


def _with_id(
    said: Said, shape: Frame, named: tuple[Entity, ...], kept: tuple[Entity, ...], history: Sequence[Turn]
) -> tuple[Entity, ...]:
    """With the id that the bot gave to what “it” is: the run of a workflow, the incident that was opened."""
    wanted = set(_POINTED.get(said.intent, ())) & _ALREADY_ID
    if said.intent not in _IDS or not shape.points or {one.type for one in named} & wanted:
        return kept
    ids = tuple(one for one in ids_of(history) if one.type in wanted)
    ids = ids if len(ids) == 1 else ()  # of several, “it” is none
    names = {EntityType.WORKFLOW, EntityType.RUNBOOK} if ids else set[EntityType]()
    return (*(one for one in kept if one.type not in names), *ids)
