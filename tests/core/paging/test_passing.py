"""Whoever a page calls, and cannot come, has somebody else called in their place: at once, and as the plan goes on."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.errors import Conflict
from core.notify import records as notices
from core.notify import units as notify
from core.paging import records, units
from core.paging.answering import units as answering
from core.paging.holding import units as holding
from core.paging.page import Page, Position
from core.paging.telling import units as telling
from core.paging.units import Wish
from core.store import deadlines, events
from core.store.engine import Store, Unit
from tests.core.paging.world import PEOPLE, PLAN, WORLD
from tests.stores import START, opened, sqlite_url

ANA, BO, EVE = (PEOPLE[name] for name in ("ana", "bo", "eve"))


def _calls(unit: Unit) -> list[tuple[int, int, str]]:
    page = records.get(unit, "PG-1")
    return [(one.round, one.step, one.person) for one in records.calls(unit, page)]


def _wanted(unit: Unit) -> set[str]:
    """Whom messages that have not left yet still call."""
    wanted = (telling.wanted(unit, one.delivery)[0] for one in notices.about(unit, "PG-1"))
    return {one.person for each in wanted for one in each}


async def _next_step(store: Store, clock: ManualClock) -> Page:
    page = await store.read(records.get, "PG-1")
    assert page.due is not None
    assert page.due == await store.read(deadlines.pending, "paging.step", "PG-1")
    clock.advance(page.due - clock.now())
    await store.transact(units.on_step, WORLD, "PG-1")
    return await store.read(records.get, "PG-1")


async def test_the_other_is_called_at_once_and_wherever_the_plan_means_them(tmp_path: Path) -> None:
    clock = ManualClock(START)
    async with opened(sqlite_url(tmp_path), clock) as store:
        await store.transact(units.start, WORLD, Wish("checkout is down", PLAN, EVE))
        clock.advance(PLAN.steps[0].wait / 2)
        with pytest.raises(Conflict, match="PG-1 does not call Bo"):
            await store.transact(holding.hand_over, WORLD, "PG-1", EVE, BO)
        page = await store.transact(holding.hand_over, WORLD, "PG-1", EVE, ANA)
        assert clock.now() + PLAN.steps[0].wait == page.due
        assert [(0, 0, "ana"), (0, 0, "eve")] == await store.read(_calls)
        assert {"eve"} == await store.read(_wanted)
        (told,) = (one for one in await store.read(events.history, "PG-1") if one["kind"] == "page.passed_on")
        assert ("ana", "eve") == (told["actor"], told["data"]["to"])
        await _next_step(store, clock)
        await _next_step(store, clock)
        assert [(0, 1, "bo"), (1, 0, "eve")] == (await store.read(_calls))[2:]
        # What is begun anew calls by the plan again.
        await store.transact(answering.take, "PG-1", EVE, "test")
        await store.transact(holding.release, WORLD, "PG-1", EVE)
        assert [(0, 0, "ana")] == await store.read(_calls)


async def test_what_somebody_has_and_is_escalated_calls_by_the_plan_again(tmp_path: Path) -> None:
    async with opened(sqlite_url(tmp_path)) as store:
        await store.transact(units.start, WORLD, Wish("checkout is down", PLAN, EVE))
        await store.transact(holding.hand_over, WORLD, "PG-1", EVE, ANA)
        await store.transact(answering.take, "PG-1", EVE, "test")
        for _ in range(2):
            await store.transact(units.escalate, WORLD, "PG-1", EVE)
        assert {"ana"} == {person for _, _, person in await store.read(_calls)}


async def test_whoever_is_named_again_is_called_again(tmp_path: Path) -> None:
    async with opened(sqlite_url(tmp_path)) as store:
        await store.transact(units.start, WORLD, Wish("checkout is down", PLAN, EVE))
        await store.transact(holding.hand_over, WORLD, "PG-1", BO, ANA)
        await store.transact(holding.hand_over, WORLD, "PG-1", ANA, BO)
        assert ["ana", "ana", "bo"] == sorted(one for _, _, one in await store.read(_calls))
        assert {"ana"} == await store.read(_wanted)


async def test_whoever_an_earlier_step_called_is_called_again_and_given_time(tmp_path: Path) -> None:
    clock = ManualClock(START)
    async with opened(sqlite_url(tmp_path), clock) as store:
        await store.transact(units.start, WORLD, Wish("checkout is down", PLAN, EVE))
        page = await _next_step(store, clock)
        clock.advance(PLAN.steps[1].wait - timedelta(minutes=1))
        assert page.due == clock.now() + timedelta(minutes=1)
        page = await store.transact(holding.hand_over, WORLD, "PG-1", ANA, BO)
        assert clock.now() + PLAN.steps[1].wait == page.due
        assert [(0, 0, "ana"), (0, 1, "bo"), (0, 1, "ana")] == await store.read(_calls)


async def test_it_goes_on_at_once_where_whoever_is_called_instead_cannot_be_reached(tmp_path: Path) -> None:
    clock = ManualClock(START)
    async with opened(sqlite_url(tmp_path), clock) as store:
        await store.transact(units.start, WORLD, Wish("checkout is down", PLAN, EVE))
        known = await store.read(notices.about, "PG-1")
        await store.transact(notify.accepted, known, "m1", 1)
        await store.transact(holding.hand_over, WORLD, "PG-1", BO, ANA)
        clock.advance(timedelta(minutes=1))
        await store.transact(holding.hand_over, WORLD, "PG-1", ANA, BO)
        for at in ((0, 0), (1, 0)):
            clock.advance(timedelta(seconds=20))
            sent = [one for one in await store.read(notices.about, "PG-1") if one.created > START]
            await store.transact(units.on_trouble, WORLD, [one for one in sent if one.person == "ana"])
            page = await store.read(records.get, "PG-1")
            assert page.at == Position(round=at[0], step=at[1])
