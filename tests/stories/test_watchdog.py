"""What should wake people has stopped: the watchdog says so past it, and lets it go on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from core.store import deadlines
from tests.stories.night import Night, night

ALARM = "\nnotifications: {alarm: alarm}\n"


def with_alarm(text: str) -> str:
    channel = "  alarm: {slack: C0OPS, email: {from: wardroom@acme.test, to: duty@acme.test}}\n"
    return text.replace("channels:\n", f"channels:\n{channel}") + ALARM


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Night]:
    async with night(tmp_path, change=with_alarm) as at_night:
        yield at_night


async def metrics(told: Night) -> str:
    async with aiohttp.ClientSession() as http, http.get(f"{told.house.url}/metrics") as answer:
        return await answer.text()


async def test_a_page_that_nobody_moves_raises_an_alarm_past_the_outbox_and_goes_on(told: Night) -> None:
    page = await told.starts()
    await told.hears(("ana", "slack", page), ("ana", "discord", page))
    # Nobody wakes up: neither due times are served nor is anything sent.
    await told.house.sender.stop(1.0)
    told.clock.advance(timedelta(minutes=8))
    await told.house.watchdog.look()
    late = f"{page} should have gone on 3 min ago"
    assert not told.house.health()["paging"].ok
    assert "wardroom_pages_late 1.0" in await metrics(told)
    (mail,) = await told.mail.until("duty@acme.test")
    assert late in str(mail["Subject"])
    await told.slack.sees("U0DEV", f"⚠ Watchdog: {late}")
    await told.house.watchdog.look()
    assert 1 == len(told.mail.to("duty@acme.test"))
    await told.restarts()
    await told.house.watchdog.look()
    assert told.house.health()["paging"].ok
    await told.forgets()
    await told.passes(minutes=1)


async def test_a_due_time_that_was_lost_is_set_again(told: Night) -> None:
    page = await told.starts()
    await told.hears(("ana", "slack", page), ("ana", "discord", page))
    await told.house.store.transact(deadlines.clear, "paging.step", page)
    await told.passes(minutes=8)
    await told.hears(("ana", "sms", page), ("ana", "email", page))
    await told.house.watchdog.look()
    await told.hears(
        ("#ops", "slack", "⚠ Watchdog"),
        ("duty", "email", "⚠ Watchdog"),
        ("bo", "slack", page),
        ("bo", "discord", page),
    )


async def test_as_long_as_all_goes_on_it_says_nothing(told: Night) -> None:
    page = await told.starts()
    await told.hears(("ana", "slack", page), ("ana", "discord", page))
    for _ in range(3):
        await told.house.watchdog.look()
    assert told.house.health()["paging"].ok
    assert "wardroom_pages_late 0.0" in await metrics(told)


def patient(text: str) -> str:
    return with_alarm(text) + "paging: {watchdog: {late: 6m, blind: 30m}}\n"


async def test_what_counts_as_late_is_what_the_configuration_says(tmp_path: Path) -> None:
    async with night(tmp_path, change=patient) as told:
        page = await told.starts()
        await told.hears(("ana", "slack", page), ("ana", "discord", page))
        await told.house.sender.stop(1.0)
        await told.house.watchdog.look()
        told.clock.advance(timedelta(minutes=10))
        assert told.house.health()["paging"].ok
        await told.house.watchdog.look()
        assert told.house.health()["paging"].ok
        told.clock.advance(timedelta(minutes=2))
        await told.house.watchdog.look()
        assert not told.house.health()["paging"].ok
        await told.slack.sees("U0DEV", f"⚠ Watchdog: {page} should have gone on 7 min ago")
        await told.forgets()
