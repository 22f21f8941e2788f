"""Runs that the clock begins."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

from core.runbooks.starting import units as starting
from core.runbooks.starting.schedule import following
from core.store import deadlines
from tests.core.runbooks.house import NOON, PRODUCTION, House, book, open_house
from tests.core.runbooks.triggers import (
    HOOKED,
    NIGHT,
    OPS,
    arm,
    furnish,
    kinds,
    runs_of,
    serve,
    waiting,
)


async def test_a_schedule_starts_its_runbook_at_its_time_and_again_the_next_day(house: House) -> None:
    furnish(house, NIGHT.replace("MORE", ""))
    await arm(house)
    house.clock.advance(timedelta(minutes=29, seconds=59))
    await serve(house)
    assert [] == await runs_of(house)
    house.clock.advance(timedelta(seconds=1))
    await serve(house)
    (run,) = await runs_of(house)
    assert ("trigger:cron", {"tag": "2026-11-21T12:30:00Z"}, OPS) == (run.by, run.params, run.place)
    assert [NOON + timedelta(days=1, minutes=30)] == await waiting(house)
    await house.go()
    assert "COMPLETED" == str((await house.get()).state)


async def test_what_is_due_while_the_process_dies_is_begun_by_the_next_one(house: House) -> None:
    furnish(house, NIGHT.replace("MORE", ""))
    await arm(house)
    house.clock.advance(timedelta(minutes=30, seconds=20))
    await arm(house)
    await serve(house)
    assert 1 == len(await runs_of(house))


@pytest.mark.parametrize(("on_missed", "count"), [("skip", 0), ("run_once", 1)])
async def test_times_that_nobody_was_there_for_are_skipped_or_made_up_for_once(
    house: House, on_missed: str, count: int
) -> None:
    furnish(house, NIGHT.replace("MORE", f", on_missed: {on_missed}"))
    await arm(house)
    house.clock.advance(timedelta(days=3))
    await arm(house)
    await serve(house)
    await serve(house)
    assert count == len(await runs_of(house))
    assert [NOON + timedelta(days=3, minutes=30)] == await waiting(house)
    assert (1 - count) == [kind for kind, _ in await kinds(house)].count("trigger.missed")
    said = [one for one in await house.said() if "It was not run" in one]
    assert (1 - count) == len(said)


async def test_two_processes_start_it_once(postgres_url: str) -> None:
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(open_house(postgres_url, PRODUCTION))
        two = await stack.enter_async_context(open_house(postgres_url, PRODUCTION))
        for house in (one, two):
            furnish(house, NIGHT.replace("30 13 * * *", "* * * * *").replace("MORE", ""))
        await asyncio.gather(arm(one), arm(two))
        for minute in range(1, 4):
            for house in (one, two):
                house.clock.advance(timedelta(minutes=1))
            await asyncio.gather(serve(one), serve(two), serve(one), serve(two))
            assert minute == len(await runs_of(one))
        assert [NOON + timedelta(minutes=4)] == await waiting(one)


async def test_a_time_that_came_already_does_not_come_again_when_the_clock_is_put_back(house: House) -> None:
    furnish(house, NIGHT.replace("MORE", ""))
    await arm(house)
    house.clock.advance(timedelta(minutes=30))
    await serve(house)
    ((due),) = await waiting(house)
    name = (await house.store.read(deadlines.of_kind, starting.DEADLINE))[0].ref
    await house.store.transact(deadlines.clear, starting.DEADLINE, name)
    house.clock.advance(timedelta(minutes=-30))
    await arm(house)
    house.clock.advance(timedelta(minutes=30))
    await serve(house)
    assert (1, [due]) == (len(await runs_of(house)), await waiting(house))


async def test_a_schedule_that_left_its_file_is_forgotten_and_one_that_is_newer_is_left_to_others(
    house: House,
) -> None:
    furnish(house, NIGHT.replace("MORE", ""))
    await arm(house)
    newer, house.world = house.world, replace(house.world, runbooks={})
    house.clock.advance(timedelta(minutes=30))
    await serve(house)
    house.world = newer
    house.clock.advance(timedelta(seconds=20))
    await serve(house)
    assert 1 == len(await runs_of(house))
    house.world = replace(house.world, runbooks={})
    await arm(house)
    assert [] == await waiting(house)


async def test_what_a_trigger_begins_in_production_waits_for_people_like_anything_else(house: House) -> None:
    text = NIGHT.replace("MORE", "").replace(
        "params: {tag: {required: true}}",
        "params: {tag: {required: true}, environment: {type: environment, default: production}}",
    )
    furnish(house, text)
    await arm(house)
    house.clock.advance(timedelta(minutes=30))
    await serve(house)
    (run,) = await runs_of(house)
    assert ("WAITING_APPROVAL", "AP-1") == (str(run.state), run.request)
    assert [] == house.hands.done


async def test_a_trigger_that_is_refused_says_so_in_its_channel(house: House) -> None:
    deny = PRODUCTION.model_validate(
        {"name": "freeze", "applies_to": "runbook", "effect": "deny", "reason": "Change freeze"}
    )
    furnish(house, NIGHT.replace("MORE", ""))
    house.world = replace(house.world, policies=(deny,))
    await arm(house)
    house.clock.advance(timedelta(minutes=30))
    await serve(house)
    assert [] == await runs_of(house)
    assert ("trigger.refused", "trigger:cron") in await kinds(house)
    assert any("Change freeze" in one for one in await house.said())


def test_the_next_start_is_the_earliest_of_all_schedules() -> None:
    text = NIGHT.replace("MORE", "").replace(
        "triggers:", 'triggers:\n  - {cron: "0 5 * * *", timezone: Asia/Tokyo, params: {tag: x}}'
    )
    assert NOON + timedelta(minutes=30) == following(book(text), "Europe/Berlin", NOON)
    assert NOON + timedelta(hours=8) == following(book(text), "Europe/Berlin", NOON + timedelta(hours=1))
    assert following(book(HOOKED), "Europe/Berlin", NOON) is None
