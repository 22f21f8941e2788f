"""Whether a message answers a question of the bot that is still open, and what it means then. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from core.language.entity import Entity, EntityType
from core.language.leaning import answering, orders
from core.language.leaning.asking import ACTS, Asked
from core.language.leaning.choosing import Choice, chosen
from core.language.leaning.finder import Finder
from core.language.leaning.frame import Frame, frame
from core.language.leaning.keeping import OBJECTS, UNCLEAR, kept_elsewhere
from core.language.leaning.merging import corrected, is_mended, merged
from core.language.leaning.said import SAYS_SO, Meant, Said
from core.language.leaning.turns import Turn, ids_of, last_request

_OFFERED = OBJECTS | {
    EntityType.ENVIRONMENT,
    EntityType.VERSION,
    EntityType.REPLICA_COUNT,
    EntityType.USER,
    EntityType.SEVERITY,
}
_SHORT = 10  # words


def answered(
    said: Said, shape: Frame, asked: tuple[Asked, ...], history: Sequence[Turn], finder: Finder
) -> Meant | None:
    """What it means as the answer to one of the open questions; None if it answers none."""
    for one in asked:
        if one.request.intent == "CLARIFICATION" or (shape.looks and one.request.intent in ACTS):
            continue  # “show me payments” answers nothing about what is to be done
        choice = None if shape.asks or len(said.text.split()) > _SHORT else chosen(said.text, one.options)
        values = answering.values(said.text, one, choice, finder)
        seen = replace(said, entities=values)
        if not _answers(seen, frame(said.text, values), one, choice, history):
            continue
        offer = _accepted(said.text, one, values, finder) if one.confirms else None
        if offer is not None:
            return offer
        return Meant(one.request.intent, _joined(one.request.entities, values, said.text), "answer")
    return None


def _accepted(text: str, asked: Asked, values: tuple[Entity, ...], finder: Finder) -> Meant | None:
    """What the bot offered to do besides what was asked for, and what of it is known."""
    intent, what = orders.offered_to_do(asked.text)
    if not intent and asked.request.intent not in ACTS:
        intent, what = orders.proposed(text, asked.request, asked.text), ""
    if not intent or intent == asked.request.intent:
        return None
    named = tuple(
        replace(one, text="", start=0, end=0) for one in finder.find(what, intent) if one.type in _OFFERED
    )
    old = kept_elsewhere(asked.request.entities)
    if intent == "INCIDENT_UPDATE":
        old += tuple(one for one in asked.request.entities if one.type is EntityType.INCIDENT_ID)
    return Meant(intent, merged(merged(old, named), values), "answer")


def _joined(old: tuple[Entity, ...], new: tuple[Entity, ...], text: str) -> tuple[Entity, ...]:
    return corrected(old, new, text) if is_mended(new, text) else merged(old, new)


def _answers(said: Said, shape: Frame, asked: Asked, choice: Choice | None, history: Sequence[Turn]) -> bool:
    """Whether the message, with the values that it has as an answer, answers that question."""
    fits = any(one.type in asked.kinds for one in said.entities)
    if shape.asks:
        return asked.is_last and fits and shape.bare and not shape.asks_openly
    is_other = _is_another_request(said, asked, history)
    if choice is not None or (
        shape.corrects_clearly and not (fits and (asked.is_last or not _mends(said, history)))
    ):
        # “restart checkout” chooses no service for what is to be deployed.
        orders_other = is_other and shape.orders and not shape.bare and not asked.confirms
        return choice is not None and not orders_other
    if asked.confirms and shape.agrees:
        return not (is_other and shape.orders)
    if asked.is_last and not fits:
        return shape.bare and bool(said.entities) and not shape.corrects and not (is_other and shape.points)
    if not fits or (shape.adds and not asked.is_last):
        return False
    says_more = not asked.is_last or shape.orders or _names_other(said, asked)
    return shape.bare or not (is_other and says_more)


def _mends(said: Said, history: Sequence[Turn]) -> bool:
    """Whether it may correct what was asked for last."""
    last = last_request(history)
    old = {one.type for one in last.entities} if last is not None else set[EntityType]()
    return any(one.type in old for one in said.entities)


def _is_another_request(said: Said, asked: Asked, history: Sequence[Turn]) -> bool:
    """Whether by itself it surely asks for something else."""
    if said.intent in UNCLEAR | {"HELP"} or said.sure < SAYS_SO:
        return False
    if said.intent == asked.request.intent:
        return _is_whole(said, asked)
    if (said.intent, asked.request.intent) == ("INCIDENT_UPDATE", "INCIDENT_START"):
        return bool(ids_of(history))
    return True


def _is_whole(said: Said, asked: Asked) -> bool:
    """Whether it says all of a request anew: what is to be done, to what, and more than was asked for."""
    named = {one.type for one in said.entities}
    return bool(named & OBJECTS and named - asked.kinds) and frame(said.text, said.entities).orders


def _names_other(said: Said, asked: Asked) -> bool:
    """Whether it is about another thing than the request."""
    old = {one.type: one.value for one in asked.request.entities}
    return any(one.type in OBJECTS and old.get(one.type, one.value) != one.value for one in said.entities)
