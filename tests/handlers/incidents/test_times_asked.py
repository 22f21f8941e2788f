"""Incidents of a time: “last week” is the one of the calendar, “the last week” the seven days until now, wherever it is asked."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import ManualClock
from tests.handlers.house import House, said
from tests.stores import START, opened, sqlite_url


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house where something happened on Monday morning; now it is the Tuesday of the week after."""
    clock = ManualClock(START)
    async with opened(sqlite_url(tmp_path), clock) as store:
        made = House(store)
        berlin = made.world.people["ana"].model_copy(update={"timezone": "Europe/Berlin"})
        made.world = replace(made.world, people={**made.world.people, "ana": berlin})
        await made.command("ana", "/incident declare service=checkout Nobody can pay")
        clock.advance(timedelta(days=8))
        yield made


@pytest.mark.parametrize(
    ("text", "is_there"),
    [
        ("incidents last week", True),
        ("which incidents were there last week?", True),
        ("incidents in the last week", False),
        ("incidents in the past week", False),
        ("incidents in the last 7 days", False),
        ("what happened last week?", True),
        ("what happened in the last week?", False),
        ("incidents last month", False),
        ("incidents in the last month", True),
    ],
)
async def test_a_week_of_the_calendar_is_not_the_last_seven_days(
    house: House, text: str, is_there: bool
) -> None:
    assert is_there == ("INC-1" in said(await house.say("ana", text)))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("how many incidents did we have last week?", 1),
        ("how many incidents last week?", 1),
        ("how many incidents did we have in the last week?", 0),
        ("how many incidents this week", 0),
        ("mttr last week", 1),
        ("how did we do with incidents last week?", 1),
        ("/wardroom stats last week", 1),
        ("/wardroom stats the last week", 0),
        ("/wardroom stats week", 0),
        ("/wardroom stats 30d", 1),
    ],
)
async def test_figures_are_of_the_time_that_was_named(house: House, text: str, count: int) -> None:
    told = said(await house.say("ana", text))
    assert f"Incidents: {count}" in told
    is_of_the_calendar = ("last week" in text and "the last week" not in text) or "this week" in text
    assert ("Incidents from 2026-03-0" in told) == is_of_the_calendar


async def test_the_page_of_a_week_stays_of_that_week(house: House) -> None:
    house.world = replace(house.world, public_url="https://ops.acme.test")
    card = await house.say("ana", "/wardroom stats last week")
    assert "Incidents from 2026-03-01 23:00 UTC to 2026-03-08 23:00 UTC" == card.title
    ref = card.link.partition("/o/")[2].partition("?")[0]
    assert card.title == (await house.live("practice", ref)).title
    assert "is no time" in said(await house.say("ana", "/wardroom stats never"))
