"""Reviews are begun, written, given to somebody, reminded of and finished; each public function one transaction, or a look."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from core.errors import Conflict, Invalid
from core.incidents import records as incidents
from core.incidents.config import IncidentsConfig
from core.incidents.review import records
from core.incidents.review.review import SECTIONS, Document, Review, figures, tasks
from core.incidents.tasks import records as given
from core.incidents.timeline import units as timeline
from core.incidents.timeline.records import Cut
from core.incidents.units import OF_REVIEW, REVIEW
from core.incidents.units import VIEW as INCIDENT
from core.people.person import Person
from core.store import deadlines, events, outbox
from core.store.engine import Unit
from core.text import clean, cut

VIEW, PREFIX = REVIEW, OF_REVIEW
REMIND = "incidents.review"
SECTION = 10_000
_EVERY = timedelta(days=1)
_LINES = 1_000


class Scene(Protocol):
    """What of the world this needs."""

    @property
    def incidents(self) -> IncidentsConfig:
        """How incidents go."""
        ...

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody."""
        ...


def begin(
    unit: Unit,
    scene: Scene,
    incident_id: str,
    by: Person,
    owner: Person | None = None,
    due: datetime | None = None,
) -> Review:
    """The review of an incident, begun unless it was: whoever led it owns it, unless somebody else is named.

    Raises:
        Invalid: that moment is over.
    """
    incident = incidents.get(unit, incident_id, lock=True)
    known = records.find(unit, incident.id)
    if known is not None:
        return known if owner is None and due is None else assign(unit, incident_id, by, owner, due)
    _yet_to_come(unit, due)
    owner = owner or scene.people.get(incident.lead) or by
    due = due or unit.now + scene.incidents.review_due
    review = Review(incident=incident.id, owner=owner.id, owner_name=owner.name, due=due)
    records.add(unit, review)
    _arm(unit, review)
    data = {"owner": owner.id, "due": due}
    events.append(unit, "incident.review_begun", incident.id, actor=by.id, data=data)
    whose = (
        f" and owns it, until {due:%d %B}."
        if owner.id == by.id
        else f". {owner.name} owns it, until {due:%d %B}."
    )
    words = f"{by.name} began the review of {incident.id}{whose}"
    outbox.tell(unit, INCIDENT, incident.id, words, ping=() if owner.id == by.id else (owner.id,))
    return review


def write(
    unit: Unit, incident_id: str, by: Person, sections: Mapping[str, str], seen: int | None = None
) -> Review:
    """Keep what somebody wrote as the next version; parts that are not named stay as they are.

    Raises:
        Invalid: there is no such part.
        Conflict: somebody wrote since version `seen`, or nothing changes.
    """
    review = records.get(unit, incident_id, lock=True)
    unknown = sorted(set(sections) - set(SECTIONS))
    if unknown:
        raise Invalid(f"A review has no part “{unknown[0][:40]}”.", f"It has {', '.join(SECTIONS)}.")
    if seen is not None and seen != review.version:
        raise Conflict(
            f"{review.written_by} wrote in it meanwhile: it is version {review.version} now.",
            "Look at it, and write again; your words are still in your form.",
        )
    said = {**review.sections, **{name: cut(clean(text), SECTION) for name, text in sections.items()}}
    if said == dict(review.sections):
        raise Conflict("It says so already.", "Nothing was changed.")
    saved = replace(review, version=review.version + 1, sections=said, written=unit.now, written_by=by.name)
    records.save(unit, saved)
    records.write(unit, saved, by.id, by.name)
    data = {"version": saved.version, "parts": sorted(sections)}
    events.append(unit, "incident.review_written", incident_id, actor=by.id, data=data)
    outbox.refresh(unit, VIEW, ref_of(incident_id), urgent=True)
    return saved


