from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core import wiring
from core.clock import ManualClock
from core.incidents.incident import State
from core.store import events
from tests.core.incidents.gathering.street import Street
from tests.stores import opened, sqlite_url

ROUTE = {"match": 'source == "health" && labels.severity == "critical"', "declare": "high"}


@pytest.fixture
async def street(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Street]:
    async with opened(sqlite_url(tmp_path), clock, reactions=wiring.BY_EVENT) as store:
        yield Street(store, clock)


async def becomes(street: Street, status: str, **more: Any) -> None:
    data = {"from": "healthy", "to": status, "reasons": ["live: 503"], "tier": 0, **more}
    await street.store.transact(events.append, "health.changed", "checkout", actor="system", data=data)
    await street.reacts()


async def test_a_service_that_is_not_well_becomes_an_incident_where_a_route_says_so(street: Street) -> None:
    await street.changes(routes=[ROUTE])
    await becomes(street, "unhealthy")
    (incident,) = await street.incidents()
    assert (incident.title, incident.service, incident.severity) == ("checkout is unhealthy", "checkout", 2)
    assert incident.declared_name == "Health checks"
    await street.passes(minutes=1)
    await becomes(street, "unknown")
    assert (await street.incidents())[0].state is State.OPEN, "that nobody can say is no end"
    await becomes(street, "healthy")
    await street.passes(seconds=5)
    assert (await street.incidents())[0].state is State.MONITORING


@pytest.mark.parametrize("status", ["degraded", "unknown", "healthy"])
async def test_without_a_route_its_own_card_is_enough(street: Street, status: str) -> None:
    await street.changes(routes=[ROUTE])
    await becomes(street, status)
    assert [] == await street.incidents()
    assert [] == await street.alerts()
