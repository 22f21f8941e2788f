"""Resolving an incident by hand: what began it is looked at first; each public function one transaction, or part of one."""

from dataclasses import dataclass

from core.errors import Conflict
from core.incidents import records, units
from core.incidents.alerts.search import records as searching
from core.incidents.gathering.words import listed
from core.incidents.incident import Incident
from core.incidents.remedies.remedy import Signs
from core.incidents.remedies.signs.units import look
from core.incidents.triage.units import Scene
from core.people.person import Person
from core.store import outbox
from core.store.engine import Unit
from core.text import one_line


@dataclass(frozen=True)
class End:
    """How it ended: why it happened, what was done, what is to be done later; and why it is over against all signs."""

    cause: str = ""
    resolution: str = ""
    follow_ups: str = ""
    anyway: str = ""


def doubts(unit: Unit, scene: Scene, incident: Incident) -> str:
    """What still speaks against its end, in a sentence; empty if nothing does that anybody can see."""
    seen = look(unit, scene, incident)
    if seen.signs is not Signs.WRONG:
        return ""
    if not seen.of_alerts:
        return f"{incident.service} is still not healthy by its checks."
    heard = searching.heard(unit, incident.id)
    number = heard.tally.announced
    more = number - len(heard.samples)
    named = listed(heard.samples) + (f" and {more:,} more" if more > 0 else "")
    return f"{number:,} {'alert still fires' if number == 1 else 'alerts still fire'}: {named}."


def end(unit: Unit, scene: Scene, incident_id: str, by: Person, said: End) -> Incident:
    """It is over.

    Raises:
        Conflict: it is over already; or what began it is still there, and nobody said why it is over all the same.
    """
    incident = records.get(unit, incident_id, lock=True)
    doubt = doubts(unit, scene, incident) if incident.is_open else ""
    anyway = one_line(said.anyway, 600)
    if doubt and not anyway:
        mend = "If it is over all the same, say why (`anyway`)."
        raise Conflict(f"{incident.id} is not resolved: {doubt[0].lower()}{doubt[1:]}", mend, still=doubt)
    ended = units.resolve(unit, incident_id, by, said.cause, said.follow_ups, resolution=said.resolution)
    if doubt:
        words = f"Resolved against the signs. {doubt} {by.name}: {anyway}"
        units.note(unit, incident_id, "doubted", by.name, words)
        outbox.tell(unit, units.VIEW, incident_id, words)
    return ended
