"""What pages say to people: that they are wanted, that somebody else has it, that nobody has answered; parts of units."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from core.notify import links, notice, routing
from core.notify import records as notices
from core.notify import units as notify
from core.notify.ledger import Entry, State
from core.notify.notice import Letter
from core.notify.routing import Route
from core.notify.units import Occasion, Together
from core.paging import records
from core.paging.contacts.units import DIRECT, outlet_of, reach_of
from core.paging.page import CALLS, Page
from core.paging.page import State as Standing
from core.paging.scene import Scene
from core.paging.telling import words
from core.people.person import Person
from core.place import Place
from core.store import outbox
from core.store.engine import Unit

VIEW, SEVERAL = "page", "pages.several"
TOLD, TAKEN, RETURNED = "told", "taken", "returned"
GOOD_FOR = timedelta(days=1)
DOOR = "g"
"""The first part of the path of the page behind a link in a message."""
_OLD_NEWS = timedelta(hours=1)


def changed(unit: Unit, page: Page, homes: Iterable[str] = ()) -> None:
    """Bring every copy of its card up to date, and every message in which it stands beside others."""
    outbox.announce(unit, VIEW, page.id, homes=homes)
    for delivery in records.shared_by(unit, page.id, DIRECT):
        outbox.refresh(unit, SEVERAL, delivery, urgent=True)


def tell_others(unit: Unit, taken: Iterable[tuple[Page, Collection[str]]]) -> None:
    """Tell those of these people who were reached that they need not do anything, by the ways by which they were.

    What one person is told by one way of several pages is one message.
    """
    messages: dict[tuple[str, str, str], str] = {}
    for page, people in taken:
        reached = [
            one
            for one in notices.about(unit, page.id)
            if one.person in people
            and one.created >= page.began
            and one.state is State.ACCEPTED
            and _calls(one)
        ]
        occasion = Occasion(page.id, f"{TAKEN}:{page.version}", "", unit.now + _OLD_NEWS)
        for way, one in {(one.person, one.way, one.target): one for one in reached}.items():
            together = Together(unit.now, messages.get(way, ""))
            messages[way] = notify.send_together(unit, occasion, _again(one), together)


def tell_owner(unit: Unit, scene: Scene, page: Page, offered: str) -> None:
    """Tell whoever has it that the other one did not answer."""
    owner, other = scene.people.get(page.owner), scene.people.get(offered)
    if owner is None or other is None:
        return
    routes = reach_of(unit, scene, owner).routes
    direct = [one for one in routes.values() if one.way == DIRECT] or list(routes.values())
    occasion = Occasion(page.id, f"{RETURNED}:{page.version}:{other.id}", "", unit.now + _OLD_NEWS)
    notify.send(unit, occasion, [_again(one) for one in direct])


def raise_alarm(unit: Unit, scene: Scene, page: Page) -> None:
    """Say where operators hear it that nobody has answered."""
    tried = words.tried(page, records.calls(unit, page), _names(scene))
    for place in routing.alarm(scene.channels, scene.notices.alarm):
        outbox.say(unit, place, f"⚠ {tried}", about=page.id)


def wanted(unit: Unit, delivery: str) -> tuple[list[Entry], list[Entry]]:
    """The entries of a delivery that still wait: those to send, and those that nobody wants any more."""
    waiting = [one for one in notices.of_delivery(unit, delivery) if one.state is State.QUEUED]
    if not waiting:
        return [], []
    pages = {one.id: one for one in records.in_message(unit, delivery)}
    moot = [one for one in waiting if _is_moot(unit, pages[one.about], one)]
    return [one for one in waiting if one not in moot], moot


def letter(unit: Unit, scene: Scene, entries: Sequence[Entry]) -> Letter:
    """What to send for the entries of a message, from the state of now, with nothing that its channel does not list."""
    entry = entries[0]
    wanted_now = {one.about for one in entries}
    pages = [one for one in records.in_message(unit, entry.delivery) if one.id in wanted_now]
    page = pages[0]
    named = scene.channels.get(entry.channel)
    channel = named or (outlet_of(scene.channels, entry.way) if entry.way != DIRECT else None)
    fields = (channel.fields if channel else ()) or notice.USUAL.get(entry.way, ("title", "link"))
    has_link = _calls(entry) and entry.person and entry.way != DIRECT and "link" in fields
    is_full = "title" in fields
    if len(pages) > 1:
        said = words.several(pages, full=is_full) if _calls(entry) else words.several_taken(pages)
        facts = words.others(pages[1:] if _calls(entry) else pages) if is_full else {}
    else:
        said = words.headline(page, entry.cause, _names(scene), full=is_full)
        facts = notice.only(words.facts(page), [one for one in fields if one != "title"])
    return Letter(
        key=entry.delivery,
        channel=entry.channel,
        way=entry.way,
        target=entry.target,
        about=entry.about if len(pages) == 1 else entry.delivery,
        event=f"page.{entry.cause.partition(':')[0]}",
        headline=said,
        facts=facts,
        happened=entry.due,
        options=channel.outlets.get(entry.way, {}) if channel else {},
        # The first of a message, whether it is wanted still: the address is the same for every try.
        link=links.link_to(
            scene.public_url, scene.secret_key, notices.of_delivery(unit, entry.delivery)[0], DOOR
        )
        if has_link
        else "",
        page=page.id if "link" in fields and not has_link else "",
        asks=_calls(entry),
        reader=entry.person,
        view=VIEW if len(pages) == 1 else SEVERAL,
        count=len(pages),
    )


def arrived(unit: Unit, entries: Sequence[Entry], message: str) -> None:
    """A page, or several, stand in somebody's own conversation: their card is kept true from now on."""
    first = next(iter(entries), None)
    if first is not None and first.way == DIRECT and first.place is not None and message and _calls(first):
        is_one = len({one.about for one in entries}) == 1
        card = (VIEW, first.about) if is_one else (SEVERAL, first.delivery)
        outbox.adopt(unit, *card, first.place.at(message))


def _is_moot(unit: Unit, page: Page, entry: Entry) -> bool:
    if entry.expires <= unit.now:
        return True
    if not _calls(entry):
        return False
    if page.state is Standing.TAKEN:
        return not entry.person or page.offered != entry.person
    called = records.call(unit, entry.cause.split(":")[1])
    is_old = called.spell != page.spell if called is not None else entry.created < page.began
    return page.state in (Standing.OVER, Standing.HELD) or is_old or entry.person in page.instead


def _calls(entry: Entry) -> bool:
    """Whether its reader is called, and not only told something."""
    return entry.cause.partition(":")[0] in (CALLS, TOLD)


def _again(known: Entry | Route) -> Route:
    place: Place | None = known.place
    channel = known.channel or f"page/{known.way}"
    return Route(channel, known.way, known.person, known.target, place)


def _names(scene: Scene) -> dict[str, str]:
    people: list[Person] = list(scene.people.values())
    return {person.id: person.name for person in people}
