"""The timeline of an incident as a card: what happened, when, by whom, in order. Pure."""

from collections.abc import Sequence

from core.incidents.incident import Entry, Incident
from core.incidents.timeline import marks
from core.incidents.timeline.records import KEPT
from core.text import one_line
from core.world import World
from handlers.cards.card import Button, Card, Line, Table, When, line, literals, plain
from handlers.cards.link import page_url

_SHOWN = 300
VIEW, PREFIX = "timeline", "TL-"


def timeline(world: World, incident: Incident, entries: Sequence[Entry], *, has_more: bool = False) -> Card:
    """Lines in the order of what happened; those that people kept have a number, and can be changed."""
    rows = tuple(
        (_number(entry), line(When(at=entry.at, style="date_time")), line(entry.author), _words(entry))
        for entry in entries
    )
    said = " ".join(f"{plain(row[1])} {plain(row[2])}: {plain(row[3])}" for row in rows)
    older = Button(
        label="Older…",
        verb="incident.history",
        object=incident.id,
        args={"before": marks.write(entries[0]) if entries else ""},
        speak=f"What happened before that in {incident.id}",
    )
    return Card(
        title=f"Timeline of {incident.id}",
        parts=(Table(head=("", "When", "Who", "What"), rows=rows),),
        controls=(older,) if has_more else (),
        footer=line(one_line(incident.title, 120)),
        summary=f"Timeline of {incident.id}. {said}",
        link=page_url(world.public_url, world.secret_key, f"{PREFIX}{incident.id}"),
        hint=f"/incident timeline {incident.id}",
    )


def _number(entry: Entry) -> Line:
    return line(str(entry.id)) if entry.kind == KEPT else line("")


def _words(entry: Entry) -> Line:
    shown = one_line(entry.text if entry.kind == KEPT else entry.deed, _SHOWN)
    changed = " (changed)" if entry.edited is not None else ""
    return line(f"{entry.mark}“{shown}”{changed}") if entry.kind == KEPT else literals(entry.mark + shown)
