"""Shifts that were swapped: who did with whom, and having it swapped back."""

from core.errors import Conflict
from core.oncall import units as oncall
from core.oncall.swapping import records
from core.store.engine import Unit
from handlers.cards import swap as cards
from handlers.oncall import first
from handlers.oncall.shifts import teams_of
from handlers.talk.pending import Order
from handlers.verb import Call, Nothing, Reply


def listing(unit: Unit, call: Call, _args: Nothing) -> Reply:
    """What waits for an answer, and what is swapped and not over."""
    held = oncall.swapped(unit, call.world.schedules)
    return Reply(card=cards.listing(call.world, records.waiting(unit), held))


def back(unit: Unit, call: Call) -> Reply:
    """Ask whoever somebody has swapped with to swap back; a swap that they were asked for themselves is theirs to decline.

    Raises:
        Conflict: they have swapped with nobody.
    """
    asked = [one for one in records.open_now(unit, call.person.id) if one.other == call.person.id]
    if asked:
        return Reply(card=cards.asked(call.world, asked[0]))
    found = oncall.to_swap_back(unit, call.world.schedules, call.person.id)
    if found is None:
        raise Conflict(
            "You have no swap that could be taken back.", "`/oncall swaps` shows who has swapped with whom."
        )
    name, other = found
    schedule = call.world.schedules[name]
    team = next(iter(teams_of(call.world, schedule)), name)
    person = call.world.people.get(other)
    known = person.name if person else other
    order = Order("oncall.swap", {"team": team, "person": other, "reason": "to swap back"})
    about = f"You and {known} have swapped shifts of {team}. {known} is asked, and nothing changes until they accept"
    would = f"/oncall swap {team} {other} reason=to swap back"
    return first.ask(unit, call, order, would, (f"Ask {known} to swap back?", about))
