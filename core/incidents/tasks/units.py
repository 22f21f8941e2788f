"""Tasks of incidents: given, done, taken up again, and told of when they are due; each public function one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from core.errors import Conflict, Invalid
from core.incidents import records as incidents
from core.incidents.incident import Incident
from core.incidents.tasks import records
from core.incidents.tasks.task import Task
from core.incidents.units import VIEW, Told, change
from core.incidents.whispers.units import hand, on_lost
from core.people.person import Person
from core.store import deadlines, outbox
from core.store.engine import Unit
from core.text import moment, one_line

CARD = "incident_task"
_MOST = 50
_LONGEST = 300


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody, by id."""
        ...


@dataclass(frozen=True)
class Wanted:
    """Something to do, by whom (nobody: anybody), until when."""

    text: str
    to: Person | None = None
    due: datetime | None = None


def add(unit: Unit, incident_id: str, by: Person, wanted: Wanted) -> Task:
    """There is something to do; whoever shall do it is called.

    Raises:
        Invalid: there are no words, or that time is over.
        Conflict: it has as many tasks as anybody can read.
    """
    incident = incidents.get(unit, incident_id, lock=True)
    text = one_line(wanted.text, _LONGEST)
    if not text:
        raise Invalid("What is to be done?", "For example: `/incident task add INC-1 rotate the keys @bo`.")
    if wanted.due is not None and wanted.due <= unit.now:
        raise Invalid("That time is over.", "Name one that is yet to come.")
    known = records.of(unit, incident_id)
    if len(known) >= _MOST:
        raise Conflict(
            f"{incident_id} has {_MOST} tasks.", "Finish some, or keep the rest where you plan work."
        )
    task = Task(incident_id, len(known) + 1, text, by.name, unit.now, due=wanted.due)
    if wanted.to is not None:
        task = replace(task, assignee=wanted.to.id, assignee_name=wanted.to.name)
    records.add(unit, task)
    if task.due is not None:
        deadlines.set(unit, records.DUE, task.ref, task.due)
    until = f", until {moment(task.due)}" if task.due else ""
    ping = (task.assignee,) if task.assignee not in ("", by.id) else ()
    _tell(
        unit, incident, by, task, ("task_added", f"{by.name}: task {task.number}: {task.words}{until}", ping)
    )
    return task


def finish(unit: Unit, incident_id: str, number: int, by: Person) -> Task:
    """It is done.

    Raises:
        NotFound: there is no such task.
        Conflict: it was done before.
    """
    incident = incidents.get(unit, incident_id, lock=True)
    task = records.get(unit, incident_id, number)
    if task.done is not None:
        raise Conflict(
            f"Task {number} of {incident_id} is done already, by {task.done_by}.", "Nothing was changed."
        )
    done = replace(task, done=unit.now, done_by=by.name)
    records.save(unit, done)
    deadlines.clear(unit, records.DUE, task.ref)
    _tell(unit, incident, by, done, ("task_done", f"{by.name} did task {number}: {task.text}", ()))
    return done


def again(unit: Unit, incident_id: str, number: int, by: Person) -> Task:
    """It is not done after all.

    Raises:
        NotFound: there is no such task.
        Conflict: it is open.
    """
    incident = incidents.get(unit, incident_id, lock=True)
    task = records.get(unit, incident_id, number)
    if task.done is None:
        raise Conflict(f"Task {number} of {incident_id} is open.", "Nothing was changed.")
    opened = replace(task, done=None, done_by="")
    records.save(unit, opened)
    if task.due is not None and task.due > unit.now:
        deadlines.set(unit, records.DUE, task.ref, task.due)
    _tell(
        unit, incident, by, opened, ("task_opened", f"{by.name}: task {number} is not done: {task.text}", ())
    )
    return opened


def on_due(unit: Unit, scene: Scene, ref: str) -> None:
    """A task was to be done by now: if it is not, whoever has it is reminded, else its incident's thread is told."""
    incident, _, number = ref.partition("/")
    task = records.get(unit, incident, int(number))
    if task.done is not None or task.due is None or task.due > unit.now:
        return
    person = scene.people.get(task.assignee)
    if person is None or not hand(unit, person, incident, CARD, ref):
        outbox.tell(unit, VIEW, incident, f"Task {task.number} is due now: {task.words}.")


def _tell(
    unit: Unit, incident: Incident, by: Person, task: Task, said: tuple[str, str, tuple[str, ...]]
) -> None:
    kind, words, ping = said
    data = {"task": task.number, "assignee": task.assignee}
    change(unit, incident, Told(f"incident.{kind}", by, words, ping, data))
    outbox.refresh_all(unit, CARD, f"{task.ref}:")


LOST = {CARD: on_lost}
