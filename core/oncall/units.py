"""Who is on call now, and changes to that for a time. Each public function is one transaction, or part of one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice, takewhile

from core.errors import Conflict, Invalid
from core.oncall import exchange as exchanging
from core.oncall import records
from core.oncall.calendars import records as calendars
from core.oncall.calendars.calendar import Copy
from core.oncall.rotation import shift_at, shifts
from core.oncall.schedule import Override, Schedule, Shift
from core.people import records as persons
from core.people.absences import records as absences
from core.people.availability import There, Whereabouts, there
from core.people.person import Person
from core.store import events, turns
from core.store.engine import Unit

LONGEST = timedelta(days=60)


def on_call(unit: Unit, schedules: Mapping[str, Schedule], at: datetime | None = None) -> dict[str, str]:
    """By schedule, the id of the person on call at this moment (now if none is given); empty where nobody is."""
    if not schedules:
        return {}
    at = at or unit.now
    over = records.overrides(unit, list(schedules), at)
    return {name: shift_at(read(unit, each, at), over[name], at).person for name, each in schedules.items()}


def read(unit: Unit, schedule: Schedule, at: datetime) -> Schedule:
    """The schedule with what its calendars said from this moment on, as they were last read."""
    feeds = [layer.feed.key for layer in schedule.layers if layer.feed is not None]
    if not feeds:
        return schedule
    found = calendars.spells(unit, feeds, at)
    layers = (
        replace(layer, spells=tuple(found[layer.feed.key])) if layer.feed else layer
        for layer in schedule.layers
    )
    return replace(schedule, layers=tuple(layers))


def known(
    unit: Unit, schedules: Mapping[str, Schedule], at: datetime
) -> dict[str, tuple[Schedule, tuple[Override, ...]]]:
    """By name, each schedule as it is read, with what was put over it from this moment on."""
    over = records.overrides(unit, list(schedules), at)
    return {name: (read(unit, each, at), tuple(over[name])) for name, each in schedules.items()}


def empty(unit: Unit, schedules: Mapping[str, Schedule], until: datetime) -> dict[str, list[Shift]]:
    """By schedule, when nobody is on call until then; not those of which a calendar was never read."""
    found = {}
    for name, (schedule, over) in known(unit, schedules, unit.now).items():
        feeds = {layer.feed.key for layer in schedule.layers if layer.feed is not None}
        if len([one for one in copies(unit, schedule) if one.good]) == len(feeds):
            ahead = takewhile(lambda shift: shift.begins < until, shifts(schedule, over, unit.now))
            found[name] = [shift for shift in ahead if not shift.person]
    return {name: gaps for name, gaps in found.items() if gaps}


def copies(unit: Unit, schedule: Schedule) -> list[Copy]:
    """How the copies of its calendars stand."""
    feeds = [layer.feed.key for layer in schedule.layers if layer.feed is not None]
    return list(calendars.copies(unit, feeds).values()) if feeds else []


def whereabouts(unit: Unit, people: Iterable[Person], schedules: Mapping[str, Schedule]) -> dict[str, There]:
    """How each of these people stands now: on call, there, in their hours, outside of them, away."""
    wanted = {person.id: person for person in people}
    watching = set(on_call(unit, schedules).values())
    gone, seen = absences.away(unit, wanted), persons.seen(unit, wanted)
    return {
        person.id: there(
            Whereabouts(
                person.timezone,
                person.hours,
                gone.get(person.id),
                seen.get(person.id),
                person.id in watching,
            ),
            unit.now,
        )
        for person in wanted.values()
    }


def ahead(unit: Unit, schedule: Schedule, at: datetime, count: int = 2) -> list[Shift]:
    """The shift at this moment and those that follow, at most `count`."""
    over = records.overrides(unit, [schedule.name], at)[schedule.name]
    return list(islice(shifts(read(unit, schedule, at), over, at), count))


def between(unit: Unit, schedule: Schedule, at: datetime, until: datetime) -> list[Shift]:
    """The shifts that begin from `at` on and before `until`."""
    over = records.overrides(unit, [schedule.name], at)[schedule.name]
    known = read(unit, schedule, at)
    return list(takewhile(lambda shift: shift.begins < until, shifts(known, over, at)))


def override(unit: Unit, schedule: Schedule, person: Person, made: Override) -> list[Shift]:
    """Let one person be on call for a time, whatever the layers say; returns whose shifts they take.

    Raises:
        Invalid: it is over already or too long, or the person cannot be on call.
    """
    if not person.is_human or not person.active:
        raise Invalid(f"{person.name} cannot be on call.", "Name a person who is here.")
    if made.ends <= unit.now:
        raise Invalid("That time is over already.", "Name one that is still to come.")
    if made.ends - made.begins > LONGEST:
        mend = f"Up to {LONGEST.days} days; for longer, change the schedule in `wardroom.yaml`."
        raise Invalid("That is too long for an exception.", mend)
    turns.take(unit, turn_of(schedule.name))
    begins = max(made.begins, unit.now)
    before = [
        shift
        for shift in ahead(unit, schedule, begins, count=LONGEST.days)
        if shift.begins < made.ends and shift.person != made.person
    ]
    records.add(unit, made)
    facts = {"person": made.person, "begins": made.begins, "ends": made.ends, "reason": made.reason}
    facts["instead_of"] = sorted({shift.person for shift in before if shift.person})
    events.append(unit, "oncall.overridden", schedule.name, actor=made.by, data=facts)
    return before


def swap(
    unit: Unit, schedule: Schedule, people: tuple[Person, Person], by: str, reason: str = ""
) -> tuple[Shift, Shift]:
    """Let two people exchange the shifts that they have next, at once; returns them as they were.

    Raises:
        Invalid: it is one person.
        Conflict: one of them has no shift ahead, or one without an end.
    """
    turns.take(unit, turn_of(schedule.name))
    first, second = to_swap(unit, schedule, *people)
    exchange(unit, schedule.name, exchanging.overrides(schedule.name, first, second, by, reason))
    return first, second


def to_swap(unit: Unit, schedule: Schedule, one: Person, other: Person) -> tuple[Shift, Shift]:
    """The shifts that two people have next, both with an end; what they have exchanged already is exchanged back.

    Raises:
        Invalid: it is one person.
        Conflict: one of them has no shift ahead, or one without an end.
    """
    if one.id == other.id:
        raise Invalid("Nobody swaps with themselves.", "Name somebody else.")
    over = records.overrides(unit, [schedule.name], unit.now)[schedule.name]
    schedule = read(unit, schedule, unit.now)
    first, second = exchanging.chosen((one.id, other.id), schedule, over, unit.now)
    return _ending(one, schedule, first), _ending(other, schedule, second)


def swapped(unit: Unit, schedules: Mapping[str, Schedule]) -> dict[str, list[Override]]:
    """By schedule, what was exchanged and holds still: who is on call then and would not be otherwise, and with whom they swapped."""
    over = records.overrides(unit, list(schedules), unit.now) if schedules else {}
    return {
        name: list(_holding(unit, read(unit, schedules[name], unit.now), made)) for name, made in over.items()
    }


def _holding(unit: Unit, schedule: Schedule, over: Sequence[Override]) -> Iterator[Override]:
    """Of what is put over a schedule the exchanges that nothing newer has undone."""
    for one in over:
        shift = exchanging.rest(Shift(one.person, one.begins, one.ends), unit.now)
        is_so = one.swapped_with and exchanging.is_theirs(shift, schedule, over)
        if is_so and not exchanging.is_theirs(shift, schedule, ()):
            yield one


def to_swap_back(unit: Unit, schedules: Mapping[str, Schedule], person: str) -> tuple[str, str] | None:
    """The schedule and the other one of the last exchange of somebody of which both still have what they got; None without any."""
    for name, made in swapped(unit, schedules).items():
        known, over = read(unit, schedules[name], unit.now), records.overrides(unit, [name], unit.now)[name]
        for one in reversed(made):
            pair = (one.person, one.swapped_with)
            if person in pair and exchanging.exchanged(pair, known, over, unit.now):
                return name, next(each for each in pair if each != person)
    return None


def exchange(unit: Unit, schedule: str, swapped: Sequence[Override], swap_id: str = "") -> None:
    """Put each of two people over the shift of the other; `swap_id` is the proposal that they agreed to, if there was one."""
    for made in swapped:
        records.add(unit, made)
    facts = {
        "shifts": [
            {"from": made.swapped_with, "to": made.person, "begins": made.begins, "ends": made.ends}
            for made in swapped
        ],
        "swap": swap_id,
        "reason": swapped[0].reason,
    }
    events.append(unit, "oncall.swapped", schedule, actor=swapped[0].by, data=facts)


def turn_of(schedule: str) -> str:
    """The turn that whoever changes a schedule takes, so that each sees what the one before has decided."""
    return f"oncall:{schedule}"


def _ending(person: Person, schedule: Schedule, shift: Shift | None) -> Shift:
    if shift is None or shift.ends is None:
        why = "no shift ahead" if shift is None else "a shift without an end"
        raise Conflict(
            f"{person.name} has {why} in {schedule.name}.", "`/oncall override` gives a shift to somebody."
        )
    return shift
