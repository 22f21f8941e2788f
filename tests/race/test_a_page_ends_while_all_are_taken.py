"""Somebody takes all that calls them while a page of it ends: the others are theirs all the same, on both engines."""

import asyncio
from pathlib import Path

import pytest

from core import wiring
from core.errors import Conflict
from core.paging import records, units
from core.paging.page import State
from core.paging.units import Wish
from core.store.engine import Store
from handlers.oncall import links
from tests.core.paging.world import PEOPLE, PLAN, WORLD
from tests.stores import ENGINES, opened, sqlite_url

_PAGES = [f"PG-{number}" for number in range(1, 9)]


async def ends(store: Store, page: str) -> None:
    """It is over, whoever has it."""
    await store.transact(units.end, page, "eve")


async def takes_all(store: Store, page: str) -> str:
    """Ana answers all from her telephone while this one ends; what she is told."""
    given = store.transact(links.by_phone, WORLD, PEOPLE["ana"].phone, "ack all")
    told, _ = await asyncio.gather(given, ends(store, page))
    return told


@pytest.mark.parametrize("engine", ENGINES)
async def test_what_ends_meanwhile_takes_nothing_of_the_rest_with_it(
    request: pytest.FixtureRequest, tmp_path: Path, engine: str
) -> None:
    url = sqlite_url(tmp_path) if engine == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, reactions=wiring.BY_EVENT) as store:
        for ending in ("PG-1", "PG-12", "PG-23"):
            began = [
                (await store.transact(units.start, WORLD, Wish(f"disk {number}", PLAN, PEOPLE["eve"]))).id
                for number in range(8)
            ]
            told = await takes_all(store, ending)
            assert "pages are yours" in told
            found = [await store.read(records.get, one) for one in began if one != ending]
            assert {("ana", State.TAKEN)} == {(one.owner, one.state) for one in found}
            for one in found:
                await ends(store, one.id)
        with pytest.raises(Conflict):
            await ends(store, "PG-1")
