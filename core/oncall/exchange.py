"""Which shifts two people exchange, and what is put over the schedule for it. Pure.

Whoever swaps again takes it back: what two people have exchanged, and both still have, is exchanged again.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from core.oncall.rotation import next_shift_of, shifts
from core.oncall.schedule import Override, Schedule, Shift


def chosen(
    people: tuple[str, str], schedule: Schedule, over: Sequence[Override], now: datetime
) -> tuple[Shift | None, Shift | None]:
    """The shift that each of two people gives: what they exchanged last, else what each has next; None if none is in sight."""
    one, other = people
    return exchanged(people, schedule, over, now) or (
        next_shift_of(one, schedule, over, now),
        next_shift_of(other, schedule, over, now),
    )


def overrides(schedule: str, first: Shift, second: Shift, by: str, reason: str = "") -> list[Override]:
    """Each of two people over the shift of the other, one right after the other."""
    return [
        Override(schedule, taker, shift.begins, shift.ends, by, reason, swapped_with=shift.person)
        for shift, taker in ((first, second.person), (second, first.person))
        if shift.ends is not None
    ]


def rest(shift: Shift, now: datetime) -> Shift:
    """What is left of a shift."""
    return Shift(shift.person, max(shift.begins, now), shift.ends)


def is_theirs(shift: Shift, schedule: Schedule, over: Sequence[Override]) -> bool:
    """Whether the schedule still gives a person this whole shift."""
    now = next(shifts(schedule, over, shift.begins))
    lasts = shift.ends is None or now.ends is None or now.ends >= shift.ends
    return now.person == shift.person and lasts


def exchanged(
    people: tuple[str, str], schedule: Schedule, over: Sequence[Override], now: datetime
) -> tuple[Shift, Shift] | None:
    """What two people hold of each other since they swapped last; None if a part of it is over, or somebody else's by now."""
    one, other = people
    for pair in reversed(list(pairwise(over))):
        mine = {made.person: made for made in pair if {made.person, made.swapped_with} == {one, other}}
        if mine.keys() == {one, other}:
            first, second = (
                rest(Shift(name, mine[name].begins, mine[name].ends, None, mine[name]), now)
                for name in people
            )
            if is_theirs(first, schedule, over) and is_theirs(second, schedule, over):
                return first, second
    return None
