"""Whoever a page calls, and cannot come, has somebody else called in their place; part of a unit."""

from core.errors import Conflict, Invalid
from core.paging import course, records
from core.paging.motion.units import happened, people, set_timers
from core.paging.page import Origin, Page, Position, State
from core.paging.ringing import units as ringing
from core.paging.scene import Scene
from core.people.person import Person
from core.store.engine import Unit

# Whoever is called again, although this step has called them before, is called beside it.
_BESIDE = 2_000


def pass_on(unit: Unit, scene: Scene, page: Page, to: Person, by: Person) -> Page:
    """Call `to` at once instead of `by`, and wherever the plan means them from here on, until calling begins anew.

    `to` has as long to answer as this step gives; if it has called them as well, they are called already. Whoever was
    called before may still answer.

    Raises:
        Conflict: the page does not call `by`, or it is `to` who is called.
        Invalid: `to` cannot be reached.
    """
    if not calls(unit, page, by):
        raise Conflict(
            f"{page.id} does not call {by.name}.", f"`/oncall escalate {page.id}` calls the next people."
        )
    if to.id == by.id:
        raise Conflict(f"{page.id} calls {to.name} already.", "Nothing was changed.")
    calls_before = records.calls(unit, page)
    by_this_step = [one.person for one in calls_before if page.at == Position(round=one.round, step=one.step)]
    is_called = to.id in by_this_step and to.id not in page.instead
    silent = (by.id,) if is_called else (by.id, to.id)
    ringing.silence(unit, (one for one in calls_before if one.person in silent))
    saved = records.save(unit, page, instead=course.passed_on(page.instead, by.id, to.id))
    if not is_called:
        saved = _call(unit, scene, saved, to, is_again=to.id in by_this_step)
    happened(unit, saved, "page.passed_on", by.id, {"from": by.id, "to": to.id})
    return saved


def calls(unit: Unit, page: Page, person: Person) -> bool:
    """Whether this page calls them now, and nobody in their place; a test calls nobody but whoever made it."""
    is_going_on = page.state is State.CALLING and page.origin is not Origin.TEST
    return is_going_on and person.id in people(unit, page) and person.id not in page.instead


def _call(unit: Unit, scene: Scene, page: Page, to: Person, *, is_again: bool) -> Page:
    at = page.at or course.FIRST
    beside = Position(round=at.round, step=_BESIDE + page.version) if is_again else at
    called = ringing.begin(unit, scene, page, to, beside)
    if called is None or not called.rungs:
        raise Invalid(
            f"{to.name} cannot be reached.", "Name somebody else, or have an administrator add how."
        )
    due = max(called.starts + course.patience(page.plan, at), page.due or unit.now)
    saved = records.save(unit, page, due=due)
    set_timers(unit, saved)
    return saved
