"""The nouns of reviews: the document that people write, its figures, and all of it together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from core.incidents.incident import Entry, Incident
from core.incidents.tasks.task import Task

SECTIONS: Mapping[str, tuple[str, str]] = {
    "summary": ("Summary", "Two or three sentences for somebody who was not there."),
    "impact": ("Impact", "Who was affected, how, for how long, and how it was noticed."),
    "well": ("What went well", "What helped, and should be so next time."),
    "change": ("What to change", "What made it longer or worse, and what would have prevented it."),
    "lessons": ("What we learnt", "What others should know."),
}
"""The parts that people fill in: heading, and what belongs there."""


@dataclass(frozen=True)
class Review:
    """What people wrote, as of a version. It is `done` once its owner says so; until `due`, and beyond, it is reminded of."""

    incident: str
    version: int = 0
    sections: Mapping[str, str] = field(default_factory=dict)
    owner: str = ""
    owner_name: str = ""
    due: datetime | None = None
    done: datetime | None = None
    written: datetime | None = None
    written_by: str = ""

    @property
    def empty(self) -> list[str]:
        """The headings under which nothing stands yet."""
        return [heading for name, (heading, _) in SECTIONS.items() if not self.sections.get(name)]


@dataclass(frozen=True)
class Figures:
    """An incident in numbers; times are counted from when it was declared, None where it never came to that."""

    acknowledge: timedelta | None
    mitigate: timedelta | None
    resolve: timedelta | None
    alerts: int = 0
    runs: int = 0
    pages: int = 0
    people: tuple[str, ...] = ()
    updates: int = 0


@dataclass(frozen=True)
class Document:
    """Everything that a review shows."""

    incident: Incident
    review: Review
    figures: Figures
    timeline: tuple[Entry, ...] = ()
    tasks: tuple[tuple[str, bool], ...] = ()


_BY_HOUSE = ("alert", "deploy", "run", "health", "execution")


def figures(
    incident: Incident,
    timeline: tuple[Entry, ...],
    known: Mapping[str, bool] = MappingProxyType({}),
    alerts: int = 0,
    pages: int = 0,
) -> Figures:
    """What can be counted; people are those who did, wrote or decided anything, as they came, and who had a part.

    `known` says of names whether they are humans. Of others those count whose words somebody kept.
    """
    told = (line for line in timeline if line.kind not in _BY_HOUSE)
    authors = [line.author for line in told if line.author and known.get(line.author, bool(line.by))]
    parts = (incident.lead_name, incident.comms_name, incident.scribe_name)
    people = dict.fromkeys([*authors, *(name for name in parts if name)])
    since = incident.created
    return Figures(
        acknowledge=_after(since, incident.acknowledged),
        mitigate=_after(since, incident.mitigated),
        resolve=_after(since, incident.resolved),
        alerts=alerts,
        runs=len({line.source for line in timeline if line.kind == "run" and line.source}),
        pages=pages,
        people=tuple(people),
        updates=sum(line.kind == "updated" for line in timeline),
    )


def tasks(incident: Incident, given: Iterable[Task]) -> tuple[tuple[str, bool], ...]:
    """Its tasks, and what was said to be done later when it was resolved, one a line; each with whether it is done."""
    said = (line.strip(" \t-*•") for line in incident.follow_ups.splitlines())
    known = [(task.words, task.done is not None) for task in given]
    return (*known, *((line, False) for line in said if line))


def _after(begin: datetime, end: datetime | None) -> timedelta | None:
    return max(end - begin, timedelta(0)) if end is not None else None
