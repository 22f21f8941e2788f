"""When that was which people name instead of a time: the last deploy, the incident, INC-12."""

import re
from datetime import datetime, timedelta

from core.catalogue.deployments import records as deployments
from core.catalogue.names import plain
from core.errors import Invalid, NotFound
from core.incidents import records as incidents
from core.incidents.incident import Incident
from core.incidents.rooms import units as rooms
from core.language import times
from core.language.moments.span import Facts
from core.place import Place
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers.verb import Call

_NAMED = re.compile(
    r"\b(?:inc[- ]?(?P<number>\d{1,9})|(?P<deploy>deploy\w*|releases?|rollouts?|rollback)|incident|outage|disruption|downtime)\b",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[^\w]+|_+")
_SOME = 200
_BEFORE = re.compile(rf"before (?:(?:the|this|that|last) )*(?:{_NAMED.pattern})", re.IGNORECASE)
_DAY = timedelta(days=1)


def facts(unit: Unit, world: World, text: str, place: Place | None = None) -> Facts:
    """What these words may mean by such a name; a place of an incident means that incident, else the newest is meant.

    Nothing is looked up for what is not named.
    """
    found: dict[str, tuple[datetime, datetime | None]] = {}
    named = list(_NAMED.finditer(text))
    for one in named:
        known = _incident(unit, f"INC-{one['number']}") if one["number"] else None
        if known is not None:
            found[known.id] = (known.created, known.resolved)
    if any(one["deploy"] for one in named):
        newest = deployments.newest(unit, deployments.Which(_services(world, text)), limit=1)
        if newest:
            found["deploy"] = (newest[0].at, None)
    if any(not one["number"] and not one["deploy"] for one in named):
        here = rooms.about(unit, place) if place is not None else None
        meant = _incident(unit, here) if here else _newest(unit)
        if meant is not None:
            found["incident"] = (meant.created, meant.resolved)
    return found


def stretch(unit: Unit, call: Call, words: str) -> tuple[datetime, datetime]:
    """The time that words name, from when and until when, in the zone of whoever asks.

    Raises:
        Invalid: they name none.
    """
    known = facts(unit, call.world, words, call.place)
    found = times.find(words, now=unit.now, zone=call.person.timezone, facts=known)
    if not found:
        raise Invalid(
            f"“{one_line(words, 40)}” is no time that I know.", "Say it like: since friday, last night, 2h."
        )
    start, end = found[0].start, found[0].end if found[0].end > found[0].start else unit.now
    # Whoever asks what came before something that began at night means more than that night.
    return min(start, end - _DAY) if _BEFORE.match(words) else start, end


def _services(world: World, text: str) -> list[str] | None:
    """The services that the words name; None where they name none."""
    said = f"-{_BETWEEN.sub('-', text.casefold())}-"
    named = [
        one.name
        for one in world.services.values()
        if any(f"-{plain(name)}-" in said for name in (one.name, *one.aliases))
    ]
    return named or None


def _incident(unit: Unit, incident: str) -> Incident | None:
    try:
        return incidents.get(unit, incident)
    except NotFound:
        return None


def _newest(unit: Unit) -> Incident | None:
    """The open one that was declared last, else the last of all; tests do not count."""
    some = [one for one in incidents.find(unit, only_open=False, limit=_SOME) if not one.is_test]
    return max(some, key=lambda one: (one.is_open, one.created), default=None)
