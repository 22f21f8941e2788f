"""Making one incident of two: what belongs to one belongs to the other then; one transaction.

It is not taken back: what has come together since could not be told apart. A merged incident says where it went.
"""

from core.errors import Conflict, Invalid
from core.incidents import records as incidents
from core.incidents.incident import Incident, State
from core.incidents.merging import records
from core.incidents.states import Happening
from core.incidents.units import VIEW, Step, Told, change, step
from core.people.person import Person
from core.store import outbox
from core.store.engine import Unit


def merge(unit: Unit, source_id: str, target_id: str, by: Person) -> Incident:
    """The first becomes part of the second: alerts, timeline, tasks, links, hypotheses and those who follow it. Returns the second.

    Raises:
        Invalid: they are one and the same.
        Conflict: one of them was merged before, or the second is over.
    """
    if source_id == target_id:
        raise Invalid(f"{source_id} cannot become part of itself.", "Name two incidents.")
    # In order, so that two people who merge crosswise do not wait for each other.
    found = {one: incidents.get(unit, one, lock=True) for one in sorted((source_id, target_id))}
    source, target = found[source_id], found[target_id]
    _check(source, target)
    records.move(unit, source.id, target.id)
    for place in outbox.places(unit, VIEW, source.id):
        outbox.publish(unit, VIEW, target.id, place.model_copy(update={"thread": None, "message": None}))
    into = {"merged_into": target.id}
    said = f"{by.name} made it a part of {target.id}. Go on there: /incident show {target.id}"
    step(unit, source, Step(Happening.MERGED, by, said, into))
    graver = {"severity": source.severity} if source.severity < target.severity else {}
    service = {"service": source.service} if source.service and not target.service else {}
    words = f"{by.name} made {source.id} a part of it: {source.title}"
    told = Told("incident.merged", by, words, data={"source": source.id})
    return change(unit, target, told, **graver, **service)


def _check(source: Incident, target: Incident) -> None:
    for one in (source, target):
        if one.merged_into:
            mend = f"Go on there: `/incident show {one.merged_into}`."
            raise Conflict(f"{one.id} is a part of {one.merged_into} already.", mend)
    if source.state is State.CLOSED:
        raise Conflict(
            f"{source.id} is closed.",
            f"Say that they belong together: `/incident link {source.id} {target.id}`.",
        )
    if not target.is_open:
        mend = f"Open it again first: `/incident reopen {target.id} …`, or merge the other way round."
        raise Conflict(f"{target.id} is {target.state}.", mend)
