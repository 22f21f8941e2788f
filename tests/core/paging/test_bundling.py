"""Several pages of one person at about the same time: which leave at once, and which together and when."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.clock import ManualClock
from core.notify import records as notices
from core.notify import units as notify
from core.notify.ledger import Entry
from core.paging import units
from core.paging.config import PagingConfig
from core.paging.page import Origin, Plan, Step
from core.paging.ringing import units as ringing
from core.paging.telling import units as telling
from core.paging.units import Wish
from core.paging.window import Told, held_until
from core.people.contact import Urgency
from core.store import dispatch
from core.store.engine import Unit
from core.store.outbox_rows import OUTBOX
from tests.core.paging.world import PEOPLE, PLAN, WORLD
from tests.stores import ENGINES, START, opened, prepare

SECOND = timedelta(seconds=1)
HURRIED = Plan(name="hurried", steps=(Step(people=("ana",), wait=30 * SECOND),))
DOWN = Wish("checkout is down", PLAN, PEOPLE["eve"])


@pytest.mark.parametrize(
    ("last", "left", "expected"),
    [
        (None, 300, None),
        (-30, 300, None),
        (-29, 300, 1),
        (0, 300, 30),
        (12, 300, 12),  # one waits already: it goes with that
        (-10, 59, None),  # half of the time to answer would be gone
        (-10, 60, 20),
    ],
)
def test_a_message_follows_another_after_a_window_and_never_later(
    last: int | None, left: int, expected: int | None
) -> None:
    told = None if last is None else Told(START + last * SECOND, "d")
    leaves = None if expected is None else START + expected * SECOND
    assert leaves == held_until(told, START, 30 * SECOND, left * SECOND)


async def begun(folder: Path, *wishes: Wish, bundle: int = 30, apart: int = 1) -> list[tuple[str, int, str]]:
    """What calls Ana on Slack: the page, how many seconds after the first it leaves, and by which message (a letter each)."""
    clock = ManualClock(START)
    world = replace(WORLD, paging=PagingConfig(bundle=bundle * SECOND))
    async with opened(prepare(folder), clock) as store:
        for wish in wishes:
            await store.transact(units.start, world, wish)
            clock.advance(apart * SECOND)
        found = await store.read(_to_ana)
        due = dict(await store.read(_rows))
    names = {one: "abcdef"[number] for number, one in enumerate(dict.fromkeys(one.delivery for one in found))}
    for one in found:
        # The row of the outbox is what sends it, so both must mean the same moment.
        assert one.due == due[f"direct:{one.delivery}"]
    return [(one.about, round((one.due - START) / SECOND), names[one.delivery]) for one in found]


def _to_ana(unit: Unit) -> list[Entry]:
    told = [one for number in range(1, 7) for one in notices.about(unit, f"PG-{number}")]
    return [one for one in told if (one.person, one.way) == ("ana", "direct")]


def _rows(unit: Unit) -> list[tuple[str, object]]:
    return [
        (row.lane, row.due) for row in unit.conn.execute(sa.select(OUTBOX).where(OUTBOX.c.kind == "notice"))
    ]


@pytest.mark.parametrize(
    ("wishes", "more", "expected"),
    [
        ((DOWN,) * 3, {}, [("PG-1", 0, "a"), ("PG-2", 30, "b"), ("PG-3", 30, "b")]),
        # Who goes on being called hears no more than once a window, and of nothing later than that.
        (
            (DOWN,) * 4,
            {"apart": 19},
            [("PG-1", 0, "a"), ("PG-2", 30, "b"), ("PG-3", 60, "c"), ("PG-4", 60, "c")],
        ),
        ((DOWN,) * 2, {"bundle": 0}, [("PG-1", 0, "a"), ("PG-2", 1, "b")]),
        ((DOWN,) * 2, {"apart": 30}, [("PG-1", 0, "a"), ("PG-2", 30, "b")]),
        # What wakes people does not wait for what can wait, and a test is no page.
        ((replace(DOWN, urgency=Urgency.LOW), DOWN), {}, [("PG-1", 0, "a"), ("PG-2", 1, "b")]),
        ((replace(DOWN, origin=Origin.TEST), DOWN), {}, [("PG-1", 0, "a"), ("PG-2", 1, "b")]),
        ((DOWN, replace(DOWN, plan=HURRIED)), {}, [("PG-1", 0, "a"), ("PG-2", 1, "b")]),
    ],
)
async def test_what_calls_somebody_soon_after_leaves_in_one_message(
    tmp_path: Path, wishes: tuple[Wish, ...], more: dict[str, int], expected: list[tuple[str, int, str]]
) -> None:
    assert expected == await begun(tmp_path, *wishes, **more)


@pytest.mark.parametrize("engine", ENGINES)
async def test_nothing_joins_a_message_that_is_being_sent(
    tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    url = prepare(tmp_path) if engine == "sqlite" else request.getfixturevalue("postgres_url")
    clock, slow = ManualClock(START), ManualClock(START)
    async with opened(url, clock) as store, opened(url, slow, process="late") as late:
        for _ in range(2):
            await store.transact(units.start, WORLD, DOWN)
        clock.advance(30 * SECOND)
        await store.transact(lambda unit: dispatch.claim(unit, leader=True))
        # A process whose clock is behind, or which began before it was claimed.
        slow.advance(29 * SECOND)
        await late.transact(units.start, WORLD, DOWN)
        told = {one.about: one for one in await store.read(_to_ana)}
    assert told["PG-3"].delivery != told["PG-2"].delivery
    assert told["PG-3"].due == START + 59 * SECOND


async def test_what_waits_for_others_does_not_count_as_stuck(tmp_path: Path) -> None:
    clock = ManualClock(START)
    async with opened(prepare(tmp_path), clock) as store:
        for _ in range(2):
            await store.transact(units.start, WORLD, DOWN)
        clock.advance(29 * SECOND)
        one = (await store.read(_to_ana))[1]

        def look(unit: Unit) -> tuple[bool, list[str]]:
            called = ringing.call_of(unit, one)
            assert called is not None
            return ringing._all_bad(unit, called, ()), notices.untried(unit, "PG-2", unit.now - 10 * SECOND)

        assert (False, []) == await store.read(look)
        clock.advance(11 * SECOND)
        assert (True, []) == await store.read(look)
        clock.advance(SECOND)
        assert (True, ["PG-2"]) == await store.read(look)


async def test_when_a_message_about_several_is_not_taken_each_of_them_tries_its_next_way(
    tmp_path: Path,
) -> None:
    clock = ManualClock(START)
    async with opened(prepare(tmp_path), clock) as store:
        for _ in range(3):
            await store.transact(units.start, WORLD, DOWN)
        clock.advance(30 * SECOND)
        delivery = (await store.read(_to_ana))[1].delivery

        def fails(unit: Unit) -> None:
            wanted, _ = telling.wanted(unit, delivery)
            notify.failed(unit, WORLD.channels, lambda _: None, wanted, "gone", 4)
            units.on_trouble(unit, WORLD, wanted)

        await store.transact(fails)
        told = [one for number in (2, 3) for one in await store.read(notices.about, f"PG-{number}")]
    texts = [one.due - START for one in told if (one.person, one.way) == ("ana", "sms")]
    assert [30 * SECOND, 60 * SECOND] == sorted(texts)
