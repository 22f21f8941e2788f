"""Pages: begun, going on from step to step, taken, given back, handed over, over. Each public function is one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.errors import Conflict, Invalid
from core.notify.ledger import Entry
from core.paging import course, records
from core.paging.calling import units as calling
from core.paging.holding import units as holding
from core.paging.motion.units import IDLE, NOBODY, OFFER, STEP, answered, go_on, happened, over, people
from core.paging.page import Origin, Page, Plan, Position, Quiet, State
from core.paging.quieting import units as quieting
from core.paging.ringing import units as ringing
from core.paging.scene import Scene
from core.paging.telling import units as telling
from core.people.contact import Urgency
from core.people.person import Person
from core.store import deadlines
from core.store.engine import Unit
from core.store.numbers import next_number
from core.store.outbox import EVERYBODY
from core.text import one_line

PREFIX = "PG"
TITLE = 200


@dataclass(frozen=True)
class Wish:
    """What people are called for, by which plan, and who wants it; `without` are those who know, and are not called first.

    `quiet` is what keeps it quiet, which holds it only where a rule begins it.
    """

    title: str
    plan: Plan
    by: Person
    urgency: Urgency = Urgency.HIGH
    origin: Origin = Origin.PERSON
    incident: str = ""
    source: str = ""
    without: frozenset[str] = frozenset()
    quiet: Quiet | None = None


def start(unit: Unit, scene: Scene, wish: Wish) -> Page:
    """Begin to call people.

    Raises:
        Invalid: it has no title.
    """
    return go_on(unit, scene, _begun(unit, wish), wish.without)


def hold(unit: Unit, wish: Wish, by: Person, via: str) -> Page:
    """Begin a page that somebody has from the beginning, because they know already: nobody is called."""
    return answered(unit, _begun(unit, wish), by, via)


def wait(unit: Unit, wish: Wish) -> Page:
    """Begin a page of what is kept quiet: it calls nobody before that is over."""
    saved = records.save(unit, _begun(unit, wish), state=State.HELD)
    quieting.tell(unit, saved)
    return saved


def _begun(unit: Unit, wish: Wish) -> Page:
    title = one_line(wish.title, TITLE)
    if not title:
        raise Invalid(
            "A page needs a few words.", "Say what it is about: `/incident page bo the database is slow`."
        )
    page = Page(
        id=next_number(unit, PREFIX),
        title=title,
        urgency=wish.urgency,
        origin=wish.origin,
        incident=wish.incident,
        source=wish.source[:200],
        by=wish.by.id,
        by_name=wish.by.name,
        plan=wish.plan,
        created=unit.now,
        began=unit.now,
        quiet_by=wish.quiet.by if wish.quiet else "",
        quiet_until=wish.quiet.until if wish.quiet else None,
    )
    records.add(unit, page)
    facts = {
        "title": title,
        "urgency": str(wish.urgency),
        "plan": wish.plan.name,
        "version": wish.plan.version,
    }
    happened(unit, page, "page.started", wish.by.id, facts)
    return page


def retitle(unit: Unit, page: Page, title: str) -> Page:
    """What it is about is called otherwise now; whoever it calls from here on reads that, and so do its cards."""
    saved = records.save(unit, page, title=one_line(title, TITLE))
    telling.changed(unit, saved, EVERYBODY)
    return saved


def adopt(unit: Unit, page: Page) -> Page:
    """What a person began calls whom its incident calls by the rules: from here on it is that incident's own."""
    return records.save(unit, page, origin=Origin.INCIDENT)


def on_step(unit: Unit, scene: Scene, ref: str) -> None:
    """Nobody has answered in time: the next step."""
    page = records.get(unit, ref, lock=True)
    if page.state is not State.CALLING:
        return
    if page.due is not None and page.due > unit.now:
        deadlines.set(unit, STEP, page.id, page.due)
        return
    go_on(unit, scene, page)


def on_trouble(unit: Unit, scene: Scene, entries: Sequence[Entry]) -> None:
    """Messages of a page did not arrive: the next way, or the next step, at once."""
    calls = {called.id: called for one in entries if (called := ringing.call_of(unit, one)) is not None}
    ids = {one.id for one in entries}
    for called in calls.values():
        page = records.get(unit, called.page, lock=True)
        if not ringing.wants(page, called):
            continue
        ringing.hurry(unit, scene, page, called, ids)
        if page.state is State.CALLING and _nobody_hears(unit, page, ids):
            happened(unit, page, "page.not_heard", "system", {"people": people(unit, page)})
            go_on(unit, scene, page)


def escalate(unit: Unit, scene: Scene, page_id: str, by: Person) -> Page:
    """Call the next people at once; whoever of them answers has it. Whoever had it until now is not called again by that.

    Raises:
        Conflict: it is over.
    """
    page = records.get(unit, page_id, lock=True)
    if page.state is State.OVER:
        raise Conflict(f"{page.id} is over.", "`/incident page` calls somebody anew.")
    without = frozenset({by.id, page.owner})
    happened(unit, page, "page.escalated", by.id, {"from": page.owner, "by": by.id})
    if page.state is not State.CALLING:
        again = {"spell": page.spell + 1, "began": unit.now, "instead": {}, **NOBODY}
        page = records.save(unit, page, state=State.CALLING, **again)
    return go_on(unit, scene, page, without)


def end(unit: Unit, page_id: str, by: str) -> Page:
    """Nobody needs to look at it any more.

    Raises:
        Conflict: it is over already.
    """
    page = records.get(unit, page_id, lock=True)
    if page.state is State.OVER:
        raise Conflict(f"{page.id} is over already.", "Nothing was changed.")
    return over(unit, page, by)


def nudge(unit: Unit, page_id: str) -> None:
    """Let a page go on at once that should have by itself: whatever was to wake it is set anew."""
    page = records.get(unit, page_id, lock=True)
    kind = {State.CALLING: STEP, State.TAKEN: IDLE}.get(page.state)
    if kind is not None and page.due is not None and page.due <= unit.now:
        deadlines.set(unit, kind, page.id, unit.now)


def _nobody_hears(unit: Unit, page: Page, troubled: Collection[str]) -> bool:
    """Whether the step that is taken now has reached nobody, and nothing of it is under way."""
    if page.at is None or course.is_final(page.plan, page.at) or calling.tells(page, page.at):
        return False
    calls = records.calls(unit, page)
    called = [one.person for one in calls if page.at == Position(round=one.round, step=one.step)]
    meant = {page.instead.get(one, one) for one in called}
    # Whoever stands in for somebody may have been called beside the step: their newest call counts.
    newest = {one.person: one for one in calls if one.person in meant}
    return all(ringing.is_lost(unit, one, troubled) for one in newest.values())


DEADLINES = {STEP: on_step, IDLE: holding.on_idle, OFFER: holding.on_offer, ringing.RING: ringing.on_ring}
