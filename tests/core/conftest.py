"""What the core's tests ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.clock import ManualClock
from core.store.engine import Store
from tests.stores import ENGINES, START, opened, sqlite_url


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still at nine in the morning."""
    return ManualClock(START)


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    """An empty SQLite store."""
    async with opened(sqlite_url(tmp_path), clock) as store:
        yield store


@pytest.fixture(params=ENGINES)
async def any_store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock
) -> AsyncIterator[Store]:
    """An empty store, once on each engine."""
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, clock) as store:
        yield store
