"""Letting a runbook begin by itself: planned from its rule, judged by the policies like anybody's wish."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import Conflict, Forbidden, Invalid, NotFound, VersionConflict
from core.incidents.incident import Incident
from core.incidents.remedies import words
from core.incidents.remedies.config import RemediationConfig, RuleConfig
from core.incidents.remedies.remedy import Stage, Try
from core.incidents.units import VIEW
from core.people.person import Person
from core.place import Place
from core.runbooks import expressions, plan
from core.runbooks.definition import Runbook
from core.runbooks.gate import HELPER
from core.runbooks.params import Names
from core.runbooks.starting import units as starting
from core.runbooks.units import runs
from core.runbooks.units.commit import VIEW as RUN
from core.store import outbox
from core.store.engine import Unit

BY = Person(id=HELPER, name="Automation", kind="agent")


@dataclass(frozen=True)
class Wanted:
    """A rule's runbook is to begin for an incident; `seen` is what its parameters see.

    `number` counts the tries, and `turn` those that began to run, with this one.
    """

    incident: Incident
    rule: RuleConfig
    seen: Mapping[str, Any]
    number: int
    turn: int
    limits: RemediationConfig

    @property
    def key(self) -> str:
        """What recognises a repeat."""
        return f"{BY.id}/{self.incident.id}/{self.number}"


def begin(unit: Unit, scene: starting.Stage, wanted: Wanted) -> tuple[Try, str]:
    """Begin it; what came of it, and what is said of that. What is refused is a try without a run."""
    incident, name = wanted.incident, wanted.rule.runbook
    made = Try("", incident.id, incident.service, name, "", Stage.REFUSED, unit.now)
    try:
        planned = _plan(scene, wanted)
        here = next(iter(_places(unit, incident.id)), None)
        wish = runs.Start(planned, BY, wanted.key, here, incident.id, by_file=True)
        run = starting.begin(unit, wish, scene)
        # Its card says that it runs, and how far it is, wherever people follow the incident.
        for place in _places(unit, incident.id):
            outbox.publish(unit, RUN, run.id, place)
    except VersionConflict:
        raise
    except (Conflict, Forbidden, Invalid, NotFound) as error:
        return made, words.refused(name, error.sentence())
    is_asked = bool(run.request) and run.started_at is None
    said = words.begins(planned.title, run.id, wanted.turn, wanted.limits.per_incident, is_asked=is_asked)
    return Try("", incident.id, incident.service, name, run.id, Stage.RUNNING, unit.now), said


def _plan(scene: starting.Stage, wanted: Wanted) -> plan.Plan:
    rule, book = wanted.rule, scene.runbooks[wanted.rule.runbook]
    given = expressions.fill(dict(rule.params), wanted.seen)
    service = _parameter(book, "service")
    if service and service not in rule.params and wanted.incident.service:
        given[service] = wanted.incident.service
    made = plan.make(book, given, Names(scene.services, scene.environments, scene.runbooks))
    for allowed in (rule.environments, wanted.limits.environments):
        if allowed and made.environment not in allowed:
            where = f"in {made.environment}" if made.environment else "without an environment"
            raise Forbidden(f"It would run {where}, and by itself it runs only in {', '.join(allowed)}.")
    return made


def _parameter(book: Runbook, kind: str) -> str:
    return next((name for name, param in book.params.items() if param.type == kind), "")


def _places(unit: Unit, incident: str) -> list[Place]:
    """The threads of the incident's cards; where a whole channel is about it, the channel. Before any is posted, the first place."""
    places = outbox.places(unit, VIEW, incident)
    posted = [one for one in places if one.message] or places[:1]
    return [one.model_copy(update={"message": None}) if one.flat else one for one in posted]
