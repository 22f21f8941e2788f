"""The forms of paging, and what they suggest; each asks only when something is missing. Pure."""

from core.paging.contacts import units as contacts
from core.people.contact import USUAL, Contact, Urgency
from core.people.person import Person
from core.store.engine import Unit
from core.world import World
from handlers.cards import contact
from handlers.cards.form import Form, FormField
from handlers.whom import people


def ask_whom(world: World, known: dict[str, str]) -> Form | None:
    """Whom to call, and what about."""
    if known.get("whom") or known.get("said"):
        return None
    everybody = [*world.teams, *world.schedules, *(one.id for one in world.people.values() if one.is_human)]
    return Form(
        title="Page somebody",
        verb="incident.page",
        object=known.get("id", ""),
        fields=(
            FormField(
                name="whom",
                label="Whom?",
                hint=f"A person, a team or a schedule: {', '.join(everybody[:12])}",
            ),
            FormField(name="text", label="What about?", required=False, max_length=200),
        ),
        submit="Call them",
    )


def ask_to(world: World, known: dict[str, str]) -> Form | None:
    """To whom a page is handed over."""
    if known.get("person"):
        return None
    options = tuple(people(world, ""))[:25]
    field = FormField(name="person", label="To whom?", kind="choice", options=options)
    return Form(
        title="Hand over",
        verb="oncall.handover",
        object=known.get("id", ""),
        fields=(field,),
        submit="Call them",
    )


def ask_ways(unit: Unit, world: World, person: Person, known: dict[str, str]) -> Form | None:
    """How one wants to be called, on top of how one is called now."""
    del known
    reach = contacts.reach_of(unit, world, person)
    holds = reach.contact.over(Contact(high=USUAL[Urgency.HIGH], low=USUAL[Urgency.LOW]))
    return contact.form(contacts.words_of(unit, person.id), holds, list(reach.routes))


def targets(world: World, typed: str) -> list[tuple[str, str]]:
    """Everybody and everything that can be called."""
    return [*((name, name) for name in (*world.teams, *world.schedules)), *people(world, typed)]
