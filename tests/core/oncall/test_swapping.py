import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict
from core.oncall import records as overrides
from core.oncall import units as oncall
from core.oncall.exchange import is_theirs, rest
from core.oncall.schedule import Layer, Override, Schedule, Shift
from core.oncall.swapping import records, units
from core.oncall.swapping.swap import State, due
from core.people.person import Person
from core.place import Place
from core.store.engine import Store
from core.world import World
from tests.stores import START

WEEKLY = Layer(("ana", "bo", "chi"), "weekly", datetime(2026, 1, 5, 9))  # noqa: DTZ001 - a time on the wall
PRIMARY = Schedule("primary", "UTC", (WEEKLY,))
ANA, BO, CHI = (Person(id=name, name=name.capitalize()) for name in ("ana", "bo", "chi"))
HERE = Place(platform="slack", channel="C0OPS")
SCENE = World(
    workspace="acme", people={one.id: one for one in (ANA, BO, CHI)}, schedules={"primary": PRIMARY}
)
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "other", "until"),
    [
        ((1, 2), (3, 4), 1),  # the first that is to come begins
        ((3, 4), (1, 2), 1),
        ((0, 2), (3, 4), 2),  # one that runs ends
        ((0, 4), (2, 3), 2),  # the other begins before
    ],
)
def test_a_swap_is_open_until_the_first_of_its_shifts_begins_or_one_that_runs_ends(
    one: tuple[int, int], other: tuple[int, int], until: int
) -> None:
    first, second = ((NOON + begins * DAY, NOON + ends * DAY) for begins, ends in (one, other))
    assert NOON + until * DAY == due(first, second, NOON)


def test_a_shift_is_theirs_as_long_as_the_schedule_gives_them_all_of_it() -> None:
    monday = datetime(2026, 3, 2, 9, tzinfo=UTC)
    holder = next(
        name for name in WEEKLY.people if is_theirs(Shift(name, monday, monday + WEEK), PRIMARY, [])
    )
    shift = Shift(holder, monday, monday + WEEK)
    taken = Override("primary", "eve", monday + DAY, monday + 2 * DAY, "eve")
    assert [True, False] == [is_theirs(shift, PRIMARY, over) for over in ([], [taken])]
    assert is_theirs(rest(shift, monday + 3 * DAY), PRIMARY, [taken]), "what was taken is over by then"


async def test_of_two_swaps_of_one_shift_that_are_accepted_at_once_one_holds(any_store: Store) -> None:
    store = any_store
    now = (await store.read(oncall.on_call, SCENE.schedules))["primary"]
    by = SCENE.people[now]
    others = [person for person in SCENE.people.values() if person.id != now]
    made = [await store.transact(units.propose, SCENE, PRIMARY, (by, other), HERE, "") for other in others]
    await asyncio.gather(
        *(
            store.transact(units.accept, SCENE, swap.id, other)
            for swap, other in zip(made, others, strict=True)
        )
    )
    states = [(await store.read(records.get, swap.id)).state for swap in made]
    assert [State.ACCEPTED, State.OVERTAKEN] == sorted(states)
    over = await store.read(overrides.overrides, ["primary"], START)
    assert 2 == len(over["primary"])


async def test_an_override_at_the_same_moment_as_a_swap_is_never_hidden_by_it(any_store: Store) -> None:
    now = (await any_store.read(oncall.on_call, SCENE.schedules))["primary"]
    other, third = (person for person in SCENE.people.values() if person.id != now)
    swap = await any_store.transact(units.propose, SCENE, PRIMARY, (SCENE.people[now], other), HERE, "")
    over = Override("primary", third.id, START, START + DAY, "dev")
    await asyncio.gather(
        any_store.transact(oncall.override, PRIMARY, third, over),
        any_store.transact(units.accept, SCENE, swap.id, other),
    )
    assert {"primary": third.id} == await any_store.read(oncall.on_call, SCENE.schedules)


async def test_the_same_swap_proposed_twice_at_once_is_one(any_store: Store) -> None:
    outcomes = await asyncio.gather(
        *(any_store.transact(units.propose, SCENE, PRIMARY, (ANA, BO), HERE, "") for _ in range(3)),
        return_exceptions=True,
    )
    assert 2 == sum(isinstance(one, Conflict) for one in outcomes)
    assert 1 == len(await any_store.read(records.open_now, "bo"))
