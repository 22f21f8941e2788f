"""What is known of pages, read for the cards that show them."""

from datetime import datetime

from core.incidents.paging import units as tie
from core.notify import units as notify
from core.paging import records
from core.paging.calling import units as calling
from core.paging.page import Origin, Page, State
from core.people.person import Person
from core.store.engine import Unit
from core.world import World
from handlers.cards import page as cards
from handlers.cards import pages_lately as lately_cards
from handlers.cards import several as several_cards
from handlers.cards.card import Card, Line
from handlers.cards.page import Sight

_SHOWN, _ROWS, _LOOKED_AT = 10, 50, 1_000


def sight(unit: Unit, world: World, page: Page) -> Sight:
    """A page with whom it called, what became of each message, and whom the next step means."""
    expected = calling.expected(unit, world, page) if page.state is State.CALLING else {}
    return Sight(page, records.calls(unit, page), notify.ledger(unit, page.id), expected)


def live(unit: Unit, world: World, ref: str) -> Card:
    """The card of a page as it stands now."""
    return cards.card(world, sight(unit, world, records.get(unit, ref)))


def several(unit: Unit, world: World, delivery: str) -> Card:
    """The card of the pages that went out with one message."""
    return several_cards.card(world, delivery, records.in_message(unit, delivery))


def untitled(page: Page) -> Page:
    """A page for whoever may not see incidents: with the id of its own in the place of what that is called."""
    return page.model_copy(update={"title": page.incident}) if page.incident else page


def board(unit: Unit, world: World, _ref: str = "", *, titled: bool = True) -> Card:
    """Everything that is going on now: what still calls people first; `titled`: incidents may be seen."""
    found = [one if titled else untitled(one) for one in records.open_now(unit, _LOOKED_AT)]
    return cards.listing(world, [sight(unit, world, one) for one in found[:_ROWS]], len(found))


def lately(
    unit: Unit,
    world: World,
    when: str,
    span: tuple[datetime, datetime],
    person: Person | None,
    *,
    titled: bool,
) -> Card:
    """The pages that began in a time, `when` in words, or those of them that concern one person."""
    found = records.lately(unit, _LOOKED_AT, since=span[0], until=span[1])
    real = [one if titled else untitled(one) for one in found if one.origin is not Origin.TEST]
    seen = [sight(unit, world, one) for one in real]
    if person is not None:
        seen = [one for one in seen if person.id in {one.page.owner, *(each.person for each in one.calls)}]
    return lately_cards.listing(world, seen[:_ROWS], len(seen), when)


def own(unit: Unit, world: World, person: Person, who: str, *, titled: bool) -> Card:
    """What calls one person now, and after it what they have; `who` they are to whoever asks: “you”, or their name."""
    held = records.held_by(unit, person.id)
    calls = tie.calling(unit, person.id)
    found = [*calls, *(one for one in held if one.id not in {each.id for each in calls})]
    seen = [one if titled else untitled(one) for one in found[:_ROWS]]
    return cards.own(world, [sight(unit, world, one) for one in seen], len(calls), who)


def going_on(unit: Unit, world: World) -> tuple[tuple[Line, ...], int]:
    """One line for each of the first pages that are not over, and how many there are besides.

    How somebody tries their own ways is nobody else's business.
    """
    real = [one for one in records.open_now(unit, _LOOKED_AT) if one.origin is not Origin.TEST]
    return tuple(cards.going_on(world, sight(unit, world, one)) for one in real[:_SHOWN]), len(real[_SHOWN:])


def of_incident(unit: Unit, world: World, incident: str) -> tuple[Line, ...]:
    """One line for each page of an incident that is not over."""
    return tuple(
        cards.going_on(world, sight(unit, world, one)) for one in records.of_incident(unit, incident)
    )