def assign(
    unit: Unit, incident_id: str, by: Person, owner: Person | None = None, due: datetime | None = None
) -> Review:
    """Say whose it is, and until when.

    Raises:
        Conflict: it is done.
        Invalid: that moment is over.
    """
    review = _open(unit, incident_id)
    _yet_to_come(unit, due)
    named = owner is not None and owner.id != review.owner
    if owner is not None:
        review = replace(review, owner=owner.id, owner_name=owner.name)
    review = replace(review, due=due or review.due)
    records.save(unit, review)
    _arm(unit, review)
    data = {"owner": review.owner, "due": review.due}
    events.append(unit, "incident.review_assigned", incident_id, actor=by.id, data=data)
    until = f", until {review.due:%d %B}" if review.due else ""
    words = f"{review.owner_name} owns the review of {incident_id}{until}."
    outbox.tell(unit, INCIDENT, incident_id, words, ping=(review.owner,) if named else ())
    outbox.refresh(unit, VIEW, ref_of(incident_id), urgent=True)
    return review


def finish(unit: Unit, incident_id: str, by: Person) -> Review:
    """It is done, and nobody is reminded of it any more.

    Raises:
        Conflict: it is done, or nothing was written in it.
    """
    review = _open(unit, incident_id)
    if review.version == 0:
        raise Conflict("Nothing was written in it yet.", f"`/incident review {incident_id}` fills it in.")
    saved = replace(review, done=unit.now)
    records.save(unit, saved)
    deadlines.clear(unit, REMIND, incident_id)
    events.append(unit, "incident.reviewed", incident_id, actor=by.id, data={"version": review.version})
    outbox.tell(unit, INCIDENT, incident_id, f"{by.name} finished the review of {incident_id}.")
    outbox.refresh(unit, VIEW, ref_of(incident_id), urgent=True)
    return saved


def on_due(unit: Unit, _scene: object, ref: str) -> None:
    """Whoever owns it is reminded: the day before it is due, and every day after, until it is done."""
    review = records.find(unit, ref, lock=True)
    if review is None or review.done is not None:
        return
    deadlines.set(unit, REMIND, ref, unit.now + _EVERY)
    missing = ", ".join(review.empty)
    late = review.due is not None and unit.now > review.due
    when = f"was due on {review.due:%d %B}" if late else f"is due on {review.due:%d %B}"
    still = f" Still to be written: {missing}." if missing else " Say `/incident reviewed` once it is done."
    outbox.tell(unit, INCIDENT, ref, f"The review of {ref} {when}.{still}", ping=(review.owner,))


def look(unit: Unit, people: Mapping[str, Person], incident_id: str) -> Document:
    """Everything that the review of an incident shows; one that was not begun is empty."""
    incident = incidents.get(unit, incident_id)
    names = {person.id: person.name for person in people.values()}
    lines = tuple(timeline.read(unit, names, incident, Cut(limit=_LINES)))
    review = records.find(unit, incident.id) or Review(incident=incident.id)
    alerts, pages = records.alerts_of(unit, incident.id), records.pages_of(unit, incident.id)
    known = {person.name: person.is_human for person in people.values()}
    counted = figures(incident, lines, known, alerts, pages)
    return Document(incident, review, counted, lines, tasks(incident, given.of(unit, incident.id)))


def ref_of(incident: str) -> str:
    """The id under which the review of an incident is shown."""
    return f"{PREFIX}{incident}"


def _yet_to_come(unit: Unit, due: datetime | None) -> None:
    if due is not None and due <= unit.now:
        raise Invalid("That day is over.", "Say one that is still to come, as 2026-12-24.")


def _open(unit: Unit, incident_id: str) -> Review:
    review = records.get(unit, incident_id, lock=True)
    if review.done is not None:
        raise Conflict(f"The review of {incident_id} is done.", "What stands in it can still be changed.")
    return review


def _arm(unit: Unit, review: Review) -> None:
    if review.due is not None:
        deadlines.set(unit, REMIND, review.incident, max(unit.now, review.due - _EVERY))


def incident_of(ref: str) -> str:
    """The incident whose review has this id."""
    return ref.removeprefix(PREFIX)
