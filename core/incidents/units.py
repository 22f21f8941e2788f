"""What people do with incidents, and what runs started from them report; each function one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import Conflict, Invalid
from core.incidents import briefed, records, states
from core.incidents.incident import Entry, Incident, State
from core.incidents.severity import label
from core.incidents.states import Happening
from core.people.person import Person
from core.place import Place
from core.runbooks import records as runs
from core.runbooks.gate import HELPER, began_by
from core.store import events, outbox
from core.store.engine import Unit
from core.store.numbers import next_number
from core.text import clean, cut, one_line

VIEW = "incident"
BRIEF = "incident_brief"
"""What somebody with a part needs to know, in their direct messages; its id is `INCIDENT:PART:…`."""

REVIEW, OF_REVIEW = "review", "REV-"
"""The card of an incident's review, and how its id begins."""

PREFIX = "INC"
TITLE, TEXT = 200, 4_000
_STEPS = (State.ACKNOWLEDGED, State.MITIGATING, State.MONITORING)
_KINDS = {
    Happening.ACKNOWLEDGED: "incident.acknowledged",
    Happening.RESOLVED: "incident.resolved",
    Happening.REOPENED: "incident.reopened",
    Happening.CLOSED: "incident.closed",
    Happening.MERGED: "incident.closed",
}


@dataclass(frozen=True)
class Declaration:
    """A disturbance somebody has seen. `source` is the message it was seen in, if any.

    `team` and `escalation` are whom a route of alerts names to be called for it.
    """

    title: str
    severity: int
    by: Person
    service: str = ""
    quote: str = ""
    source: str = ""
    is_test: bool = False
    places: tuple[Place, ...] = ()
    team: str = ""
    escalation: str = ""


@dataclass(frozen=True)
class News:
    """What somebody tells of an incident; what is None stays as it is. `why` is the reason for the severity."""

    text: str = ""
    state: State | None = None
    severity: int | None = None
    service: str | None = None
    why: str = ""


@dataclass(frozen=True)
class Told:
    """What is told of a change: the event that it is, by whom, in which words, to whom aloud, with which facts."""

    kind: str
    by: Person
    words: str
    ping: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """A step that a rule or a sender takes: what happens, by whom, what is said of it, what else changes; facts for the event."""

    happening: Happening
    by: Person
    words: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


def declare(unit: Unit, said: Declaration) -> Incident:
    """Open an incident, show its card, begin its timeline.

    Raises:
        Invalid: it has no title.
    """
    title = one_line(said.title, TITLE)
    if not title:
        raise Invalid("An incident needs a title.", "Say what is wrong, for example “checkout is down”.")
    incident = Incident(
        id=next_number(unit, PREFIX),
        title=title,
        severity=said.severity,
        state=State.OPEN,
        service=said.service,
        declared_by=said.by.id,
        declared_name=said.by.name,
        is_test=said.is_test,
        created=unit.now,
    )
    records.add(unit, incident)
    data = {"title": title, "severity": said.severity, "service": said.service, "test": said.is_test}
    data |= {"team": said.team, "escalation": said.escalation}
    events.append(unit, "incident.declared", incident.id, actor=said.by.id, data=data)
    first = "" if said.quote else said.source
    note(unit, incident.id, "declared", said.by.name, f"Declared {label(said.severity)}: {title}", first)
    if said.quote:
        note(unit, incident.id, "quote", said.by.name, cut(clean(said.quote), TEXT), said.source)
    for place in said.places:
        outbox.publish(unit, VIEW, incident.id, place)
    outbox.refresh_homes(unit)
    _refresh_beside(unit, incident)
    return incident


