"""What tests of remedies ask for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core import wiring
from core.clock import ManualClock
from tests.core.incidents.gathering.street import Street
from tests.core.incidents.remedies.scene import world
from tests.stores import ENGINES, opened, sqlite_url


@pytest.fixture
async def street(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Street]:
    """A street whose runbooks may begin by themselves, on SQLite."""
    async with opened(sqlite_url(tmp_path), clock, reactions=wiring.BY_EVENT) as store:
        yield Street(store, clock, world())


@pytest.fixture(params=ENGINES)
async def any_street(
    request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock
) -> AsyncIterator[Street]:
    """The same, once on each engine."""
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, clock, reactions=wiring.BY_EVENT) as store:
        yield Street(store, clock, world())
