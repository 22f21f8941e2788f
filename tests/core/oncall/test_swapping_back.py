from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from core.oncall import units as oncall
from core.oncall.exchange import chosen, overrides
from core.oncall.rotation import next_shift_of, shift_at, shifts
from core.oncall.schedule import Layer, Override, Schedule, Shift
from core.people.person import Person
from core.store.engine import Store
from tests.core.oncall.test_rotation import moments, schedules
from tests.core.oncall.test_rotation import overrides as before
from tests.stores import START

ANA, BO = (Person(id=name, name=name.capitalize()) for name in ("ana", "bo"))
WEEKLY = Layer(("ana", "bo"), "weekly", datetime(2026, 1, 5, 9))  # noqa: DTZ001 - a time on the wall
PRIMARY = Schedule("primary", "UTC", (WEEKLY,))
WEEK = timedelta(weeks=1)


def seen(schedule: Schedule, over: Sequence[Override], at: datetime) -> list[tuple[str, datetime | None]]:
    """Who is on call from then on, and until when."""
    return [(one.person, one.ends) for one in islice(shifts(schedule, over, at), 20)]


def swapped(schedule: Schedule, over: Sequence[Override], now: datetime) -> list[Override] | None:
    """What is over the schedule once Ana and Bo have swapped; None if they cannot."""
    first, second = chosen(("ana", "bo"), schedule, over, now)
    if first is None or second is None or first.ends is None or second.ends is None:
        return None
    return [*over, *overrides(schedule.name, first, second, "ana")]


async def test_a_swap_that_is_swapped_again_is_taken_back_and_moves_no_other_week(any_store: Store) -> None:
    before = await any_store.read(oncall.ahead, PRIMARY, START, 4)
    moved: list[set[tuple[datetime, datetime | None]]] = []
    for _ in range(3):
        found = await any_store.transact(oncall.swap, PRIMARY, (ANA, BO), "ana")
        moved.append({(one.begins, one.ends) for one in found})
        after = await any_store.read(oncall.ahead, PRIMARY, START, 4)
        assert (len(moved) % 2 == 0) == (
            [(one.person, one.ends) for one in before] == [(one.person, one.ends) for one in after]
        )
    assert moved[0] == moved[1] == moved[2]


@settings(max_examples=30)
@given(schedules, moments, st.floats(0, 0.9))
def test_swapping_twice_changes_nothing(each: Schedule, now: datetime, share: float) -> None:
    once = swapped(each, [], now)
    if once is None:
        return
    later = now + share * (min(one.ends for one in once) - now)
    twice = swapped(each, once, later)
    assert twice is not None
    assert seen(each, [], later) == seen(each, twice, later)


@settings(deadline=None, max_examples=30)
@given(schedules, before, moments)
def test_a_swap_moves_the_two_shifts_and_nothing_else_whatever_was_put_over_the_schedule(
    each: Schedule, over: list[Override], now: datetime
) -> None:
    known = [one for one in over if one.ends > now]
    after = swapped(each, known, now)
    if after is None:
        return
    first, second = after[-2:]
    edges = {now, *(at for one in after for at in (one.begins, one.ends))}
    for at in sorted(one for one in edges if one >= now):
        was, is_now = (shift_at(each, over, at).person for over in (known, after))
        moved = next((one for one in (first, second) if one.begins <= at < one.ends), None)
        wanted = (moved.swapped_with, moved.person) if moved else (was, was)
        assert wanted == (was, is_now)


def test_what_somebody_else_took_meanwhile_is_not_exchanged_back() -> None:
    monday = datetime(2026, 1, 5, 9, tzinfo=UTC)
    once = swapped(PRIMARY, [], monday)
    assert once is not None
    taken = [*once, Override("primary", "eve", monday, monday + WEEK, "eve")]
    first, second = chosen(("ana", "bo"), PRIMARY, taken, monday)
    assert first is not None
    assert second is not None
    assert [monday + WEEK, monday + 3 * WEEK] == [first.begins, second.begins]


def test_two_turns_of_one_person_in_a_row_are_two_shifts() -> None:
    monday = datetime(2026, 1, 5, 9, tzinfo=UTC)
    twice = Schedule("primary", "UTC", (Layer(("ana", "ana", "bo"), "weekly", WEEKLY.start),))
    assert Shift("ana", monday, monday + WEEK, 1) == next_shift_of("ana", twice, [], monday)
    by_ana = Override("primary", "ana", monday + timedelta(days=1), monday + timedelta(days=2), "ana")
    assert Shift("ana", monday, monday + WEEK, 1) == next_shift_of("ana", twice, [by_ana], monday)