def acknowledge(unit: Unit, incident_id: str, by: Person, *, page: str = "") -> Incident:
    """Somebody takes it on and leads; `page` is the one with which they answered, if it came of one.

    Raises:
        Conflict: it is not open any more.
    """
    incident = records.get(unit, incident_id, lock=True)
    if incident.is_open and incident.state is not State.OPEN:
        mend = f"`/incident lead {incident.id}` makes you lead it."
        raise Conflict(
            f"{incident.id} is {incident.state} already; {incident.lead_name or 'nobody'} leads.", mend
        )
    changes = {"lead": by.id, "lead_name": by.name, "acknowledged": unit.now}
    said = f"{by.name} acknowledged it and leads."
    data = {"page": page} if page else {}
    return step(unit, incident, Step(Happening.ACKNOWLEDGED, by, said, changes, data))


def tell(unit: Unit, incident_id: str, by: Person, news: News) -> Incident:
    """Post an update, and change state, severity or service with it.

    Raises:
        Conflict: it went into another one, the state cannot follow the present one, is reached in another way, or nothing
            changes.
    """
    incident = records.get(unit, incident_id, lock=True)
    if incident.merged_into:
        mend = f"Nobody reads it here any more: `/incident update {incident.merged_into} …`."
        raise Conflict(f"{incident_id} is a part of {incident.merged_into}.", mend)
    changes: dict[str, Any] = {}
    said = []
    if news.state is not None and news.state is not incident.state:
        changes |= _worked_on(unit, incident, news.state, by)
        said.append(f"now {news.state}")
    if news.severity is not None and news.severity != incident.severity:
        changes["severity"] = news.severity
        why = f" ({one_line(news.why, 300)})" if news.why else ""
        said.append(f"{label(incident.severity)} → {label(news.severity)}{why}")
    elif news.severity is not None and news.why:
        said.append(f"it stays {label(news.severity)} ({one_line(news.why, 300)})")
    if news.service is not None and news.service != incident.service:
        changes["service"] = news.service
        said.append(f"service {news.service}")
    if text := cut(clean(news.text), TEXT):
        changes |= {"update": text, "update_by": by.name, "updated": unit.now}
        said.append(text)
    if not changes and not said:
        raise Conflict(f"{incident.id} is so already.", "Nothing was changed.")
    said_all = f"{by.name}: {' · '.join(said)}"
    return change(unit, incident, Told("incident.updated", by, said_all), **changes)


def resolve(
    unit: Unit, incident_id: str, by: Person, cause: str, follow_ups: str = "", resolution: str = ""
) -> Incident:
    """It is over: why it happened, what is to be done later, and what was done about it.

    Raises:
        Conflict: it is over already.
    """
    incident = records.get(unit, incident_id, lock=True)
    parts = {"cause": cause, "resolution": resolution, "follow_ups": follow_ups}
    parts = {name: cut(clean(words), TEXT) for name, words in parts.items()}
    words = f"{by.name} resolved it."
    for name, heading in (("cause", "Cause"), ("resolution", "Done"), ("follow_ups", "To do")):
        words += f" {heading}: {parts[name]}" if parts[name] else ""
    return step(unit, incident, Step(Happening.RESOLVED, by, words, parts))


def reopen(unit: Unit, incident_id: str, by: Person, why: str) -> Incident:
    """It is not over, for this reason.

    Raises:
        Conflict: it is open, or went into another one.
        Invalid: there is no reason.
    """
    incident = records.get(unit, incident_id, lock=True)
    if incident.merged_into:
        mend = f"Go on there, or declare a new one: `/incident declare --new {one_line(incident.title, 80)}`."
        raise Conflict(f"{incident_id} is a part of {incident.merged_into}.", mend)
    states.after(incident.state, Happening.REOPENED)
    because = cut(clean(why), TEXT)
    if not because:
        raise Invalid("Why is it open again?", f"Say it like: `/incident reopen {incident_id} it is back`.")
    facts = {"reopened_by": by.id}
    return step(unit, incident, Step(Happening.REOPENED, by, f"{by.name} reopened it: {because}", data=facts))


def step(unit: Unit, incident: Incident, taken: Step) -> Incident:
    """Something happens to an incident that is not what a person did to it.

    Raises:
        Conflict: it cannot happen to an incident in its state.
    """
    changes = {**states.moved(incident, taken.happening, unit.now), **taken.changes}
    kind = _KINDS.get(taken.happening, "incident.updated")
    told = Told(kind, taken.by, taken.words, data=taken.data)
    return change(unit, incident, told, **changes)


