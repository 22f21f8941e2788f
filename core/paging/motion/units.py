"""How a page moves: on to its next step, back to its beginning, to its end; each a part of a unit."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from core.paging import course, records
from core.paging.calling import units as calling
from core.paging.page import Origin, Page, State
from core.paging.ringing import units as ringing
from core.paging.scene import Scene
from core.paging.telling import units as telling
from core.people.contact import Urgency
from core.people.person import Person
from core.store import deadlines, events, outbox
from core.store.engine import Unit

STEP, IDLE, OFFER = "paging.step", "paging.idle", "paging.offer"
# What belongs to no incident is over so long after somebody answered, if they do not say so before.
_DONE = timedelta(hours=12)
NOBODY: Mapping[str, Any] = {"owner": "", "owner_name": "", "taken": None, "offered": ""}
"""What changes when nobody has it any more."""


def go_on(unit: Unit, scene: Scene, page: Page, without: Collection[str] = ()) -> Page:
    """The next step at which somebody can be called, and when it goes on after that; a test has one step."""
    if page.origin is Origin.TEST and page.at is not None:
        return over(unit, page, "system")
    at = course.following(page.plan, page.at)
    calls, tells = calling.call(unit, scene, page, at, without)
    while not (tells or any(one.rungs for one in calls) or course.is_final(page.plan, at)):
        at = course.following(page.plan, at)
        calls, tells = calling.call(unit, scene, page, at, without)
    begun = min((one.starts for one in calls if one.rungs), default=unit.now)
    changes: dict[str, Any] = {"at": at, "due": max(begun, unit.now) + course.patience(page.plan, at)}
    if course.is_final(page.plan, at) and page.unanswered is None:
        changes["unanswered"] = unit.now
    saved = records.save(unit, page, **changes)
    set_timers(unit, saved)
    if "unanswered" in changes:
        happened(unit, saved, "page.unanswered", "system", {"people": people(unit, saved)})
        telling.raise_alarm(unit, scene, saved)
    return saved


def anew(unit: Unit, scene: Scene, page: Page, why: tuple[str, str], without: Collection[str] = ()) -> Page:
    """Call from the beginning again; `why` is what happened, and who did it. What is kept quiet calls nobody meanwhile."""
    changes = {**NOBODY, "at": None, "unanswered": None, "due": None, "instead": {}}
    ringing.silence(unit, records.calls(unit, page))
    state = State.HELD if page.quiet_by else State.CALLING
    saved = records.save(unit, page, state=state, spell=page.spell + 1, began=unit.now, **changes)
    happened(unit, saved, *why, {"from": page.owner})
    if state is State.CALLING:
        return go_on(unit, scene, saved, without)
    set_timers(unit, saved)
    return saved


def answered(unit: Unit, page: Page, by: Person, via: str) -> Page:
    """Somebody has it from now on; `via` is by what they answered."""
    before = {"owner": by.id, "owner_name": by.name, "taken": unit.now, "offered": ""}
    keeps = page.plan.taken_for if page.incident else _DONE
    due = unit.now + keeps if keeps and page.urgency is Urgency.HIGH else None
    saved = records.save(unit, page, state=State.TAKEN, due=due, **before)
    set_timers(unit, saved)
    facts = {"via": via, "from": page.owner, "seconds": (unit.now - page.began).total_seconds()}
    happened(unit, saved, "page.taken", by.id, facts)
    return saved


def over(unit: Unit, page: Page, by: str) -> Page:
    """End it; those who were called and reached are told."""
    ringing.silence(unit, records.calls(unit, page))
    saved = records.save(unit, page, state=State.OVER, ended=unit.now, due=None, offered="")
    set_timers(unit, saved)
    happened(unit, saved, "page.ended", by, {"was": str(page.state)})
    if page.is_unanswered and page.origin is not Origin.TEST:
        telling.tell_others(unit, [(saved, set(people(unit, page)) - {by})])
    return saved


def set_timers(unit: Unit, page: Page) -> None:
    """One due time for each page, by what it waits for."""
    kind = {State.CALLING: STEP, State.TAKEN: IDLE}.get(page.state)
    for other in (STEP, IDLE):
        if other != kind or page.due is None:
            deadlines.clear(unit, other, page.id)
    if kind is not None and page.due is not None:
        deadlines.set(unit, kind, page.id, page.due)
    deadlines.clear(unit, OFFER, page.id)


def people(unit: Unit, page: Page) -> list[str]:
    """Whom it has called since its calling began."""
    return list(dict.fromkeys(one.person for one in records.calls(unit, page)))


def happened(unit: Unit, page: Page, kind: str, by: str, facts: Mapping[str, Any]) -> None:
    """Keep what happened, and bring every copy of its card up to date."""
    events.append(unit, kind, page.id, actor=by, data={**facts, "kind": kind, "incident": page.incident})
    telling.changed(unit, page, outbox.EVERYBODY)
