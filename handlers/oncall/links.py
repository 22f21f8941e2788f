"""What the page behind a page's link shows, and what its button does. Looking takes nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Forbidden, NotFound, WardroomError
from core.incidents.paging import units as tie
from core.notify import links, notice
from core.notify import units as notify
from core.notify.ledger import Entry
from core.paging import records
from core.paging.answering import units
from core.paging.contacts.units import outlet_of
from core.paging.page import Page
from core.people.permissions import may
from core.people.person import Person
from core.store.engine import Unit
from core.world import World
from handlers.cards import taken
from handlers.cards.card import Card
from handlers.cards.taken import Wording
from handlers.oncall import facts as page_facts
from handlers.oncall import here

_REPLY = re.compile(r"(?:ack|acknowledged?|ok|yes|taken)(?: (?:pg-?)?(\d{1,12}|all))?[.!]*", re.IGNORECASE)


@dataclass(frozen=True)
class Sight:
    """What the message told of, as it stands: whom it is for, what of it can be taken, and the card of now.

    `page` is the one that it is about, or the first of several.
    """

    entry: Entry
    page: Page
    person: Person
    card: Card
    count: int
    open: tuple[Page, ...]


@dataclass(frozen=True)
class Told:
    """What became of an answer, and the page of now."""

    sight: Sight
    words: str
    is_taken: bool = False


def look(unit: Unit, world: World, entry_id: str, key: str) -> Sight | None:
    """What the link shows; None if it is not one of ours, or its person is gone."""
    entry = notify.link_of(unit, entry_id)
    if entry is None or not entry.person or not world.secret_key:
        return None
    if not links.fits_key(world.secret_key, entry, key):
        return None
    pages = records.in_message(unit, entry.delivery)
    person = world.people.get(entry.person)
    if not pages or person is None or not person.active:
        return None
    wanted = [one for one in pages if one.is_unanswered or one.offered == person.id]
    wanted = _theirs(unit, world, wanted, person)
    card = (
        page_facts.live(unit, world, pages[0].id)
        if len(pages) == 1
        else page_facts.several(unit, world, entry.delivery)
    )
    return Sight(entry, pages[0], person, card, len(pages), tuple(wanted) if entry.expires > unit.now else ())


def _theirs(unit: Unit, world: World, pages: Sequence[Page], person: Person) -> list[Page]:
    """Those that somebody may answer: what was given back since calls others."""
    try:
        return _answerable(unit, world, pages, person)[0]
    except Forbidden:
        return []


def _answerable(
    unit: Unit, world: World, pages: Sequence[Page], person: Person
) -> tuple[list[Page], list[Page]]:
    return units.answerable(unit, pages, person, by_role=may(person, "oncall.ack", world.roles))


def take(unit: Unit, world: World, entry_id: str, key: str, named: str = "") -> Told | None:
    """Answer by the link, all of it or the page that is named; None if it is not one of ours. A refusal is told, not raised."""
    sight = look(unit, world, entry_id, key)
    if sight is None:
        return None
    if sight.entry.expires <= unit.now:
        return Told(sight, f"This link has run out. In the chat it still works: /oncall ack {sight.page.id}.")
    try:
        pages = units.to_answer(unit, sight.entry.delivery, named)
        mine, others = _answerable(unit, world, pages, sight.person)
        told = units.take_each(unit, [one.id for one in mine], sight.person, sight.entry.way)
    except WardroomError as error:
        return Told(sight, error.sentence())
    after = look(unit, world, entry_id, key) or sight
    said = taken.answered(told, tie.still_calling(unit, sight.person, told.takings), others=others)
    said += here.leads(unit, told.takings, sight.person)
    return Told(after, said, is_taken=any(one.outcome != "theirs" for one in told.takings))


def by_phone(unit: Unit, world: World, number: str, text: str) -> str:
    """Answer with a text message from one's own telephone: `ack`, `ack PG-12` or `ack all`; what to send back, if anything.

    A number that is nobody's, or of more than one, gets no answer: whoever sends may not be who they seem.
    """
    owners = [
        one for one in world.people.values() if one.phone and one.phone == number.strip() and one.active
    ]
    if len(owners) != 1:
        return ""
    person = owners[0]
    said = _REPLY.fullmatch(" ".join(text.split()))
    if said is None:
        return "Answer “ack” to take what you are called for, “ack PG-12” or “ack all”."
    try:
        mine, others = _answerable(unit, world, _meant(unit, person, said[1] or ""), person)
        told = units.take_each(unit, [page.id for page in mine], person, "sms")
    except WardroomError as error:
        return error.sentence()
    outlet = outlet_of(world.channels, "sms")
    fields = (outlet.fields if outlet else ()) or notice.USUAL["sms"]
    wording = Wording(ack="“ack {}”", full="title" in fields)
    return taken.answered(told, tie.still_calling(unit, person, told.takings), wording, others=others)


def _meant(unit: Unit, person: Person, named: str) -> list[Page]:
    """The page of this number, all that call somebody, or the gravest of these.

    Raises:
        NotFound: none does.
    """
    if named.isdecimal():
        return [records.get(unit, f"PG-{named}")]
    calling = tie.calling(unit, person.id)
    if not calling:
        raise NotFound("No page calls you.")
    return calling if named else calling[:1]
