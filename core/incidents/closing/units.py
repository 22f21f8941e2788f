"""Closing incidents: by hand, and those that stayed resolved for long enough; each public function one transaction."""

from collections.abc import Mapping
from typing import Any, Protocol

from core.incidents import records
from core.incidents.config import IncidentsConfig
from core.incidents.incident import Incident, State
from core.incidents.states import Happening
from core.incidents.units import Step, step
from core.people.person import Person
from core.store import deadlines
from core.store.engine import Unit
from core.text import moment

CLOSE = "incidents.close"
_RULE = Person(id="system", name="Wardroom", kind="agent")


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def incidents(self) -> IncidentsConfig:
        """How incidents go."""
        ...


def close(unit: Unit, incident_id: str, by: Person) -> Incident:
    """Nothing more is expected of it.

    Raises:
        Conflict: it is not resolved.
    """
    incident = records.get(unit, incident_id, lock=True)
    deadlines.clear(unit, CLOSE, incident.id)
    return step(unit, incident, Step(Happening.CLOSED, by, f"{by.name} closed it."))


def on_resolved(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """It is over: when it has stayed so for long enough, it is closed."""
    del data
    incident = records.get(unit, ref)
    if incident.state is State.RESOLVED and incident.resolved is not None:
        deadlines.set(unit, CLOSE, ref, incident.resolved + scene.incidents.close_after)


def on_due(unit: Unit, scene: Scene, ref: str) -> None:
    """Close it, if it is still resolved and has been for long enough."""
    incident = records.get(unit, ref, lock=True)
    if incident.state is not State.RESOLVED or incident.resolved is None:
        return
    due = incident.resolved + scene.incidents.close_after
    if due > unit.now:
        deadlines.set(unit, CLOSE, ref, due)
        return
    words = f"Closed by rule: nothing came up since it was resolved on {moment(incident.resolved)}."
    step(unit, incident, Step(Happening.CLOSED, _RULE, words))
