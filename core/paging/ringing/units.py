"""Calling one person: their ways one after the other, until they or somebody else answers; each part of a unit.

A way that fails, or that has not taken the message after some seconds, lets the next one be tried at once.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import timedelta

from core.ids import new_id
from core.notify import records as notices
from core.notify.ledger import Entry, State
from core.notify.units import Occasion
from core.paging import records
from core.paging.bundling import units as bundling
from core.paging.contacts.units import reach_of
from core.paging.page import CALLS, Called, Origin, Page, Position
from core.paging.page import State as Standing
from core.paging.scene import Scene
from core.people.contact import Rung, ladder, starts
from core.people.person import Person
from core.store import deadlines
from core.store.engine import Unit

RING = "paging.ring"
PATIENCE = timedelta(seconds=10)
"""A message that nobody has taken for so long does not hold up the next way; it may still arrive."""
# A link in a message answers for so long.
_GOOD_FOR = timedelta(days=1)


def begin(unit: Unit, scene: Scene, page: Page, person: Person, at: Position) -> Called | None:
    """Begin to call somebody; None if this step has called them already."""
    reach = reach_of(unit, scene, person)
    rungs = ladder(reach.contact.rungs(page.urgency), page.urgency, reach.routes)
    if page.origin is Origin.TEST:
        rungs = tuple(Rung(way=way) for way in reach.routes)
    called = Called(
        id=new_id(unit.now),
        page=page.id,
        person=person.id,
        spell=page.spell,
        round=at.round,
        step=at.step,
        rungs=rungs,
        at=unit.now,
        starts=starts(reach.contact.quiet, page.urgency, unit.now, person.timezone),
    )
    if not records.add_call(unit, called):
        return None
    _climb(unit, scene, page, called)
    return called


def on_ring(unit: Unit, scene: Scene, ref: str) -> None:
    """It is time for the next way of a call, if the call is still wanted."""
    called = records.call(unit, ref)
    if called is None:
        return
    page = records.get(unit, called.page, lock=True)
    if wants(page, called):
        _climb(unit, scene, page, called)


def hurry(unit: Unit, scene: Scene, page: Page, called: Called, troubled: Collection[str]) -> None:
    """Try the next way at once if nothing has reached this person, and what was tried is `troubled`."""
    if called.rung < len(called.rungs) and _all_bad(unit, called, troubled):
        _climb(unit, scene, page, called, at_once=True)


def is_lost(unit: Unit, called: Called, troubled: Collection[str] = ()) -> bool:
    """Whether every way was tried, and none of them has reached this person or is about to."""
    return called.rung >= len(called.rungs) and _all_bad(unit, called, troubled)


def entries_of(unit: Unit, called: Called) -> list[Entry]:
    """What was sent for this call."""
    return [one for one in notices.about(unit, called.page) if one.cause.startswith(called.cause)]


def call_of(unit: Unit, entry: Entry) -> Called | None:
    """The call that an entry is of, if it is of one."""
    kind, _, rest = entry.cause.partition(":")
    return records.call(unit, rest.partition(":")[0]) if kind == CALLS else None


def wants(page: Page, called: Called) -> bool:
    """Whether this call should still be answered."""
    if page.state is Standing.TAKEN:
        return page.offered == called.person
    is_theirs = called.spell == page.spell and called.person not in page.instead
    return page.state is Standing.CALLING and is_theirs


def silence(unit: Unit, calls: Iterable[Called]) -> None:
    """Try no further way of these calls; what is queued is not sent, since nobody wants it."""
    for called in calls:
        deadlines.clear(unit, RING, called.id)


def _climb(unit: Unit, scene: Scene, page: Page, called: Called, *, at_once: bool = False) -> None:
    """Try every way whose time has come; at once: those that come next, too."""
    left = called.rungs[called.rung :]
    if not left:
        return
    reached = max(unit.now - called.starts, left[0].after) if at_once else unit.now - called.starts
    now = [one for one in left if one.after <= reached]
    person = scene.people.get(called.person)
    if person is not None and person.active:
        reach = reach_of(unit, scene, person)
        for number, rung in enumerate(now, start=called.rung):
            occasion = Occasion(page.id, f"{called.cause}{number}", "", unit.now + _GOOD_FOR)
            route = reach.routes.get(rung.way)
            if route is not None:
                by = replace(route, channel=f"page/{rung.way}")
                bundling.call(unit, scene, page, called, occasion, by)
    records.climb(unit, called.id, called.rung + len(now))
    if len(now) < len(left):
        deadlines.set(unit, RING, called.id, called.starts + left[len(now)].after)


def _all_bad(unit: Unit, called: Called, troubled: Collection[str]) -> bool:
    return all(_is_bad(one, unit, troubled) for one in entries_of(unit, called))


def _is_bad(entry: Entry, unit: Unit, troubled: Collection[str]) -> bool:
    if entry.state is State.QUEUED:
        return entry.id in troubled or unit.now - entry.due >= PATIENCE
    return entry.state is State.FAILED
