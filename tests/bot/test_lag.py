"""Due times that nobody serves are noticed, and told once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.lag import LagWatch
from bot.telemetry import Metrics
from core.clock import ManualClock
from core.notify.channel import Channel
from core.place import Place
from core.store import deadlines
from core.store.engine import Store, Unit
from core.store.outbox_rows import NEWS
from core.world import World
from tests.stores import START, opened, sqlite_url

OPS = Channel(name="ops", places=(Place(platform="local", channel="ops"),))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(sqlite_url(tmp_path), ManualClock(START)) as store:
        yield store


def said(unit: Unit) -> list[str]:
    return [str(content) for content in unit.conn.execute(sa.select(NEWS.c.content)).scalars()]


async def test_what_is_late_for_a_minute_is_told_once_and_shown_until_it_is_served(store: Store) -> None:
    metrics = Metrics()
    watch = LagWatch(store, World(workspace="acme", channels={"ops": OPS}), metrics)
    await store.transact(deadlines.set, "approval.due", "AP-1", START)
    assert isinstance(store.clock, ManualClock)
    store.clock.advance(timedelta(minutes=5))
    await watch.look(leader=True)
    assert watch.health().ok, "whoever wakes serves what is overdue first"
    for _ in range(5):
        await watch.look(leader=True)
    assert (False, "5 min late") == (watch.health().ok, watch.health().detail)
    assert 300 == metrics.registry.get_sample_value("wardroom_deadline_lag_seconds")
    (alarm,) = await store.read(said)
    assert "Time limits are served 5 min late" in alarm
    await store.transact(deadlines.clear, "approval.due", "AP-1")
    await watch.look(leader=True)
    assert (True, "on time") == (watch.health().ok, watch.health().detail)


async def test_only_the_leader_tells(store: Store) -> None:
    watch = LagWatch(store, World(workspace="acme", channels={"ops": OPS}), Metrics())
    await store.transact(deadlines.set, "approval.due", "AP-1", START - timedelta(hours=1))
    for _ in range(4):
        await watch.look(leader=False)
    assert not watch.health().ok
    assert [] == await store.read(said)
