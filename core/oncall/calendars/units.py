"""Keeping copies of calendars: which are due, what was read, and who hears that one cannot be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from core.digest import digest
from core.notify.channel import Channel
from core.notify.config import NoticesConfig
from core.notify.routing import alarm
from core.oncall.calendars import records
from core.oncall.calendars.calendar import Copy, Event
from core.oncall.calendars.matching import Names
from core.oncall.schedule import Feed, Schedule, Spell
from core.people.person import Person
from core.store import events, outbox
from core.store.engine import Unit
from core.text import moment, one_line

BEHIND, AHEAD = timedelta(days=7), timedelta(days=400)
_LOUD = 3  # failures in a row before operators hear of it
_UNKNOWN, _LONGEST = 20, 380


class Scene(Protocol):
    """What of the world calendars need."""

    @property
    def people(self) -> Mapping[str, Person]:
        """Everybody, by id."""
        ...

    @property
    def schedules(self) -> Mapping[str, Schedule]:
        """Every schedule, by name."""
        ...

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Every notification channel, by name."""
        ...

    @property
    def notices(self) -> NoticesConfig:
        """How notices are meant to work."""
        ...


@dataclass(frozen=True)
class Named:
    """What a calendar says of the people who are known here: for when it names whom, and the titles that name nobody."""

    spells: tuple[Spell, ...]
    unknown: tuple[str, ...]


def feeds(schedules: Iterable[Schedule]) -> list[Feed]:
    """Every calendar that these schedules name."""
    return [layer.feed for one in schedules for layer in one.layers if layer.feed is not None]


def span(now: datetime) -> tuple[datetime, datetime]:
    """From when until when a calendar is read."""
    return now - BEHIND, now + AHEAD


def named(feed: Feed, people: Mapping[str, Person], found: Iterable[Event]) -> Named:
    """Whom the events of a calendar mean. Pure."""
    meant = [people[name] for name in feed.people if name in people] if feed.people else people.values()
    names = Names(meant, dict(feed.aliases))
    spells, unknown = [], []
    for event in found:
        person = names.person(event)
        if person:
            spells.append(Spell(person, event.begins, event.ends))
        else:
            unknown.append(event.title or "an event without a title")
    return Named(tuple(spells), tuple(dict.fromkeys(unknown))[:_UNKNOWN])


def take(unit: Unit, scene: Scene) -> list[Feed]:
    """The calendars that are due to be read; whoever takes them reads them, and nobody else meanwhile."""
    known = feeds(scene.schedules.values())
    if not known:
        return []
    copies = records.copies(unit, [one.key for one in known])
    due = [one for one in known if _is_due(copies.get(one.key), one, _people(scene), unit.now)]
    for one in due:
        before = copies.get(one.key) or Copy(one.key)
        records.save(unit, replace(before, tried=unit.now, people=_people(scene)))
    return due


def keep(unit: Unit, scene: Scene, feed: Feed, found: Named) -> None:
    """A calendar was read: what it says counts from now."""
    before = records.copies(unit, [feed.key]).get(feed.key) or Copy(feed.key)
    records.replace(unit, feed.key, unit.now - BEHIND, found.spells)
    good = Copy(feed.key, unit.now, before.tried or unit.now, unknown=found.unknown, people=_people(scene))
    records.save(unit, good)
    if before.failures >= _LOUD:
        _tell(unit, scene, f"The calendar of {feed.schedule} can be read again.")
        events.append(unit, "oncall.calendar_back", feed.schedule, actor="system")


def fail(unit: Unit, scene: Scene, feed: Feed, why: str) -> None:
    """A calendar could not be read: the last good copy counts on, and operators hear of it once."""
    before = records.copies(unit, [feed.key]).get(feed.key) or Copy(feed.key)
    after = replace(before, failures=before.failures + 1, error=one_line(why, _LONGEST))
    records.save(unit, after)
    if after.failures == _LOUD:
        kept = f"What it said at {moment(after.good)} counts on." if after.good else "It was never read."
        _tell(unit, scene, f"The calendar of {feed.schedule} cannot be read: {after.error} {kept}")
        events.append(unit, "oncall.calendar_lost", feed.schedule, actor="system", data={"why": after.error})


def tidy(unit: Unit, scene: Scene) -> None:
    """Forget the copies of calendars that no schedule names any more."""
    records.forget(unit, [one.key for one in feeds(scene.schedules.values())])


def _is_due(copy: Copy | None, feed: Feed, people: str, now: datetime) -> bool:
    if copy is None or copy.tried is None or copy.people != people:
        return True
    return now - copy.tried >= feed.refresh


def _people(scene: Scene) -> str:
    """Changes with whoever may be named, so that a calendar is read again when somebody comes or goes."""
    known = sorted((one.id, one.name, one.email, one.is_human, one.active) for one in scene.people.values())
    aliases = sorted((one.key, one.people, one.aliases) for one in feeds(scene.schedules.values()))
    return digest([known, aliases])


def _tell(unit: Unit, scene: Scene, words: str) -> None:
    for place in alarm(scene.channels, scene.notices.alarm):
        outbox.say(unit, place, words)
