"""What pages say to people: that they are wanted, that somebody else has it, that nobody has answered; parts of units."""

from collections.abc import Collection, Sequence
from datetime import timedelta

from core.notify import links, notice, routing
from core.notify import records as notices
from core.notify import units as notify
from core.notify.ledger import Entry, State
from core.notify.notice import Letter
from core.notify.routing import Route
from core.notify.units import Occasion
from core.paging import records
from core.paging.contacts.units import DIRECT, outlet_of, reach_of
from core.paging.page import Page
from core.paging.page import State as Standing
from core.paging.scene import Scene
from core.paging.telling import words
from core.people.person import Person
from core.place import Place
from core.store import outbox
from core.store.engine import Unit

VIEW = "page"
CALLED, TOLD, TAKEN, RETURNED = "called", "told", "taken", "returned"
GOOD_FOR = timedelta(days=1)
DOOR = "g"
"""The first part of the path of the page behind a link in a message."""
_OLD_NEWS = timedelta(hours=1)


def tell_others(unit: Unit, page: Page, people: Collection[str]) -> None:
    """Tell those of these people who were reached that they need not do anything, by the ways by which they were."""
    reached = [
        one
        for one in notices.about(unit, page.id)
        if one.person in people and one.created >= page.began and one.state is State.ACCEPTED and _calls(one)
    ]
    occasion = Occasion(page.id, f"{TAKEN}:{page.version}", "", unit.now + _OLD_NEWS)
    routes = {(one.person, one.way, one.target): one for one in reached}
    notify.send(unit, occasion, [_again(one) for one in routes.values()])


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
    page = records.get(unit, waiting[0].about)
    moot = [one for one in waiting if _is_moot(unit, page, one)]
    return [one for one in waiting if one not in moot], moot


def letter(unit: Unit, scene: Scene, entry: Entry) -> Letter:
    """What to send for an entry, from the state of now, with nothing that its channel does not list."""
    page = records.get(unit, entry.about)
    named = scene.channels.get(entry.channel)
    channel = named or (outlet_of(scene.channels, entry.way) if entry.way != DIRECT else None)
    fields = (channel.fields if channel else ()) or notice.USUAL.get(entry.way, ("title", "link"))
    said = words.headline(page, entry.cause, _names(scene), full="title" in fields)
    has_link = _calls(entry) and entry.person and entry.way != DIRECT and "link" in fields
    return Letter(
        key=entry.delivery,
        channel=entry.channel,
        way=entry.way,
        target=entry.target,
        about=entry.about,
        event=f"page.{entry.cause.partition(':')[0]}",
        headline=said,
        facts=notice.only(words.facts(page), [one for one in fields if one != "title"]),
        happened=entry.created,
        options=channel.outlets.get(entry.way, {}) if channel else {},
        link=links.link_to(scene.public_url, scene.secret_key, entry, DOOR) if has_link else "",
        page=page.id if "link" in fields and not has_link else "",
        asks=_calls(entry),
        reader=entry.person,
        view=VIEW,
    )


def arrived(unit: Unit, entries: Sequence[Entry], message: str) -> None:
    """A page stands in somebody's own conversation: its card is kept true from now on."""
    for entry in entries:
        if entry.way == DIRECT and entry.place is not None and message and _calls(entry):
            outbox.adopt(unit, VIEW, entry.about, entry.place.at(message))


def _is_moot(unit: Unit, page: Page, entry: Entry) -> bool:
    if entry.expires <= unit.now:
        return True
    if not _calls(entry):
        return False
    if page.state is Standing.TAKEN:
        return not entry.person or page.offered != entry.person
    called = records.call(unit, entry.cause.split(":")[1])
    is_old = called.spell != page.spell if called is not None else entry.created < page.began
    return page.state in (Standing.OVER, Standing.HELD) or is_old


def _calls(entry: Entry) -> bool:
    """Whether its reader is called, and not only told something."""
    return entry.cause.partition(":")[0] in (CALLED, TOLD)


def _again(known: Entry | Route) -> Route:
    place: Place | None = known.place
    channel = known.channel or f"page/{known.way}"
    return Route(channel, known.way, known.person, known.target, place)


def _names(scene: Scene) -> dict[str, str]:
    people: list[Person] = list(scene.people.values())
    return {person.id: person.name for person in people}
