"""The house that the tests of runbooks live in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.core.runbooks.house import PRODUCTION, House, open_house
from tests.stores import ENGINES, sqlite_url


@pytest.fixture(params=ENGINES)
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with open_house(url, PRODUCTION) as made:
        yield made
