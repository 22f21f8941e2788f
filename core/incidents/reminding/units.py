"""Reminding of updates: set by what happens to an incident, told to whoever speaks for it; each one transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from core.errors import Conflict
from core.incidents import records as incidents
from core.incidents.config import IncidentsConfig
from core.incidents.incident import Incident
from core.incidents.reminding import pace, records
from core.incidents.reminding.pace import Pace
from core.incidents.units import VIEW, note
from core.incidents.whispers.units import hand, on_lost
from core.people.person import Person
from core.store import deadlines, events, outbox, turns
from core.store.engine import Unit
from core.text import moment

REMIND = "incidents.remind"
CARD = "incident_reminder"


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def incidents(self) -> IncidentsConfig:
        """How incidents go."""
        ...

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody, by id."""
        ...


def on_changed(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """Something happened to it: say anew when news is due."""
    del data
    turns.take(unit, f"pace:{ref}")
    incident, known = incidents.get(unit, ref), records.of(unit, ref)
    _keep(unit, incident, pace.follows(incident, known, scene.incidents.cadence, unit.now), known)


def on_due(unit: Unit, scene: Scene, ref: str) -> None:
    """News was due: remind whoever speaks for it, else whoever leads; while there is none, again after the same time."""
    turns.take(unit, f"pace:{ref}")
    incident, known = incidents.get(unit, ref), records.of(unit, ref)
    span = pace.span(incident, scene.incidents.cadence)
    if known.off or known.due is None or known.due > unit.now or span is None:
        return
    person = scene.people.get(incident.comms or incident.lead)
    former = outbox.refs(unit, CARD, f"{ref}:")[-1:]
    is_told = person is not None and hand(unit, person, ref, CARD, ref)
    if is_told:
        # Only the newest stays true: were all kept so, each reminder would edit every one before it.
        for one in former:
            outbox.refresh(unit, CARD, one)
    if not is_told:
        words = f"News of {ref} is due, and nobody {'could be reminded' if person else 'leads it'}: `/incident update`."
        outbox.tell(unit, VIEW, ref, words, ping=(person.id,) if person else ())
    told = {"person": person.id if person else ""}
    events.append(unit, "incident.update_due", ref, actor="system", data=told)
    _keep(unit, incident, Pace(unit.now + span, known.since, late=known.late or known.due), known)


def put_off(unit: Unit, incident_id: str, by: Person, span: timedelta) -> datetime:
    """News will come later; returns when it is due now.

    Raises:
        Conflict: it is over.
    """
    incident, known = _open(unit, incident_id)
    when = unit.now + span
    _keep(unit, incident, Pace(when, known.since or incident.updated or incident.created, by=by.name), known)
    note(unit, incident_id, "reminder", by.name, f"{by.name}: the next update comes by {moment(when)}.")
    return when


def switch(unit: Unit, scene: Scene, incident_id: str, by: Person, *, on: bool) -> datetime | None:
    """Remind of updates, or of none any more; returns when one is due.

    Raises:
        Conflict: it is over, or is so already.
    """
    incident, known = _open(unit, incident_id)
    if on is not known.off:
        raise Conflict(
            f"Reminders of {incident_id} are {'on' if on else 'off'} already.", "Nothing was changed."
        )
    span = pace.span(incident, scene.incidents.cadence)
    when = unit.now + span if on and span is not None else None
    news = incident.updated or incident.created
    _keep(unit, incident, Pace(when, news) if on else Pace(off=True, by=by.name), known)
    note(
        unit,
        incident_id,
        "reminder",
        by.name,
        f"{by.name} switched reminders of updates {'on' if on else 'off'}.",
    )
    return when


def _open(unit: Unit, incident_id: str) -> tuple[Incident, Pace]:
    turns.take(unit, f"pace:{incident_id}")
    incident = incidents.get(unit, incident_id)
    if not incident.is_open:
        raise Conflict(
            f"{incident_id} is {incident.state}; nobody waits for news of it.", "Nothing was changed."
        )
    return incident, records.of(unit, incident_id)


def _keep(unit: Unit, incident: Incident, wanted: Pace, before: Pace) -> None:
    if wanted == before:
        return
    records.keep(unit, incident.id, wanted)
    if wanted.due is None:
        deadlines.clear(unit, REMIND, incident.id)
    else:
        deadlines.set(unit, REMIND, incident.id, wanted.due)
    outbox.refresh(unit, VIEW, incident.id)
    for newest in outbox.refs(unit, CARD, f"{incident.id}:")[-1:]:
        outbox.refresh(unit, CARD, newest)


LOST = {CARD: on_lost}
