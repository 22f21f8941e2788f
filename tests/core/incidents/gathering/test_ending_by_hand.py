import pytest

from core.errors import Conflict
from core.health import records as health
from core.health.aggregate import Count
from core.health.check import Status
from core.incidents import records
from core.incidents.ending import units
from core.incidents.ending.units import End
from core.incidents.incident import State
from core.store.engine import Store
from tests.core.incidents.gathering.street import Street, firing, over, world
from tests.core.incidents.test_units import BO, declared

WORLD = world()


async def test_what_still_fires_is_told_and_asks_for_a_reason(any_street: Street) -> None:
    store = any_street.store
    await any_street.hears(firing(), firing(where="web-2"))
    with pytest.raises(Conflict) as refused:
        await store.transact(units.end, WORLD, "INC-1", BO, End("a deploy"))
    assert refused.value.what == (
        "INC-1 is not resolved: 2 alerts still fire: HighErrors (web-1), HighErrors (web-2)."
    )
    assert (await store.read(records.get, "INC-1")).state is State.OPEN
    ended = await store.transact(
        units.end, WORLD, "INC-1", BO, End("a deploy", "rolled back", "", "the probe\nlies")
    )
    assert (State.RESOLVED, "a deploy", "rolled back") == (ended.state, ended.cause, ended.resolution)
    last = (await store.read(records.timeline, "INC-1"))[-1]
    assert "doubted" == last.kind
    assert last.text.startswith("Resolved against the signs. 2 alerts still fire")
    assert last.text.endswith("Bo Lindqvist: the probe lies")


async def test_what_no_longer_fires_needs_no_reason(street: Street) -> None:
    await street.hears(firing())
    await street.hears(over())
    ended = await street.store.transact(units.end, WORLD, "INC-1", BO, End("a deploy"))
    assert ended.state is State.RESOLVED


@pytest.mark.parametrize(
    ("status", "is_fine"), [(Status.UNHEALTHY, False), (Status.HEALTHY, True), (Status.UNKNOWN, True)]
)
async def test_a_service_that_is_not_healthy_is_told(store: Store, status: Status, *, is_fine: bool) -> None:
    await declared(store, service="checkout")
    await store.transact(lambda unit: health.put_count(unit, "checkout", Count(status, unit.now, "")))
    doubt = await store.read(lambda unit: units.doubts(unit, WORLD, records.get(unit, "INC-1")))
    assert ("" if is_fine else "checkout is still not healthy by its checks.") == doubt
