"""The last run of somebody in a place that an order can be about, where they name none: “retry it”, “cancel the run”."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from core.errors import NotFound
from core.language.clarify import missing
from core.language.entity import Entity, EntityType
from core.language.intent import Intent
from core.language.understand import Understanding
from core.people.person import Person
from core.place import Place
from core.runbooks import records
from core.runbooks.from_language import candidates
from core.runbooks.search import records as search
from core.runbooks.search.records import Which
from core.runbooks.states import ExecutionState
from core.store.engine import Unit
from core.world import World
from handlers.talk import deeds

_UNDER_WAY = tuple(state for state in ExecutionState if not state.is_final)
_MEANT: Mapping[str, tuple[ExecutionState, ...]] = {
    "runbook.cancel": _UNDER_WAY,
    "runbook.pause": tuple(one for one in _UNDER_WAY if one is not ExecutionState.PAUSED),
    "runbook.resume": (ExecutionState.PAUSED,),
    "runbook.retry": (ExecutionState.FAILED, ExecutionState.CANCELLED),
    "runbook.rollback": tuple(one for one in ExecutionState if one is not ExecutionState.ROLLING_BACK),
    "runbook.status": (),
    "runbook.logs": (),
}
"""By the name of a verb the states in which a run can be meant by it; none: any."""
_MOST = 20
_CANCEL = "runbook.cancel"
_EACH = re.compile(r"\b(?:all|every|each|both|runs)\b", re.IGNORECASE)
_TOLD = (EntityType.SERVICE, EntityType.ENVIRONMENT)
_KIND = re.compile(rf"\b(?:{'|'.join(deeds.DONE.values())})\b", re.IGNORECASE)


def fits(unit: Unit, run: str, verb: str) -> bool:
    """Whether this run can be meant by this verb; one that there is not, an example in an answer, is not."""
    try:
        return not _MEANT.get(verb) or records.get(unit, run).state in _MEANT[verb]
    except NotFound:
        return False


def of_kind(world: World, text: str) -> set[str] | None:
    """The runbooks that do what the words call the run, “stop the deploy”; None where they only say that it is one."""
    found = _KIND.search(text)
    return {book.name for book in candidates(world.runbooks, deeds.kind(found[0]))} if found else None


def last(
    unit: Unit,
    person: Person,
    place: Place,
    verb: str,
    told: Collection[str] = (),
    books: Collection[str] | None = None,
) -> str:
    """The id of the run that this person asked for last in this channel, and that this verb can mean; empty if there is none.

    In direct messages it may be of any place. `told`: what the run was told, such as a service. `books`: of which runbooks.
    """
    which = Which(books, person.id, told, _MEANT.get(verb, ()))
    for run in search.lately(unit, which, limit=_MOST):
        there = run.place
        is_here = there is not None and (there.platform, there.channel) == (place.platform, place.channel)
        if is_here or place.direct:
            return run.id
    return ""


def ended(unit: Unit, world: World, person: Person, place: Place, meant: Understanding) -> Understanding:
    """What ends a run that nobody named ends the last one of whoever says so; it is shown before it is done."""
    runs = [one for one in meant.entities if one.type is EntityType.EXECUTION_ID]
    is_known = any(one.text or fits(unit, str(one.value), _CANCEL) for one in runs)
    if meant.intent is not Intent.WORKFLOW_CANCEL or is_known or _EACH.search(meant.text):
        return meant
    told = [str(one.value) for one in meant.entities if one.text and one.type in _TOLD]
    run = last(unit, person, place, _CANCEL, told, of_kind(world, meant.text))
    if not run:
        return meant
    others = (one for one in meant.entities if one.type is not EntityType.EXECUTION_ID)
    named = (*others, Entity(EntityType.EXECUTION_ID, run, "", 0, 0, 0.8))
    return replace(meant, entities=named, missing=missing(meant.intent, {one.type for one in named}))
