"""When and how somebody is called, looked up for their own page."""

from datetime import datetime

from core.incidents.paging import units as tie
from core.oncall import records as overrides
from core.oncall import units as oncall
from core.oncall.schedule import Schedule
from core.paging.contacts import units as contacts
from core.people.absences import records as absences
from core.people.contact import USUAL, Contact, Urgency
from core.people.person import Person
from core.store.engine import Unit
from core.text import one_line
from core.world import World
from handlers.cards import contact, taken
from handlers.cards.home import Duty

_AHEAD = 12  # shifts


def of(unit: Unit, world: World, person: Person) -> Duty:
    """For what this person is on call now and next, until when they are away, what calls them now, and by what."""
    watching: list[tuple[str, datetime | None]] = []
    coming: list[tuple[str, datetime]] = []
    now = oncall.on_call(unit, world.schedules)
    over = overrides.overrides(unit, list(world.schedules), unit.now) if world.schedules else {}
    for name, schedule in world.schedules.items():
        if now[name] == person.id:
            (shift,) = oncall.ahead(unit, schedule, unit.now, count=1)
            watching.append((_title(world, name), shift.ends))
        elif _may_stand_in(schedule, person.id) or any(one.person == person.id for one in over[name]):
            ahead = oncall.ahead(unit, schedule, unit.now, count=_AHEAD)
            coming += [(_title(world, name), one.begins) for one in ahead if one.person == person.id][:1]
    calls = tuple(
        (page.id, one_line(page.title, 120), taken.calls(page)) for page in tie.calling(unit, person.id)
    )
    return Duty(
        tuple(watching),
        absences.away(unit, [person.id]).get(person.id),
        calls,
        min(coming, key=lambda one: one[1], default=None),
        _ways(unit, world, person) if world.schedules or world.escalations else (),
    )


def _ways(unit: Unit, world: World, person: Person) -> tuple[tuple[str, str], ...]:
    reach = contacts.reach_of(unit, world, person)
    holds = reach.contact.over(Contact(high=USUAL[Urgency.HIGH], low=USUAL[Urgency.LOW]))
    there = list(reach.routes)
    return (
        ("Urgent", contact.usually(holds, Urgency.HIGH, there)),
        ("Can wait", contact.usually(holds, Urgency.LOW, there)),
        ("Quiet hours", contact.hours(holds)),
        ("Several at once", contact.together(world.paging.bundle)),
    )


def _may_stand_in(schedule: Schedule, person: str) -> bool:
    """Whether its layers name them; whom a calendar may name is anybody if it does not say who."""
    return any(person in layer.people or (layer.feed and not layer.people) for layer in schedule.layers)


def _title(world: World, schedule: str) -> str:
    teams = [team.name for team in world.teams.values() if team.schedule == schedule]
    return ", ".join(teams) or schedule
