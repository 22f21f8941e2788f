"""Whoever takes over a schedule while a page calls is called at once, as if the page began now; part of a unit."""

from collections.abc import Mapping
from typing import Any

from core.oncall import units as oncall
from core.paging import course, records
from core.paging.calling import units as calling
from core.paging.motion.units import happened, set_timers
from core.paging.page import Origin, Page, State, Step
from core.paging.ringing import units as ringing
from core.paging.scene import Scene
from core.paging.telling import units as telling
from core.people.person import Person
from core.store.engine import Unit


def on_change(unit: Unit, scene: Scene, ref: str, data: Mapping[str, Any]) -> None:
    """People were put over this schedule: pages that have called whoever was on call there call them too, once it is theirs."""
    if ref not in scene.schedules:
        return
    for page in records.unanswered(unit):
        if any(ref in (one.schedule, one.following) for one in page.plan.steps):
            telling.changed(unit, page)  # its card names who is next
    put = {data.get("person"), *(one["to"] for one in data.get("shifts", ()))}
    now = [one for one in oncall.on_call(unit, {ref: scene.schedules[ref]}).values() if one in put]
    for person in calling.here(scene, now):
        for page in records.unanswered(unit):
            _relieve(unit, scene, page.id, ref, person)


def _relieve(unit: Unit, scene: Scene, page_id: str, schedule: str, person: Person) -> None:
    """Call them, unless this time through has called them already. Whoever was called before may still answer."""
    page = records.get(unit, page_id, lock=True)
    step = _taken(page, schedule)
    if page.at is None or step is None or person.id in page.instead:
        return
    if person.id in calling.called_by(unit, page, page.at):
        return
    called = ringing.begin(unit, scene, page, person, page.at)
    if called is not None:
        # They have as long to answer as whoever was on call before them had.
        saved = records.save(unit, page, due=max(called.starts + step.wait, page.due or unit.now))
        set_timers(unit, saved)
        facts = calling.facts(page.at, [called]) | {"took_over": schedule}
        happened(unit, saved, "page.called", "system", facts)


def _taken(page: Page, name: str) -> Step | None:
    """The last step of this time through that has called whoever was on call there."""
    if page.state is not State.CALLING or page.origin is Origin.TEST or page.at is None:
        return None
    steps = list(page.plan.steps[: page.at.step + 1])
    if course.is_final(page.plan, page.at):
        steps.append(course.step_at(page.plan, page.at))
    return next((one for one in reversed(steps) if one.schedule == name), None)


REACTIONS = {"paging.on_watch_changed": on_change}
