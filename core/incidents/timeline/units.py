"""What is kept on timelines, changed and taken away; each function one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Conflict, Invalid
from core.incidents import records as incidents
from core.incidents.incident import Entry, Incident
from core.incidents.timeline import records
from core.incidents.timeline.records import KEPT, Cut, Span
from core.incidents.timeline.seen import KINDS, entry, named
from core.people.person import Person
from core.place import Place
from core.store import events
from core.store.engine import Unit
from core.text import clean, cut

TEXT, NAME, LINK = 4_000, 128, 400
BEFORE = timedelta(hours=2)
"""What was changed so long before an incident may have begun it, and stands on its timeline."""


@dataclass(frozen=True)
class Quote:
    """What somebody said: `at` is when (None: now), `author` who (empty: whoever keeps it), `source` which message."""

    text: str
    at: datetime | None = None
    author: str = ""
    source: str = ""
    link: str = ""


def keep(unit: Unit, incident_id: str, by: Person, quote: Quote) -> Incident:
    """Keep what somebody said as a line of the timeline, at the moment it was said.

    Raises:
        Invalid: there are no words.
        Conflict: what stands at that source is on the timeline already.
    """
    incident = incidents.get(unit, incident_id, lock=True)
    text = cut(clean(quote.text), TEXT)
    if not text:
        raise Invalid("There are no words to keep.", "Say what happened: `/incident timeline rolled back`.")
    if quote.source and incidents.is_kept(unit, incident.id, quote.source):
        raise Conflict(f"That is on the timeline of {incident.id} already.", "It stands there once.")
    at = quote.at if quote.at is not None and quote.at <= unit.now else unit.now
    line = Entry(
        at=at,
        kind=KEPT,
        author=cut(clean(quote.author), NAME) or by.name,
        text=text,
        source=quote.source,
        by=by.id,
        link=quote.link[:LINK],
    )
    incidents.note(unit, incident.id, line)
    events.append(unit, "incident.noted", incident.id, actor=by.id, data={"source": quote.source})
    return incident


def reword(unit: Unit, incident_id: str, number: int, by: Person, text: str) -> Entry:
    """Write a line that people kept in other words.

    Raises:
        Invalid: there are no words.
        Conflict: the house saw it by itself, or nothing changes.
    """
    line = _kept(unit, incident_id, number)
    words = cut(clean(text), TEXT)
    if not words:
        raise Invalid("A line needs words.", f"To take it away: `/incident strike {incident_id} {number}`.")
    if words == line.text:
        raise Conflict("It says so already.", "Nothing was changed.")
    records.change(unit, number, text=words, edited=unit.now)
    data = {"entry": number, "from": line.text, "to": words}
    events.append(unit, "incident.entry_changed", incident_id, actor=by.id, data=data)
    return line.model_copy(update={"text": words, "edited": unit.now})


def strike(unit: Unit, incident_id: str, number: int, by: Person) -> Entry:
    """Take a line that people kept off the timeline; the record of what happened still has it.

    Raises:
        Conflict: the house saw it by itself.
    """
    line = _kept(unit, incident_id, number)
    records.remove(unit, number)
    data = {"entry": number, "text": line.text}
    events.append(unit, "incident.entry_struck", incident_id, actor=by.id, data=data)
    return line


def follow(unit: Unit, place: Place, text: str | None, actor: str) -> int:
    """A message was changed by whoever wrote it, or is gone: its lines follow; returns how many.

    Of words that are gone nothing is kept, in the record neither.
    """
    found = records.from_source(unit, source_of(place))
    words = cut(clean(text), TEXT) if text is not None else ""
    followed = 0
    for incident, line in found:
        if words == line.text:
            continue
        followed += 1
        if words:
            records.change(unit, line.id, text=words, edited=unit.now)
        else:
            records.remove(unit, line.id)
        kind = "incident.entry_changed" if words else "incident.entry_struck"
        data = {"entry": line.id, "by": "its author"}
        events.append(unit, kind, incident, actor=actor, data=data)
    return followed


def let_go(unit: Unit, place: Place, by: Person) -> int:
    """Whoever kept a message took their sign off it again; returns how many lines went."""
    found = [pair for pair in records.from_source(unit, source_of(place)) if pair[1].by == by.id]
    for incident, line in found:
        strike(unit, incident, line.id, by)
    return len(found)


def source_of(place: Place) -> str:
    """The name under which a message is known on timelines."""
    return f"{place.platform}:{place.channel}:{place.message}"


def _kept(unit: Unit, incident_id: str, number: int) -> Entry:
    incidents.get(unit, incident_id, lock=True)
    line = records.get(unit, incident_id, number)
    if line.kind != KEPT:
        raise Conflict(
            "I saw that by myself, so it stays as it is.", "Lines that people kept can be changed."
        )
    return line


def read(unit: Unit, names: Mapping[str, str], incident: Incident, cut: Cut) -> list[Entry]:
    """A page of the timeline, oldest first: what was kept, and what the log knows of its time.

    Of the log: requests about its runs and their votes; from two hours before it until its end how its service was, and
    what else was run or deployed there.
    """
    since, until = incident.created - BEFORE, incident.resolved or unit.now
    changes = records.changes(unit, incident.service, since, until) if incident.service else ()
    span = Span(
        requests=records.requests_of(unit, incident.id),
        services=(incident.service,) if incident.service else (),
        runs=changes,
        since=since,
        until=until,
    )
    told = [entry(event, names) for event in records.seen(unit, span, KINDS, cut)]
    lines = [*(_signed(one, names) for one in records.kept(unit, incident.id, cut)), *told]
    lines.sort(key=lambda line: (line.at, line.id))
    return lines[-cut.limit :] if cut.newest else lines[: cut.limit]


def _signed(one: Entry, names: Mapping[str, str]) -> Entry:
    """What runs wrote, they wrote with the id of whoever began them."""
    return one.model_copy(update={"author": named(one.author, names)}) if one.kind == "run" else one