def change(unit: Unit, incident: Incident, told: Told, **changes: Any) -> Incident:
    """Write what changed in an incident, log it, note it on the timeline, and tell it where its card is."""
    saved = records.save(unit, incident, **changes)
    data = {"state": str(saved.state), "from": str(incident.state), "severity": saved.severity, **told.data}
    data |= {"graded": True} if saved.severity != incident.severity else {}
    data |= {"taken_by": taker} if (taker := states.taker(incident, saved, told.by)) else {}
    events.append(unit, told.kind, saved.id, actor=told.by.id, data=data)
    note(unit, saved.id, told.kind.split(".", 1)[1], told.by.name, told.words)
    outbox.announce(unit, VIEW, saved.id, told.words, ping=told.ping, homes=outbox.EVERYBODY)
    for ref in briefed.stale(incident, saved, outbox.refs(unit, BRIEF, f"{saved.id}:")):
        outbox.refresh(unit, BRIEF, ref)
    if (saved.is_open, saved.service) != (incident.is_open, incident.service):
        _refresh_beside(unit, incident)
        _refresh_beside(unit, saved)
    review = f"{OF_REVIEW}{saved.id}"
    if outbox.places(unit, REVIEW, review):
        outbox.refresh(unit, REVIEW, review, urgent=True)
    return saved


def _refresh_beside(unit: Unit, incident: Incident) -> None:
    """The cards of open incidents of one service name each other."""
    for other in records.beside(unit, incident):
        outbox.refresh(unit, VIEW, other.id)


def note(unit: Unit, incident: str, kind: str, author: str, text: str, source: str = "") -> None:
    """Write a line on the timeline of an incident."""
    entry = Entry(at=unit.now, kind=kind, author=author, text=text, source=source)
    records.note(unit, incident, entry)


def remark(
    unit: Unit, incident: Incident, by: Person, words: str, kind: str = "alert", *, in_thread: bool = True
) -> Incident:
    """Write what a sender or a rule reports on the timeline, and in the thread unless that hears of it in other words."""
    note(unit, incident.id, kind, by.name, cut(words, TEXT))
    outbox.announce(unit, VIEW, incident.id, cut(words, TEXT) if in_thread else None, urgent=False)
    return records.save(unit, incident)


def on_execution_event(unit: Unit, _scene: object, ref: str, data: Mapping[str, Any]) -> None:
    """A run started from an incident began or ended: write it on the timeline and in the thread."""
    execution = runs.get(unit, ref)
    if not execution.incident:
        return
    state = str(data.get("to") or execution.state).lower().replace("_", " ")
    words = f"Run {execution.id} ({execution.runbook}): {state}."
    incident = records.get(unit, execution.incident, lock=True)
    if incident.merged_into:
        incident = records.get(unit, incident.merged_into, lock=True)
    note(unit, incident.id, "run", began_by(execution.by), words, execution.id)
    records.save(unit, incident)
    events.append(unit, "incident.noted", incident.id, actor="system", data={"source": execution.id})
    # What began by itself for an incident is told of there in words of its own.
    told = None if execution.by == HELPER else words
    outbox.announce(unit, VIEW, incident.id, told, urgent=False)


def _worked_on(unit: Unit, incident: Incident, state: State, by: Person) -> dict[str, Any]:
    """What changes when people take a step; whoever takes the first leads, until somebody else is named."""
    if state not in _STEPS:
        raise Conflict(
            f"A state of {state} is not set by an update.", f"{incident.id} can be resolved or reopened."
        )
    changes = states.moved(incident, Happening(str(state)), unit.now)
    if incident.acknowledged is None:
        changes["acknowledged"] = unit.now
    if not incident.lead and by.is_human:
        changes |= {"lead": by.id, "lead_name": by.name}
    return changes
