"""What tests of the ways of telling ask for: a store, a clock that stands still, and servers that listen."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import wiring
from core.clock import ManualClock
from core.store.engine import Store
from tests.stores import START, opened, sqlite_url


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    async with opened(sqlite_url(tmp_path), clock, reactions=wiring.BY_EVENT) as store:
        yield store
