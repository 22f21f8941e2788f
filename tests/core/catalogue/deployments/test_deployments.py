from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from core import wiring
from core.catalogue.deployments import records, units
from core.catalogue.deployments.deployment import Deployment, Report
from core.catalogue.model import Environment, Service
from core.clock import ManualClock
from core.errors import Invalid
from core.store.engine import Store
from core.world import World
from tests.stores import ENGINES, START, opened, sqlite_url

WORLD = World(
    workspace="acme",
    services={
        "payments": Service(name="payments", aliases=("pay",)),
        "checkout": Service(name="checkout", depends_on=("payments",)),
    },
    environments={"production": Environment(name="production", aliases=("prod",))},
)


@pytest.fixture(params=ENGINES)
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Store]:
    url = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(url, clock, reactions=wiring.BY_EVENT) as opened_store:
        yield opened_store


async def reported(store: Store, *names: str, **said: object) -> tuple[Deployment, bool]:
    told = Report("ci", str(said.pop("event", names)), names, **said)  # type: ignore[arg-type]
    return await store.transact(units.report, WORLD, told, "CI")


async def test_it_is_kept_once_by_the_names_of_the_catalogue(store: Store) -> None:
    made, is_new = await reported(store, "apps/PAY", event="7", version="2.4.1", environment="prod")
    assert ("DEP-1", "payments", "production", True) == (made.id, made.service, made.environment, is_new)
    assert "payments 2.4.1 was deployed in production" == made.said
    again, is_new = await reported(store, "checkout", event="7", version="9")
    assert (made, False) == (again, is_new)
    assert [made] == await store.read(records.newest)


async def test_what_the_catalogue_does_not_know_is_kept_by_its_name(store: Store) -> None:
    made, _ = await reported(store, "urn:acme:ledger", "lgr", version="1", kind="rolledback")
    assert ("ledger", "ledger was rolled back to 1") == (made.service, made.said)
    with pytest.raises(Invalid):
        await reported(store, "")


async def test_a_clock_that_is_ahead_makes_nothing_happen_later_than_now(store: Store) -> None:
    made, _ = await reported(store, "pay", at=START + timedelta(hours=3))
    assert START == made.at


async def test_old_ones_go_but_for_the_newest_of_a_service(store: Store, clock: ManualClock) -> None:
    for number in range(3):
        await reported(store, "pay", event=str(number), at=START - timedelta(days=number))
    await reported(store, "checkout")
    clock.advance(timedelta(days=91))
    assert 2 == await store.transact(units.forget, clock.now())
    assert {"payments", "checkout"} == {one.service for one in await store.read(records.newest)}
