"""Pages of what is kept quiet: held while it is, and begun anew afterwards; each public function a part of a unit."""

from core.paging import records
from core.paging.motion.units import anew, happened, set_timers
from core.paging.page import Page, Quiet, State
from core.paging.ringing import units as ringing
from core.paging.scene import Scene
from core.paging.telling import units as telling
from core.store.engine import Unit
from core.text import moment


def hold(unit: Unit, page_id: str, quiet: Quiet) -> Page:
    """From now on this keeps it quiet: if it calls, nobody more is called; whoever has it keeps it.

    One that somebody let call although it was quiet already goes on doing so.
    """
    page = records.get(unit, page_id, lock=True)
    if (page.quiet_by, page.quiet_until) == (quiet.by, quiet.until):
        return page
    changes = {"quiet_by": quiet.by, "quiet_until": quiet.until}
    if page.state is not State.CALLING or page.quiet_by:
        saved = records.save(unit, page, **changes)
        telling.changed(unit, page)
        return saved
    ringing.silence(unit, records.calls(unit, page))
    saved = records.save(unit, page, state=State.HELD, due=None, **changes)
    set_timers(unit, saved)
    tell(unit, saved)
    return saved


def tell(unit: Unit, page: Page) -> None:
    """Keep that a page is held, by what and until when."""
    until = moment(page.quiet_until) if page.quiet_until else ""
    happened(unit, page, "page.held", "system", {"quiet_by": page.quiet_by, "until": until})


def let_go(unit: Unit, scene: Scene, page_id: str) -> Page:
    """Nothing keeps it quiet any more: one that was held calls from the beginning, whoever that means by now."""
    page = records.get(unit, page_id, lock=True)
    if not page.quiet_by:
        return page
    heard = records.save(unit, page, quiet_by="", quiet_until=None)
    if heard.state is State.HELD:
        return anew(unit, scene, heard, ("page.let_go", "system"))
    telling.changed(unit, page)
    return heard
