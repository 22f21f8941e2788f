"""What is meant by words that lean on what was said before: “and in staging?”, “its warnings”, “no, payments”. Pure.

Service, environment, metric and time stay for a further question of the same kind; a request of another kind keeps
service and environment, and what “it” points at; a general question keeps nothing; a correction replaces one value.
A question of the bot stays open over what is asked in between.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.language.entity import Entity, EntityType
from core.language.leaning import answering, manner, orders
from core.language.leaning.asking import ACTS, still_open
from core.language.leaning.choosing import counted, offered
from core.language.leaning.finder import Finder
from core.language.leaning.frame import frame
from core.language.leaning.keeping import FIGURES, OBJECTS, UNCLEAR, further, kept_elsewhere
from core.language.leaning.manner import OF_INCIDENTS, Case, is_of_an_incident, is_update
from core.language.leaning.merging import corrected, merged, other_one
from core.language.leaning.replying import answered
from core.language.leaning.said import SAYS_SO, Meant, Said
from core.language.leaning.shifting import shifted, with_time
from core.language.leaning.turns import Turn, ids_of, last_request

_TOLD = OBJECTS - {EntityType.RUNBOOK}
_IN_PROPOSALS = frozenset({EntityType.REPLICA_COUNT, EntityType.VERSION, EntityType.RUNBOOK})
_SHOWN = {
    EntityType.METRIC: "METRIC_QUERY",
    EntityType.QUANTILE: "METRIC_QUERY",
    EntityType.LEVEL: "LOG_QUERY",
}


def resolve(said: Said, history: Sequence[Turn], finder: Finder) -> Meant:
    """What `said` means after `history`, the turns in scope from the oldest to the latest, each as it was resolved.

    `finder` finds the entities anew where the intent turns out to be another one: a `5` is then a number of replicas.
    What is carried over has an empty text and less confidence.
    """
    shape = frame(said.text, said.entities)
    asked = still_open(history)
    if shape.waits:
        return Meant("NONE", (), "answer") if asked else _alone(said)
    answer = None if shape.asks_why else answered(said, shape, asked, history, finder)
    if answer is not None:
        return answer
    before = last_request(history)
    if asked and asked[0].request.intent == "CLARIFICATION":
        before = asked[0].request
    if before is None:
        return _alone(said)
    return _leaning(_seen(Case(said, shape, before, history, finder)))


def _alone(said: Said) -> Meant:
    return Meant(said.intent, () if said.intent == "NONE" else said.entities, "alone")


def _seen(case: Case) -> Case:
    """With what its words name after the ones before: a time told by another time, a place in a list, an order about “it”."""
    said, before, finder = case.said, case.before, case.finder
    if said.intent in UNCLEAR and not said.entities:
        said = replace(said, entities=finder.find(said.text, before.intent))
        kinds = {one.type for one in before.entities} & {EntityType.SEVERITY, EntityType.REPLICA_COUNT}
        said = replace(said, entities=answering.as_asked(said.text, said.entities, kinds))
    said = replace(said, entities=answering.renumbered(said.entities, before.entities))
    place = _counted(said, case)
    if place is not None:
        said = replace(said, entities=place)
    time = shifted(said.text, before.entities, finder)
    if time is not None:
        said = replace(said, entities=with_time(said.entities, time))
    return replace(
        case, said=said, shape=frame(said.text, said.entities), time=time, counts=place is not None
    )


def _counted(said: Said, case: Case) -> tuple[Entity, ...] | None:
    """What it names with `the first one` of what the bot told last; None if it names none that way."""
    last = next((turn.text for turn in reversed(case.history) if turn.role == "bot"), "")
    ids = tuple(str(one.value) for one in ids_of(case.history))
    found = counted(said.text, ids if len(ids) > 1 else offered(last))
    if found is None or any(one.type in _TOLD for one in said.entities):
        return None
    named = [one for one in case.finder.find(found.text, said.intent) if one.type in OBJECTS]
    around = (one for one in said.entities if not (found.start <= one.start < found.end))
    return (*around, *(replace(one, text="", start=0, end=0) for one in named)) if named else None


def _leaning(case: Case) -> Meant:
    said, shape, before = case.said, case.shape, case.before
    wanted = _ordered(case)
    if wanted:
        told = _proposal(case, wanted) if not shape.points or wanted not in {"EXPLAIN", "DEPLOY"} else ()
        found = said.entities if wanted == said.intent else _again(case, wanted)
        meant = further(replace(said, intent=wanted, entities=found), shape, before, case.history)
        return Meant(wanted, merged(told, meant) if told else meant, "order")
    how = manner.how(case)
    if how == "alone":
        return _alone(said)
    intent = _intent(case, how)
    entities = said.entities if intent == said.intent else _again(case, intent)
    if how == "correction":
        return Meant(intent, corrected(before.entities, entities, said.text), how)
    if how == "fragment":
        return _fragment(case, intent, entities)
    if intent != said.intent or (
        said.sure < SAYS_SO and is_update(case)
    ):  # what came before says what is asked for
        how = "fragment" if intent == before.intent != "INCIDENT_UPDATE" else "order"
    found = further(replace(said, intent=intent, entities=entities), shape, before, case.history)
    return Meant(intent, found, how)


def _again(case: Case, intent: str) -> tuple[Entity, ...]:
    """What it names if it asks for that, with what only the words before could tell."""
    found = answering.renumbered(case.finder.find(case.said.text, intent), case.before.entities)
    if case.counts:
        return case.said.entities
    there = {one.type for one in found}
    places = {one.start for one in found if one.text}
    more = (
        one for one in case.said.entities if one.type not in there and not (one.text and one.start in places)
    )
    found = (*found, *(one for one in more if one.type is not EntityType.NUMERIC_VALUE))
    return with_time(found, case.time) if case.time is not None else found


def _ordered(case: Case) -> str:
    """The intent of an order about “it”, or of a yes to what the bot proposed; empty if it is neither."""
    said, before = case.said, case.before
    is_why = orders.ordered(said.text, before, ()) == "EXPLAIN"
    if (
        said.sure >= SAYS_SO
        and said.intent not in UNCLEAR | {"HELP"}
        and not (is_why and said.intent == "STATUS_QUERY")
    ):
        return ""
    near = {one.type for one in (*before.entities, *ids_of(case.history))}
    wanted = orders.ordered(said.text, before, near & {EntityType.INCIDENT_ID, EntityType.EXECUTION_ID})
    kinds = {one.type for one in said.entities}
    if not wanted and case.shape.points and (case.shape.orders or case.shape.asks):
        wanted = next((intent for kind, intent in _SHOWN.items() if kind in kinds), "")
    if wanted or before.intent in ACTS or not case.history or case.history[-1].role != "bot":
        return wanted
    return orders.proposed(said.text, before, case.history[-1].text)


def _proposal(case: Case, intent: str) -> tuple[Entity, ...]:
    """How many and which of what the bot proposed."""
    last = case.history[-1]
    if last.role != "bot" or not orders.proposed(case.said.text, case.before, last.text):
        return ()
    return tuple(one for one in case.finder.find(last.text, intent) if one.type in _IN_PROPOSALS)


def _intent(case: Case, how: str) -> str:
    """That of the request before, unless a fragment names what only another kind of question is about."""
    said, before = case.said, case.before
    if how == "further":
        return _intent_of_its_own(case)
    kinds = {entity.type for entity in said.entities}
    if how == "fragment" and not case.shape.same:
        if EntityType.METRIC in kinds and before.intent not in FIGURES:
            return "METRIC_QUERY"
        if EntityType.LEVEL in kinds and before.intent not in {"LOG_QUERY", "EXPLAIN", "COMPARE"}:
            return "LOG_QUERY"
    return before.intent


def _intent_of_its_own(case: Case) -> str:
    """What a request asks for that leaves out what it is about: of workflows, `is it done?` asks for their status."""
    said, shape, before = case.said, case.shape, case.before
    if shape.asks_why:
        return "EXPLAIN"
    kinds = {entity.type for entity in said.entities}
    if is_of_an_incident(before) and shape.points and kinds and kinds <= OF_INCIDENTS:
        return "INCIDENT_UPDATE"
    of_runs = before.intent.startswith("WORKFLOW") and not kinds & OBJECTS
    if said.intent == "STATUS_QUERY" and shape.points and of_runs:
        return "WORKFLOW_STATUS"
    if said.intent in UNCLEAR and before.intent == "EXPLAIN" and EntityType.METRIC in kinds:
        return "METRIC_QUERY"
    return before.intent if said.intent in UNCLEAR and before.intent != "INCIDENT_START" else said.intent


def _fragment(case: Case, intent: str, entities: tuple[Entity, ...]) -> Meant:
    old = case.before.entities
    if intent != case.before.intent:
        old = tuple(one for one in old if one in kept_elsewhere(old) or one.type is EntityType.TIME_RANGE)
    if case.shape.other and not any(entity.type in OBJECTS for entity in entities):
        entities = (*entities, *other_one(case.before.entities, case.history))
    return Meant(intent, merged(old, entities), "fragment")
