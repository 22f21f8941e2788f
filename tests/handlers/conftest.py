"""What tests of verbs ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import wiring
from core.clock import ManualClock
from tests.handlers.house import House
from tests.stores import START, opened, sqlite_url


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still at nine in the morning."""
    return ManualClock(START)


@pytest.fixture
async def house(tmp_path: Path, clock: ManualClock) -> AsyncIterator[House]:
    """A house with an empty store and the reactions of the real one."""
    async with opened(sqlite_url(tmp_path), clock, reactions=wiring.BY_EVENT) as store:
        yield House(store)
