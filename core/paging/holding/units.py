"""What becomes of a page that somebody has: given back, handed over, left lying; each public function is one transaction."""

from datetime import datetime

from core.errors import Conflict, Invalid
from core.paging import records
from core.paging.motion.units import OFFER, anew, happened, over, set_timers
from core.paging.page import Page, Position, State
from core.paging.passing import units as passing
from core.paging.ringing import units as ringing
from core.paging.scene import Scene
from core.paging.telling import units as telling
from core.people.person import Person
from core.store import deadlines, events
from core.store.engine import Unit

# Handing over is a call beside the steps of the plan.
_BESIDE = 1_000


def release(unit: Unit, scene: Scene, page_id: str, by: Person) -> Page:
    """Whoever has it gives it back: calling begins anew, with others first.

    Raises:
        Conflict: nobody has it.
    """
    page = _taken(unit, page_id)
    return anew(unit, scene, page, ("page.released", by.id), {page.owner})


def hand_over(unit: Unit, scene: Scene, page_id: str, to: Person, by: Person) -> Page:
    """Call somebody to take it over; until they answer it stays where it is. What still calls `by` calls them instead.

    Raises:
        Conflict: nobody has it and it does not call `by`, or they have it themselves.
        Invalid: they cannot be reached.
    """
    page = records.get(unit, page_id, lock=True)
    if page.state is State.CALLING:
        return passing.pass_on(unit, scene, page, to, by)
    page = _taken(unit, page_id)
    if page.owner == to.id:
        raise Conflict(f"{to.name} has {page.id} already.", "Nothing was changed.")
    saved = records.save(unit, page, offered=to.id)
    beside = Position(round=page.at.round if page.at else 0, step=_BESIDE + saved.version)
    called = ringing.begin(unit, scene, saved, to, beside)
    if called is None or not called.rungs:
        raise Invalid(
            f"{to.name} cannot be reached.", "Name somebody else, or have an administrator add how."
        )
    deadlines.set(unit, OFFER, page.id, unit.now + page.plan.steps[0].wait)
    happened(unit, saved, "page.offered", by.id, {"to": to.id})
    return saved


def on_offer(unit: Unit, scene: Scene, ref: str) -> None:
    """Whoever was to take it over has not answered: it stays where it is, and its owner is told."""
    page = records.get(unit, ref, lock=True)
    if page.state is not State.TAKEN or not page.offered:
        return
    _not_handed_over(unit, scene, page, "system")


def refuse(unit: Unit, scene: Scene, page_id: str, by: Person) -> Page:
    """Whoever was to take it over does not: it stays where it is, and its owner is told at once.

    Raises:
        Conflict: nobody offers it to them.
    """
    page = _taken(unit, page_id)
    if page.offered != by.id:
        raise Conflict(f"Nobody asks you to take {page.id} over.", f"{page.owner_name} has it.")
    return _not_handed_over(unit, scene, page, by.id)


def _not_handed_over(unit: Unit, scene: Scene, page: Page, by: str) -> Page:
    ringing.silence(unit, (one for one in records.calls(unit, page) if one.person == page.offered))
    saved = records.save(unit, page, offered="")
    set_timers(unit, saved)
    happened(unit, saved, "page.not_handed_over", by, {"to": page.offered})
    telling.tell_owner(unit, scene, saved, page.offered)
    return saved


def on_idle(unit: Unit, scene: Scene, ref: str) -> None:
    """Somebody took it a while ago: what belongs to no incident is over; else they must have done something."""
    page = records.get(unit, ref, lock=True)
    if page.state is not State.TAKEN or page.taken is None:
        return
    if not page.incident or page.plan.taken_for is None:
        over(unit, page, "system")
        return
    # While it is kept quiet nobody is expected to do anything about it.
    quiet = [page.quiet_until or unit.now] if page.quiet_by else []
    last = max([*_acts(unit, scene, page), *quiet], default=page.taken)
    if last + page.plan.taken_for > unit.now:
        set_timers(unit, records.save(unit, page, due=last + page.plan.taken_for))
        return
    anew(unit, scene, page, ("page.lapsed", "system"))


def _taken(unit: Unit, page_id: str) -> Page:
    page = records.get(unit, page_id, lock=True)
    if page.state is not State.TAKEN:
        raise Conflict(f"Nobody has {page.id}.", "`/oncall pages` shows what is going on.")
    return page


def _acts(unit: Unit, scene: Scene, page: Page) -> list[datetime]:
    """When people did something about its incident since somebody took it."""
    human = {person.id for person in scene.people.values() if person.is_human}
    log = events.history(unit, page.incident)
    return [one["at"] for one in log if one["actor"] in human and page.taken and one["at"] > page.taken]
