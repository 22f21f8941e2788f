"""Several calls of one person by one way: the first leaves at once, what follows soon after leaves together; part of a unit."""

from core.notify import units as notify
from core.notify.routing import Route
from core.notify.units import Occasion, Together
from core.paging import course, records
from core.paging.page import Called, Origin, Page, Position, State
from core.paging.scene import Scene
from core.paging.window import held_until
from core.store import outbox, turns
from core.store.engine import Unit


def call(unit: Unit, scene: Scene, page: Page, called: Called, occasion: Occasion, route: Route) -> None:
    """Call somebody by this route: at once, or with what else calls them by it within the window."""
    together = _together(unit, scene, page, called, route)
    if together is None:
        notify.send(unit, occasion, [route])
    else:
        notify.send_together(unit, occasion, route, together)


def _together(unit: Unit, scene: Scene, page: Page, called: Called, route: Route) -> Together | None:
    """With which message it leaves. A test is answered at once, and so is whoever hands a page over."""
    window = scene.paging.bundle
    if not window or page.origin is Origin.TEST or page.state is not State.CALLING:
        return None
    turns.take(unit, f"paging.bundle {route.person} {route.way}")
    last = records.last_call(unit, page.urgency, route, window)
    at = Position(round=called.round, step=called.step)
    left = max(called.starts, called.at) + course.patience(page.plan, at) - unit.now
    leaves = held_until(last, unit.now, window, left)
    if leaves is None or last is None:
        return None
    if last.at <= unit.now:
        return Together(leaves)
    # What is being sent already takes no more.
    joins = outbox.may_join(unit, notify.lane_of(route.way, last.delivery))
    return Together(leaves, last.delivery) if joins else Together(unit.now + window)
