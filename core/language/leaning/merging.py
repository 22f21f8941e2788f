"""New values put in the place of old ones. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from core.language.entity import Entity, EntityType
from core.language.leaning.turns import Turn

_FAMILIES = (
    frozenset({EntityType.SERVICE, EntityType.MODEL}),
    frozenset({EntityType.WORKFLOW, EntityType.RUNBOOK}),
)
_NUMBERS = frozenset({EntityType.REPLICA_COUNT, EntityType.PERCENTAGE, EntityType.NUMERIC_VALUE})
_NOT = re.compile(
    r"\b(?:not|instead of|rather than|wasn't|isn't|don't mean)\s+(?:the |for |in |on |of )?[`'\"“*]?$",
    re.IGNORECASE,
)
_OBJECTS = (
    EntityType.SERVICE,
    EntityType.MODEL,
    EntityType.ENVIRONMENT,
    EntityType.WORKFLOW,
    EntityType.RUNBOOK,
)
_CARRIED = 0.85


def carried(entity: Entity) -> Entity:
    """The entity as one that was not said this time."""
    return replace(entity, text="", start=0, end=0, confidence=round(entity.confidence * _CARRIED, 4))


def merged(old: Iterable[Entity], new: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """The new ones, and the old ones of kinds that have no new one."""
    gone = _replaced({entity.type for entity in new})
    if any(entity.type is EntityType.METRIC and entity.value != "latency" for entity in new):
        gone = gone | {EntityType.QUANTILE}  # a quantile is one of the metric that was asked for before
    return (*new, *(carried(entity) for entity in old if entity.type not in gone))


def corrected(old: tuple[Entity, ...], new: tuple[Entity, ...], text: str) -> tuple[Entity, ...]:
    """The old ones with one value replaced: of `not staging, dev` the second, and of two of a kind the one that was wrong."""
    wrong = _wrong(new, text)
    right = [entity for entity in new if entity not in wrong]
    right = [_as_was(entity, old) for entity in right]
    if wrong and not right:
        return tuple(carried(entity) for entity in old if not _among(entity, wrong))
    kinds = {entity.type for entity in right}
    several = [entity for entity in old if _among(entity, wrong)]
    kept = [
        entity
        for entity in old
        if not _among(entity, wrong)
        and (
            entity.type not in _replaced(kinds)
            or (several and any(one.type is entity.type for one in several))
        )
    ]
    return (*right, *(carried(entity) for entity in kept if not _among(entity, right)))


def is_mended(new: Iterable[Entity], text: str) -> bool:
    """Whether of two values of a kind one is named that is not meant: “7.0.1, not 7.0.0”."""
    wrong = _wrong(new, text)
    return any(one.type is other.type for one in wrong for other in new if other not in wrong)


def _wrong(new: Iterable[Entity], text: str) -> list[Entity]:
    """What is named as what is not meant; of `not p99` the quantile, and no metric."""
    found = [one for one in new if one.text and _NOT.search(text[: one.start])]
    quantiles = {one.start for one in found if one.type is EntityType.QUANTILE}
    return [one for one in found if one.type is not EntityType.METRIC or one.start not in quantiles]


def other_one(old: Iterable[Entity], history: Sequence[Turn]) -> tuple[Entity, ...]:
    """What was spoken of before, of the same kind as what is spoken of now, but not it."""
    current = [entity for entity in old if entity.type in _OBJECTS]
    for kind in _OBJECTS:
        now = [entity for entity in current if entity.type is kind]
        for turn in reversed(history):
            for entity in turn.entities:
                if now and entity.type is kind and entity.value != now[-1].value:
                    return (carried(entity),)
    return ()


def _as_was(entity: Entity, old: tuple[Entity, ...]) -> Entity:
    """A bare number stands for the number that was said before."""
    if entity.type is not EntityType.NUMERIC_VALUE:
        return entity
    kind = next((one.type for one in old if one.type in _NUMBERS), entity.type)
    return replace(entity, type=kind)


def _among(entity: Entity, some: Iterable[Entity]) -> bool:
    return any(one.type is entity.type and one.value == entity.value for one in some)


def _replaced(kinds: set[EntityType]) -> set[EntityType]:
    """The kinds that these take the place of."""
    return kinds | {kind for family in _FAMILIES if family & kinds for kind in family}
