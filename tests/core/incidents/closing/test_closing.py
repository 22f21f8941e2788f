from dataclasses import dataclass
from datetime import timedelta

import pytest

from core import wiring
from core.clock import ManualClock
from core.errors import Conflict
from core.incidents import records
from core.incidents import units as incidents
from core.incidents.closing import units
from core.incidents.config import IncidentsConfig
from core.incidents.incident import State
from core.store import deadlines
from core.store.engine import Store
from tests.core.incidents.test_units import ANA, BO, declared


@dataclass(frozen=True)
class Scene:
    incidents: IncidentsConfig


SCENE = Scene(IncidentsConfig(close_after=timedelta(days=2)))


async def resolved(store: Store) -> str:
    incident_id = await declared(store)
    await store.transact(incidents.resolve, incident_id, BO, "a deploy")
    await store.transact(units.on_resolved, SCENE, incident_id, {})
    return incident_id


async def test_what_stays_resolved_is_closed_and_says_so(any_store: Store, clock: ManualClock) -> None:
    incident_id = await resolved(any_store)
    due = await any_store.read(deadlines.pending, units.CLOSE, incident_id)
    assert due == clock.now() + timedelta(days=2)
    clock.advance(timedelta(days=2))
    await any_store.transact(units.on_due, SCENE, incident_id)
    closed = await any_store.read(records.get, incident_id)
    assert (State.CLOSED, clock.now()) == (closed.state, closed.closed)
    assert closed.resolved == clock.now() - timedelta(days=2)
    last = (await any_store.read(records.timeline, incident_id))[-1]
    assert ("closed", "Wardroom") == (last.kind, last.author)


async def test_what_was_reopened_meanwhile_is_not_closed(store: Store, clock: ManualClock) -> None:
    incident_id = await resolved(store)
    clock.advance(timedelta(days=1))
    await store.transact(incidents.reopen, incident_id, ANA, "it is back")
    clock.advance(timedelta(days=1))
    await store.transact(units.on_due, SCENE, incident_id)
    assert (await store.read(records.get, incident_id)).state is State.OPEN
    await store.transact(incidents.resolve, incident_id, BO, "a deploy")
    await store.transact(units.on_due, SCENE, incident_id)
    assert (await store.read(records.get, incident_id)).state is State.RESOLVED
    later = await store.read(deadlines.pending, units.CLOSE, incident_id)
    assert later == clock.now() + timedelta(days=2)


async def test_only_what_is_resolved_is_closed_by_hand(store: Store) -> None:
    incident_id = await declared(store)
    with pytest.raises(Conflict, match="An incident that is open cannot be closed"):
        await store.transact(units.close, incident_id, ANA)
    await store.transact(incidents.resolve, incident_id, BO, "a deploy")
    assert (await store.transact(units.close, incident_id, ANA)).state is State.CLOSED
    assert await store.read(deadlines.pending, units.CLOSE, incident_id) is None


def test_the_rule_is_wired() -> None:
    assert "incidents.on_resolved" in wiring.BY_EVENT["incident.resolved"]
    assert wiring.DEADLINES[units.CLOSE] is units.on_due
