"""Writing in a review on its page: by a key that one person was given, for half a day, and that says who writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from core.errors import Forbidden
from core.incidents.review import records, units
from core.incidents.review.review import SECTIONS, Review
from core.incidents.review.units import SECTION
from core.people.permissions import may
from core.people.person import Person
from core.store.engine import Unit
from core.text import clean, cut
from core.world import World
from handlers.cards.link import opens, page_key

LASTS = timedelta(hours=12)
PERMISSION = "incident.postmortem"
_VERSIONS = 20


@dataclass(frozen=True)
class Pen:
    """What an address carries: in which review, who writes, until when, and the key that says so."""

    incident: str
    person: str
    until: int
    key: str = ""

    @property
    def ref(self) -> str:
        """What the key is made for."""
        return f"edit:{self.incident}:{self.person}:{self.until}"


@dataclass(frozen=True)
class Part:
    """A heading with what stands in its field; `theirs` is what somebody else wrote there meanwhile."""

    name: str
    heading: str
    hint: str
    text: str
    theirs: str = ""
    is_theirs_shown: bool = False


@dataclass(frozen=True)
class Sheet:
    """The page: fields to write in, made on top of a version, and what was written before."""

    incident: str
    title: str
    person: Person
    review: Review
    parts: tuple[Part, ...]
    before: tuple[dict[str, Any], ...] = field(default_factory=tuple)


def address(world: World, incident: str, person: Person, now: datetime) -> str:
    """Where this person writes in the review from now on; nothing if the house has no address of its own."""
    if not world.public_url or not world.secret_key:
        return ""
    pen = Pen(incident, person.id, int((now + LASTS).timestamp()))
    key = page_key(world.secret_key, pen.ref)
    return f"{world.public_url.rstrip('/')}/reviews/{incident}/edit?p={person.id}&until={pen.until}&k={key}"


def writer(world: World, pen: Pen, now: datetime) -> Person | None:
    """Who writes with this key: None if it is over or was not made here.

    Raises:
        Forbidden: they may not write in reviews any more.
    """
    if not world.secret_key or not opens(world.secret_key, pen.ref, pen.key):
        return None
    if datetime.fromtimestamp(pen.until, UTC) < now:
        return None
    person = world.people.get(pen.person)
    if person is None or not person.active or not may(person, PERMISSION, world.roles):
        raise Forbidden(f"Writing here needs the permission {PERMISSION}.", "Ask an administrator.")
    return person


def look(unit: Unit, world: World, incident: str, person: Person) -> Sheet:
    """The page as it stands now."""
    document = units.look(unit, world.people, incident)
    parts = (
        Part(name, heading, hint, document.review.sections.get(name, ""))
        for name, (heading, hint) in SECTIONS.items()
    )
    return _sheet(unit, document.incident.title, document.review, person, tuple(parts))


def write(unit: Unit, world: World, pen: Pen, person: Person, said: Mapping[str, str], seen: int) -> Review:
    """Keep what was written on top of version `seen`.

    Raises:
        Conflict: somebody else wrote meanwhile, or nothing is new.
    """
    units.begin(unit, world, pen.incident, person)
    sections = {name: said[name].replace("\r\n", "\n") for name in SECTIONS if name in said}
    return units.write(unit, pen.incident, person, sections, seen)


def collided(
    unit: Unit, world: World, incident: str, person: Person, said: Mapping[str, str], seen: int
) -> Sheet:
    """The page after somebody else wrote: with one's own words where one wrote, theirs where one did not, both where both did."""
    document = units.look(unit, world.people, incident)
    base = (records.version(unit, incident, seen) or {}).get("sections", {})
    parts = (
        _merged(
            name,
            heading,
            hint,
            (base.get(name, ""), said.get(name, ""), document.review.sections.get(name, "")),
        )
        for name, (heading, hint) in SECTIONS.items()
    )
    return _sheet(unit, document.incident.title, document.review, person, tuple(parts))


def _merged(name: str, heading: str, hint: str, texts: tuple[str, str, str]) -> Part:
    base, given, theirs = texts
    mine = cut(clean(given), SECTION)
    if mine == base:
        return Part(name, heading, hint, theirs)
    return Part(name, heading, hint, mine, theirs, is_theirs_shown=theirs not in (base, mine))


def _sheet(unit: Unit, title: str, review: Review, person: Person, parts: tuple[Part, ...]) -> Sheet:
    kept = records.versions(unit, review.incident)
    changed = []
    for number, row in enumerate(kept):
        old = kept[number - 1]["sections"] if number else {}
        new = {
            SECTIONS[name][0]: text
            for name, text in row["sections"].items()
            if name in SECTIONS and text != old.get(name, "")
        }
        changed.append({"version": row["version"], "at": row["at"], "by": row["by_name"], "changed": new})
    return Sheet(review.incident, title, person, review, parts, tuple(reversed(changed[-_VERSIONS:])))
