"""Gathering what is told of an incident to an audience; part of a transaction that reads."""

from collections.abc import Mapping
from typing import Protocol

from core.catalogue.model import Service
from core.incidents import records
from core.incidents.alerts.search import records as alerts
from core.incidents.alerts.search.records import Search
from core.incidents.incident import Incident
from core.incidents.reminding import records as paces
from core.incidents.summaries.summary import OURS, Audience, Facts, summary
from core.incidents.tasks import records as tasks
from core.incidents.triage.hypothesis import Verdict
from core.incidents.triage.units import look
from core.runbooks import records as runs
from core.store.engine import Unit


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def services(self) -> Mapping[str, Service]:
        """The catalogue, by name."""
        ...

    @property
    def timezone(self) -> str:
        """The time zone of the house."""
        ...


def tell(unit: Unit, scene: Scene, incident: Incident, audience: Audience) -> str:
    """The incident in words for this audience, as it stands now; of what went into another one, that one's."""
    if incident.merged_into:
        incident = records.get(unit, incident.merged_into)
    return summary(facts(unit, scene, incident), audience)


def public_name(unit: Unit, scene: Scene, incident: Incident) -> str:
    """What people outside call what is disturbed."""
    if incident.merged_into:
        incident = records.get(unit, incident.merged_into)
    service = scene.services.get(incident.service)
    return (service.public_name if service is not None else "") or OURS


def facts(unit: Unit, scene: Scene, incident: Incident) -> Facts:
    """What is told of it."""
    found = look(unit, scene, incident)
    service = scene.services.get(incident.service)
    known, pace = tasks.of(unit, incident.id), paces.of(unit, incident.id)
    started = (runs.get(unit, one) for one in records.runs(unit, incident.id))
    return Facts(
        incident=incident,
        now=unit.now,
        says=service.public_name if service is not None else "",
        team=found.team,
        category=found.category,
        reach=found.downstream,
        users=found.users,
        causes=tuple(
            f"{one.text} ({one.verdict}; {one.evidence})"
            for one in found.hypotheses
            if one.verdict is not Verdict.RULED_OUT
        ),
        firing=alerts.tally(unit, Search(incident=incident.id)).announced,
        runs=tuple(
            f"{run.id} ({run.runbook}): {str(run.state).lower().replace('_', ' ')}" for run in started
        ),
        open_tasks=tuple(f"{task.number}. {task.words}" for task in known if task.done is None),
        tasks=len(known),
        next_update=pace.due,
        late=pace.late,
        zone=scene.timezone,
    )
